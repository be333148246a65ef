"""`make run` says plainly why it cannot, and leaves the folder as it was."""

import fcntl
import os
import socket
import subprocess
import sys
import time

import pytest

from scripts import run
from scripts.places import ROOT, environment


def make_run(var, **env):
    """Run it as a process of its own, which is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env=environment() | {"JIEBANG_VAR": str(var)} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_in_use_is_refused_with_another_to_take(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = make_run(tmp_path, PORT=str(port))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"端口 {port} 已被占用，请换一个：PORT={port % 65535 + 1} make run\n"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    refused = make_run(tmp_path, PORT=port)

    assert refused.returncode == 1
    assert refused.stderr == f"PORT={port} 不是端口号，应为 1 到 65535 之间的整数。\n"
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_told_where_the_first_one_is(tmp_path):
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:8000/（进程 42）")
        lock.flush()
        refused = make_run(tmp_path, PORT="8000")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "平台已在运行：http://127.0.0.1:8000/（进程 42）。要重新启动，先停掉它。\n"
    )


def test_the_clock_is_a_process_of_its_own():
    commands = {service.name: service.command for service in run.services(8000)}

    assert list(commands) == ["网站", "后台任务", "定时任务"]
    assert "beat" in commands["定时任务"]
    assert not {"-B", "--beat"} & set(commands["后台任务"])


def test_only_old_messages_are_forgotten(tmp_path):
    folders = [tmp_path / "queue", tmp_path / "processed"]
    for folder in folders:
        folder.mkdir()
        for name in ("old.msg", "new.msg", "old.exchange"):
            (folder / name).touch()
        for name in ("old.msg", "old.exchange"):
            os.utime(folder / name, (time.time() - 3700,) * 2)

    run.forget_old_messages(tmp_path, seconds=3600)

    for folder in folders:
        assert sorted(file.name for file in folder.iterdir()) == ["new.msg", "old.exchange"]


def test_a_log_that_has_grown_too_large_is_put_aside(tmp_path):
    small, large = tmp_path / "small.log", tmp_path / "large.log"
    small.write_text("1234567890")
    large.write_text("12345678901")
    for log in (small, large, tmp_path / "none.log"):
        run.roll(log, limit=10)

    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "small.log": "1234567890",
        "large.log.1": "12345678901",
    }
