"""The platform's clock: now, unless a story is being told about another time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Return the present moment, zone-aware; every rule about time asks here."""
    return _told.get() or timezone.now()


def today() -> date:
    """Return the present day in the city's zone."""
    return timezone.localdate(now())


@contextmanager
def telling(moment: datetime) -> Iterator[None]:
    """Let what happens inside happen at that moment: how the demo city gets its past."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def local(moment: datetime) -> datetime:
    """Return the moment in the city's zone, for writing it into a sentence."""
    return timezone.localtime(moment)
