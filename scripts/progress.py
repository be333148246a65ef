"""Says what is being done, one line a step, with its seconds."""

import contextlib
import sys
import time
from collections.abc import Iterator


class Steps:
    """Numbered steps on the terminal: `[2/6] 安装依赖 … 11.2 秒`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._line = ""
        self._began = self._shown = 0.0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Do one step under this title."""
        self._number += 1
        self._line = f"[{self._number}/{self._total}] {title} … "
        self._began = self._shown = time.monotonic()
        print(self._line, end="", flush=True)
        try:
            yield
        except BaseException:
            print("未完成", flush=True)
            raise
        self._show(f"{time.monotonic() - self._began:.1f} 秒\n")
        self._line = ""

    def tick(self) -> None:
        """Show the seconds so far, on a terminal, once a second."""
        now = time.monotonic()
        if self._line and sys.stdout.isatty() and now - self._shown >= 1:
            self._shown = now
            self._show(f"{now - self._began:.0f} 秒 ")

    def _show(self, text: str) -> None:
        start = f"\r{self._line}" if sys.stdout.isatty() else ""
        print(start + text, end="", flush=True)


def speak_plainly() -> None:
    """Let a terminal that cannot show Chinese show question marks, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
