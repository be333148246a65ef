"""A stand-in for the platform, run as a process of its own: two services with a child each.

`python -m tests.setup.stand_in serve|set-up FOLDER` supervises them, or waits for a long step of
the set-up. Each program writes its number and its child's to a file in the folder.
"""

import sys
from pathlib import Path

from scripts.places import environment
from scripts.processes import Programs, Stopped
from scripts.run import say
from scripts.supervisor import Service, Supervisor

PROGRAM = """
import os, pathlib, signal, subprocess, sys, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
file = pathlib.Path(sys.argv[1])
file.with_suffix(".new").write_text(f"{os.getpid()} {child.pid}")
file.with_suffix(".new").replace(file)
time.sleep(600)
"""
GRACE = 1.0


def program(file: Path, temper: str = "obedient") -> list[str]:
    """Return the command of a program that lasts, and has a child that lasts."""
    return [sys.executable, "-c", PROGRAM, str(file), temper]


def serve(programs: Programs, folder: Path) -> None:
    """Supervise an obedient service and one that hears no TERM."""
    services = [
        Service("网站", program(folder / "web"), folder / "web.log"),
        Service("后台任务", program(folder / "worker", "stubborn"), folder / "worker.log"),
    ]
    supervisor = Supervisor(programs, services, environment(), say)
    supervisor.start()
    supervisor.watch()


def main(what: str, folder: Path) -> int:
    """Run until told to stop."""
    try:
        with Programs(grace=GRACE) as programs:
            if what == "serve":
                serve(programs, folder)
            programs.run(program(folder / "step"), log=folder / "step.log")
    except Stopped:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
