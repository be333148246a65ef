"""Runs a command with a PostgreSQL of its own: `python -m scripts.postgres make test`.

The cluster lives in a folder that is thrown away, answers this machine only, on a port that was
free, and gives up safety for speed. DATABASE_URL tells the command where it is.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.processes import Failed

# Debian keeps the server's programs off the path, a folder for each version.
DEBIAN = Path("/usr/lib/postgresql")
# Two processes of tests may each send fifty people at once, beside web servers with threads.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400"
# The server refuses to run as root.
SERVANT = "postgres"


def main() -> int:
    """Run the command that is named; its exit code."""
    # Told to end, end in order: the cluster goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with cluster() as url:
            env = os.environ | {"DATABASE_URL": url}
            return subprocess.run(sys.argv[1:], env=env, check=False).returncode
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a private cluster and yield its address; it is stopped and gone afterwards."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    # A socket's path may have no more than 107 signs, so the folder lies where paths are short.
    with tempfile.TemporaryDirectory(prefix="jiebang-pg-", dir="/tmp") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, SERVANT)
        data = folder / "data"
        _as_servant(initdb, "-D", data, "-A", "trust", "-U", SERVANT, "--locale", "C.UTF-8")
        port = free_port()
        options = f"-k {folder} -h 127.0.0.1 -p {port} {FAST}"
        control = (pg_ctl, "-D", data, "-w", "-s")
        _as_servant(*control, "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgres://{SERVANT}@127.0.0.1:{port}/postgres"
        finally:
            _as_servant(*control, "-m", "immediate", "stop")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        number: int = door.getsockname()[1]
        return number


def program(name: str) -> str:
    """Return the path of one of the server's programs; `Failed` says how to get it."""
    places = sorted(DEBIAN.glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ["PATH"]]))
    if not found:
        raise Failed("没有找到 PostgreSQL 服务器程序，请先安装：apt install postgresql")
    return found


def _as_servant(*command: str | Path) -> None:
    servant = SERVANT if os.geteuid() == 0 else None
    with tempfile.TemporaryFile() as output:  # not a pipe: the server would hold it open
        done = subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=servant,
            group=servant,
            extra_groups=[] if servant else None,
            check=False,
        )
        output.seek(0)
        said = output.read().decode(errors="replace")
    if done.returncode != 0:
        raise Failed(f"{Path(command[0]).name} 没有成功：\n{said}")


if __name__ == "__main__":
    sys.exit(main())
