"""The progress of a long command on a terminal, and in a log."""

import time

from django.core.management.base import OutputWrapper

EVERY = 2.0  # seconds between two lines where a line cannot be written over
CLEAR = "\r\033[K"


class ConsoleProgress:
    """Tells on one line how far it is; where that is no terminal, on a line now and then."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out, self._last, self._is_terminal = out, float("-inf"), out.isatty()

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Tell it; the last step is always told."""
        text = message or f"{done}／{total}"
        if self._is_terminal:
            self._out.write(CLEAR + text, ending="")
            self._out.flush()
        elif (total and done == total) or time.monotonic() - self._last >= EVERY:
            self._out.write(text)
            self._last = time.monotonic()

    def end(self) -> None:
        """Clear the line for who writes next."""
        if self._is_terminal:
            self._out.write(CLEAR, ending="")
