"""Dates as an iCalendar file (RFC 5545), for anybody's calendar program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST = 75  # octets of a line


@dataclass(frozen=True)
class Event:
    """One moment or whole day: its lasting name, when, what, and the page about it."""

    uid: str
    at: datetime | date
    summary: str
    url: str
    changed: datetime


def calendar(name: str, events: Iterable[Event]) -> str:
    """Return the file's text; an event is a moment without a length, or a whole day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//jiebang//board//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{_moment(event.changed)}",
            *_starts(event.at),
            f"SUMMARY:{_text(event.summary)}",
            f"URL:{event.url}",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _starts(at: datetime | date) -> list[str]:
    if isinstance(at, datetime):
        return [f"DTSTART:{_moment(at)}"]
    after = at + timedelta(days=1)  # the end itself is outside
    days = (f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}")
    return [*days, "TRANSP:TRANSPARENT"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a line at whole signs, so that no octet of one is left behind."""
    parts, part, length = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if length + octets > LONGEST:
            parts.append(part)
            part, length = " ", 1
        part, length = part + sign, length + octets
    return "\r\n".join([*parts, part])
