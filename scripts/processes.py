"""Starts programs that never outlive the one that started them, however that one ends.

Each program leads a session of its own, so that Ctrl-C in the terminal reaches only us and we
end it in order, with everything it has started in turn. A keeper, a small process that knows
the sessions, ends them when we can no longer do so ourselves: it notices because the pipe
from us to it closes, which happens even after kill -9.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

# Seconds for a program to end by itself, after which it is killed. The keeper is in more of a
# hurry: whoever killed us waits for nobody.
GRACE = 10.0
KEEPER_GRACE = 3.0
PULSE = 0.05


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, TERM or a closed terminal."""


class Failed(Exception):
    """A program that had to succeed did not; the text says which, and what to do."""


class Programs:
    """The running programs. Leaving the `with` block ends them all."""

    def __init__(self, grace: float = GRACE) -> None:
        self.grace = grace
        self.on_pulse: Callable[[], None] = lambda: None
        self._stop_asked = False
        # Killed, make cannot pass the signal on; its going is the signal then.
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup asks us not to hear a closed terminal; it is to be obeyed.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_stop)
        orders, self._orders = os.pipe()
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", __file__],
            stdin=orders,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(orders)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end(self._running, grace=self.grace, reap=self._reap)
        for program in list(self._running.values()):
            self.forget(program)
            program.wait()
        os.close(self._orders)
        self._keeper.wait()

    def start(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program that writes to the log file; its number is its session's too."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                start_new_session=True,
            )
        self._running[program.pid] = program
        self._tell_keeper(program.pid)
        return program

    def run(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> int:
        """Return the exit code of a program that ends by itself, or raise `Stopped`."""
        program = self.start(command, log=log, env=env)
        while program.poll() is None:
            self.pause(PULSE)
        self.forget(program)
        return program.returncode

    def forget(self, program: subprocess.Popen[bytes]) -> None:
        """Clear away what a program that has ended left running."""
        signal_group(program.pid, signal.SIGKILL)
        self._running.pop(program.pid, None)
        self._tell_keeper(-program.pid)

    def pause(self, seconds: float) -> None:
        """Wait; `Stopped` as soon as somebody asks us to stop."""
        until = time.monotonic() + seconds
        while True:
            if self._stop_asked or self._make not in (None, os.getppid()):
                raise Stopped
            self.on_pulse()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(PULSE, left))

    def _ask_stop(self, number: int, frame: object) -> None:
        self._stop_asked = True

    def _reap(self) -> None:
        for program in self._running.values():
            program.poll()

    def _tell_keeper(self, number: int) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._orders, f"{number}\n".encode())


def end(leaders: Iterable[int], *, grace: float, reap: Callable[[], None] = lambda: None) -> None:
    """Ask the leaders of sessions to stop; after `grace` seconds kill all that is left of them.

    Only the leader is asked: a Celery worker finishes the task in hand by means of the very
    children that a signal to all of them would take away.
    """
    left = set(leaders)
    for leader in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)
    until = time.monotonic() + grace
    while left and time.monotonic() < until:
        reap()
        left = {leader for leader in left if signal_group(leader, 0)}
        time.sleep(PULSE)
    for leader in left:
        signal_group(leader, signal.SIGKILL)


def signal_group(leader: int, number: int) -> bool:
    """Signal all processes of a session; whether there was one."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def keep(orders: TextIO) -> None:
    """Read the numbers of sessions, negative for those that ended; end the rest at the end."""
    leaders: set[int] = set()
    for line in orders:
        number = int(line)
        if number > 0:
            leaders.add(number)
        else:
            leaders.discard(-number)
    end(leaders, grace=KEEPER_GRACE)


if __name__ == "__main__":
    keep(sys.stdin)
