"""What runs is kept running, and nothing outlives whoever started it."""

import os
import signal
import subprocess
import sys

import pytest

from scripts import supervisor
from scripts.places import ROOT, environment
from scripts.processes import Failed, Stopped
from tests.setup.conftest import alive, eventually, pids


def test_a_killed_service_is_cleared_away_and_started_again(stand_in, tmp_path):
    process, before = stand_in("serve", "web", "worker")

    os.kill(before["worker"][0], signal.SIGKILL)

    assert process.stdout.readline() == (
        f"后台任务意外退出（信号 9），1 秒后重新启动；记录见 {tmp_path / 'worker.log'}\n"
    )
    after = pids(tmp_path / "worker", other_than=before["worker"])
    assert [alive(pid) for pid in before["worker"]] == [False, False]
    assert [alive(pid) for pid in after] == [True, True]
    assert [alive(pid) for pid in before["web"]] == [True, True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_everything_even_what_will_not_hear(stand_in, number):
    process, running = stand_in("serve", "web", "worker")

    process.send_signal(number)

    assert process.wait(timeout=30) == 0
    left = [pid for pair in running.values() for pid in pair if alive(pid)]
    assert left == []


def test_set_up_too_stops_when_asked(stand_in):
    process, running = stand_in("set-up", "step")

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) == 0
    assert [alive(pid) for pid in running["step"]] == [False, False]


def test_nothing_outlives_a_killed_supervisor(stand_in):
    process, running = stand_in("serve", "web", "worker")

    process.kill()

    eventually(lambda: not any(alive(pid) for pair in running.values() for pid in pair))


def test_nothing_outlives_a_killed_make(tmp_path):
    (tmp_path / "Makefile").write_text(
        f"serve:\n\t@cd {ROOT} && exec {sys.executable} -m tests.setup.stand_in serve {tmp_path}\n"
    )
    make = subprocess.Popen(["make", "-C", tmp_path, "serve"], env=environment())
    running = [*pids(tmp_path / "web"), *pids(tmp_path / "worker")]

    make.kill()
    make.wait()

    eventually(lambda: not any(map(alive, running)))


class Clock:
    """Stands for `Programs`: time passes only in pauses, and every program is dead at once."""

    def __init__(self, lifetime, until):
        self.now, self.lifetime, self.until = 1000.0, lifetime, 1000.0 + until

    def start(self, command, *, log, env):
        return Mortal(self, self.now + self.lifetime)

    def forget(self, program):
        pass

    def pause(self, seconds):
        self.now += seconds
        if self.now > self.until:
            raise Stopped


class Mortal:
    """A program that ends at its hour."""

    returncode = 3

    def __init__(self, clock, hour):
        self.clock, self.hour = clock, hour

    def poll(self):
        return self.returncode if self.clock.now >= self.hour else None


def delays(monkeypatch, tmp_path, lifetime, until):
    """The seconds that the supervisor says it waits, for a service that lives this long."""
    clock, said = Clock(lifetime, until), []
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    services = [supervisor.Service("网站", ["web"], tmp_path / "web.log")]
    watching = supervisor.Supervisor(clock, services, {}, said.append)
    watching.start()
    with pytest.raises(Stopped):
        watching.watch()
    return [line.partition("，")[2].partition(" 秒")[0] for line in said]


def test_what_keeps_dying_is_tried_less_and_less_often(monkeypatch, tmp_path):
    assert delays(monkeypatch, tmp_path, lifetime=0.1, until=150) == [
        *("1", "2", "4", "8", "16", "32", "60", "60")
    ]


def test_what_was_well_for_a_minute_is_started_again_at_once(monkeypatch, tmp_path):
    assert delays(monkeypatch, tmp_path, lifetime=61, until=200) == ["1", "1", "1"]


def test_a_service_that_dies_before_the_first_page_ends_the_start(monkeypatch, tmp_path):
    (tmp_path / "web.log").write_text("no such module\n")
    clock = Clock(lifetime=0, until=100)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(supervisor, "answers", lambda port: False)
    services = [supervisor.Service("网站", ["web"], tmp_path / "web.log")]
    starting = supervisor.Supervisor(clock, services, {}, print)
    starting.start()

    with pytest.raises(Failed, match=r"^网站没能启动：\n    no such module$"):
        starting.wait_for_page(8000, seconds=20)


def test_a_page_that_never_comes_is_not_waited_for_for_ever(monkeypatch, tmp_path):
    clock = Clock(lifetime=1000, until=100)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(supervisor, "answers", lambda port: False)
    services = [supervisor.Service("网站", ["web"], tmp_path / "web.log")]
    starting = supervisor.Supervisor(clock, services, {}, print)
    starting.start()

    with pytest.raises(Failed, match="等了 20 秒"):
        starting.wait_for_page(8000, seconds=20)


def test_the_page_is_there_when_it_answers_with_two_hundred(tmp_path):
    (tmp_path / "index.html").write_text("board")
    serve = "import http.server as s; d = s.ThreadingHTTPServer(('127.0.0.1', 0), s.SimpleHTTPRequestHandler); print(d.server_port, flush=True); d.serve_forever()"  # noqa: E501
    with subprocess.Popen(
        [sys.executable, "-c", serve],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        port = int(server.stdout.readline())
        answered = [supervisor.answers(port), supervisor.answers(port, "/missing")]
        server.kill()

    assert answered == [True, False]
    assert supervisor.answers(port) is False
