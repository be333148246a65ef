"""`make run`: from a fresh clone to a served platform with a demo city.

Everything it leaves behind is in var/ (or in JIEBANG_VAR); everything it installs in .venv and
node_modules. It ends with all it started on Ctrl-C, TERM or a closed terminal.
"""

import contextlib
import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from scripts import prepare
from scripts.places import PYTHON, VAR, environment, tail
from scripts.processes import Failed, Programs, Stopped
from scripts.progress import Steps, speak_plainly
from scripts.supervisor import Service, Supervisor

LOGS = VAR / "log"
START_SECONDS = 120.0
# A message is only a wake-up call; the job ledger calls again. An old one is of no use.
MESSAGE_LIFE = 3600.0
LOG_LIMIT = 10_000_000


def main() -> int:
    """Set up, load the demo city, serve until told to stop; 0 then, 1 when something failed."""
    speak_plainly()
    try:
        port = port_number(os.environ.get("PORT", "8000"))
        with _sole_run(port), Programs() as programs:
            check_free(port)
            try:
                _run(programs, port)
            except Stopped:
                say("\n正在停止 …")
                raise
    except Stopped:
        say("已停止。数据都在，再次 make run 会接着用。")
        return 0
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1


def _run(programs: Programs, port: int) -> NoReturn:
    steps = Steps(prepare.STEPS + 2)
    programs.on_pulse = steps.tick
    prepare.prepare("run", programs, steps)
    env = environment()
    env.setdefault("JIEBANG_DEMO", "1")
    with steps.step("更新数据库，载入示范城市"):
        if programs.run([str(PYTHON), "-m", "scripts.load"], log=prepare.LOG, env=env) != 0:
            raise Failed(f"数据库没有更新成：\n{tail(prepare.LOG)}\n完整记录：{prepare.LOG}")
    with steps.step("启动服务"):
        forget_old_messages(VAR / "broker", MESSAGE_LIFE)
        for name in ("web", "worker", "beat"):
            roll(LOGS / f"{name}.log", LOG_LIMIT)
        supervisor = Supervisor(programs, services(port), env, say)
        supervisor.start()
        supervisor.wait_for_page(port, START_SECONDS)
    if env["JIEBANG_DEMO"] == "1":
        say("示范账号和密码列在登录页上。")
    say(f"运行记录在 {LOGS}/（web、worker、beat）；按 Ctrl-C 停止。")
    say(f"ready: http://127.0.0.1:{port}/")
    supervisor.watch()


def services(port: int) -> list[Service]:
    """List what serves the platform: the web, the worker, and the clock apart from it.

    A clock inside the worker outlives a killed worker and goes on ringing (celery worker -B).
    """
    python = str(PYTHON)
    gunicorn = [python, "-m", "gunicorn", "jiebang.wsgi", "--bind", f"127.0.0.1:{port}"]
    celery = [python, "-m", "celery", "-A", "jiebang"]
    return [
        Service(
            "网站",
            [
                *(*gunicorn, "--workers", "2", "--threads", "4", "--preload"),
                *("--graceful-timeout", "5", "--no-control-socket"),
            ],
            LOGS / "web.log",
        ),
        Service(
            "后台任务",
            [
                *(*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            LOGS / "worker.log",
        ),
        Service(
            "定时任务", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="], LOGS / "beat.log"
        ),
    ]


def port_number(text: str) -> int:
    """Read a port; `Failed` when it is none."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Failed(f"PORT={text} 不是端口号，应为 1 到 65535 之间的整数。")
    return int(text)


def check_free(port: int) -> None:
    """Check that we can have the port; `Failed` says why not."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen()
        except PermissionError:
            raise Failed(f"没有权限使用端口 {port}，请换一个：PORT=8000 make run") from None
        except OSError:
            other = port % 65535 + 1
            raise Failed(f"端口 {port} 已被占用，请换一个：PORT={other} make run") from None


@contextlib.contextmanager
def _sole_run(port: int) -> Iterator[None]:
    """Hold the folder of this run; a second one in it would work on the same data."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Failed(f"平台已在运行：{lock.read()}。要重新启动，先停掉它。") from None
        lock.truncate(0)
        lock.write(f"http://127.0.0.1:{port}/（进程 {os.getpid()}）")
        lock.flush()
        yield


def forget_old_messages(broker: Path, seconds: float) -> None:
    """Delete what the folder broker holds from long ago, read or not."""
    for message in broker.rglob("*.msg"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - message.stat().st_mtime > seconds:
                message.unlink()


def roll(log: Path, limit: int) -> None:
    """Put a log that has grown beyond `limit` bytes aside; only the one before it is kept."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
