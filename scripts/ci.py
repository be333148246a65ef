"""`.ci/run`: the suite on both databases, the checks, and `make run` from nothing.

Every stage runs even when one before it failed, so that one run shows all there is to mend.
The last line counts the tests of both runs of the suite.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scripts.places import ROOT
from scripts.postgres import free_port, program
from scripts.processes import Failed
from scripts.progress import speak_plainly
from scripts.run_tests import BROWSER_PACKAGES, find_browser
from scripts.supervisor import answers

# Forty-five minutes for a stage: what hangs is to fail, and to leave time for the others.
LIMIT = ["timeout", "--kill-after=30", "2700"]
ON_POSTGRES = [sys.executable, "-m", "scripts.postgres"]
# Who may do what is decided in Python: the long table of doors is gone through once, on SQLite.
ONCE = "tests/permissions/test_matrix.py::test_everybody_is_answered_as_the_table_says"
COUNTED = re.compile(r"(\d+) (passed|failed|error)")


def main() -> int:
    """Run all stages; 0 when all of them went well."""
    speak_plainly()
    os.environ.pop("DATABASE_URL", None)
    counts: Counter[str] = Counter()
    stages: list[tuple[str, Callable[[], bool]]] = [
        ("系统软件：PostgreSQL、Chromium、中文字体", install_system_packages),
        ("测试，SQLite", lambda: stream(["make", "test"], counts)),
        ("风格、类型、分层、模板、迁移", lambda: stream(["make", "lint"], counts)),
        (
            "测试，PostgreSQL",
            lambda: stream(
                [*ON_POSTGRES, "make", "test", f"ARGS=--migrations --deselect {ONCE}"], counts
            ),
        ),
        ("make run，空文件夹、空 HOME", run_from_nothing),
    ]
    results = [stage(title, work) for title, work in stages]
    print(f"\n{'=' * 30} 合计 {'=' * 30}")
    for title, fine, seconds in results:
        print(f"{'通过' if fine else '失败'}  {seconds:6.0f} 秒  {title}")
    failed = counts["failed"] + counts["error"] + sum(not fine for _, fine, _ in results)
    print(f"{counts['passed']} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def stage(title: str, work: Callable[[], bool]) -> tuple[str, bool, float]:
    """Do one stage under its title; whether it went well, and its seconds."""
    print(f"\n{'=' * 20} {title} {'=' * 20}", flush=True)
    began = time.monotonic()
    fine = work()
    seconds = time.monotonic() - began
    print(f"---- {title}：{'通过' if fine else '失败'}，{seconds:.0f} 秒", flush=True)
    return title, fine, seconds


def stream(command: list[str], counts: Counter[str]) -> bool:
    """Run a command, show what it says, and count the tests of pytest's closing line."""
    with subprocess.Popen(
        [*LIMIT, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        closing = ""
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if COUNTED.search(line) and " in " in line:
                closing = line
    counts.update({what: int(number) for number, what in COUNTED.findall(closing)})
    return process.returncode == 0


def install_system_packages() -> bool:
    """Install what the suite drives besides Python; it is there on a developer's machine."""
    wanted = [] if find_browser() else list(BROWSER_PACKAGES)
    try:
        program("initdb")
    except Failed:
        wanted.append("postgresql")
    if not wanted:
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"缺少 {'、'.join(wanted)}，而这里装不了。")
        return False
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
    return all(
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for command in (["apt-get", "update", "-qq"], install)
    )


def run_from_nothing() -> bool:
    """Clone, `make run` with an empty home, ask for the board, stop; whether all of it worked."""
    with tempfile.TemporaryDirectory(prefix="jiebang-ci-") as name:
        clone, home = Path(name) / "clone", Path(name) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        port = free_port()
        ready = f"ready: http://127.0.0.1:{port}/\n"
        with subprocess.Popen(
            [*LIMIT, "make", "run"],
            cwd=clone,
            env=os.environ | {"HOME": str(home), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            served = False
            for line in running.stdout or ():
                print(line, end="", flush=True)
                if line == ready:
                    served = answers(port)
                    running.send_signal(signal.SIGTERM)
        if answers(port):
            print("停止之后网站还在应答。")
            return False
    return served


if __name__ == "__main__":
    sys.exit(main())
