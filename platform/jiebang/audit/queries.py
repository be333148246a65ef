"""Reading the record."""

from datetime import datetime

from django.db import models
from django.db.models import QuerySet

from jiebang.audit.models import Entry


def history(*things: models.Model) -> QuerySet[Entry]:
    """Return everything that was done to these things, oldest first (办件进度)."""
    which = models.Q(pk__in=[])
    for thing in things:
        which |= models.Q(thing_type=thing._meta.label_lower, thing_id=thing.pk)
    return Entry.objects.filter(which).order_by("pk")


def last_moved(thing: models.Model) -> datetime | None:
    """Return when the thing came into the state it is in; None where the record is silent."""
    entry = history(thing).exclude(went_to="").last()
    return entry.at if entry else None


def last_note(thing: models.Model, action: str) -> str:
    """Return the reason given when this action was last taken, or an empty text."""
    entry = history(thing).filter(action=action).last()
    return entry.note if entry else ""
