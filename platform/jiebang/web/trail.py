"""办件进度: the record of a thing as people read it, newest first."""

from datetime import datetime
from typing import TypedDict

from django.apps import apps
from django.db.models import Model

from jiebang.audit import queries as audit
from jiebang.audit.models import Entry
from jiebang.web.tones import BLUE, tone_of


class Line(TypedDict):
    """One line as `_partials/timeline.html` draws it."""

    at: datetime
    actor_name: str
    label: str
    note: str
    came_from: str
    went_to: str
    tone: str


def trail(*things: Model, without: tuple[str, ...] = ("save", "write")) -> list[Line]:
    """Return what was done to the things; mere savings are left out. One query."""
    entries = audit.history(*things).exclude(action__in=without)
    return [line_of(entry) for entry in entries.reverse()]


def line_of(entry: Entry) -> Line:
    """Return an entry with the names of its states."""
    kind = entry.thing_type.rpartition(".")[2]
    return {
        "at": entry.at,
        "actor_name": entry.actor_name,
        "label": entry.label,
        "note": entry.note,
        "came_from": state_name(entry.thing_type, entry.came_from),
        "went_to": state_name(entry.thing_type, entry.went_to),
        "tone": tone_of(entry.went_to, kind) if entry.went_to else BLUE,
    }


def state_name(thing_type: str, state: str) -> str:
    """Return the state's name, as the workflow of that kind of thing has it."""
    life = getattr(apps.get_model(thing_type), "LIFE", None) if state else None
    return str(life.states(state).label) if life else ""
