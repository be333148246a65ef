"""Keeps services running: starts them, starts them again when they end, says so in a line."""

import http.client
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from scripts.places import tail
from scripts.processes import Failed, Programs

PULSE = 0.2
# Seconds before a new try: the first, and no more than the last however often it dies.
FIRST_DELAY = 1.0
LAST_DELAY = 60.0
# Who has lived this long is well again: its next death is its first.
WELL_AFTER = 60.0


@dataclass(frozen=True)
class Service:
    """A program that is to run for as long as we do; `name` is what people read."""

    name: str
    command: Sequence[str]
    log: Path


class Supervisor:
    """Runs services until somebody asks to stop, which `Programs` tells by raising `Stopped`."""

    def __init__(
        self,
        programs: Programs,
        services: Sequence[Service],
        env: dict[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._programs = programs
        self._say = say
        self._lives = [_Life(programs, service, env) for service in services]

    def start(self) -> None:
        """Start every service."""
        for life in self._lives:
            life.begin()

    def wait_for_page(self, port: int, seconds: float) -> None:
        """Return when the first page answers; `Failed` when a service dies or time is up."""
        until = time.monotonic() + seconds
        while not answers(port):
            for life in self._lives:
                if life.over():
                    raise Failed(f"{life.service.name}没能启动：\n{tail(life.service.log)}")
            if time.monotonic() > until:
                log = self._lives[0].service.log
                raise Failed(f"等了 {seconds:.0f} 秒，网站还没有应答：\n{tail(log)}")
            self._programs.pause(PULSE)

    def watch(self) -> NoReturn:
        """Start again whatever ends. Does not return."""
        while True:
            for life in self._lives:
                life.look_after(self._say)
            self._programs.pause(PULSE)


class _Life:
    """One service, from start to start."""

    def __init__(self, programs: Programs, service: Service, env: dict[str, str]) -> None:
        self.service = service
        self._programs = programs
        self._env = env
        self._delay = FIRST_DELAY
        self._again_at = 0.0

    def begin(self) -> None:
        self._program = self._programs.start(
            self.service.command, log=self.service.log, env=self._env
        )
        self._began = time.monotonic()
        self._again_at = 0.0

    def over(self) -> bool:
        return self._program.poll() is not None

    def look_after(self, say: Callable[[str], None]) -> None:
        now = time.monotonic()
        if self._again_at:
            if now >= self._again_at:
                self.begin()
        elif self.over():
            # What it leaves behind would go on working beside its successor.
            self._programs.forget(self._program)
            if now - self._began >= WELL_AFTER:
                self._delay = FIRST_DELAY
            say(
                f"{self.service.name}意外退出（{_cause(self._program.returncode)}），"
                f"{self._delay:.0f} 秒后重新启动；记录见 {self.service.log}"
            )
            self._again_at = now + self._delay
            self._delay = min(self._delay * 2, LAST_DELAY)


def answers(port: int, path: str = "/") -> bool:
    """Whether the site on this machine answers with a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _cause(code: int) -> str:
    return f"信号 {-code}" if code < 0 else f"代码 {code}"
