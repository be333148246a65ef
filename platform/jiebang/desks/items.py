"""One thing to do, as the desk lists it and reminders tell it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Todo:
    """One thing to do: a verb, what, where, and until when."""

    verb: str
    title: str
    url: str
    number: str = ""
    who: str = ""
    due: date | datetime | None = None
    state: str = ""
    tone: str = ""
