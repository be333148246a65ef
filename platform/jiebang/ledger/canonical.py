"""One and the same text for the same facts, and its hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from jiebang.ledger.models import Record

GENESIS = "0" * 64  # what the first record has before it


def text(facts: Mapping[str, Any]) -> str:
    """Return canonical JSON: keys sorted, no blanks, plain signs, money as text, times in UTC."""
    return json.dumps(
        facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def digest(record: Record) -> str:
    """Return the SHA-256 that the record must carry: of the hash before it and its facts."""
    whole = {
        "previous": record.previous,
        "number": record.number,
        "at": record.at,
        "kind": record.kind,
        "about": [record.about_type, record.about_id],
        "salt": record.salt,
        "facts": json.loads(record.facts),
    }
    return hashlib.sha256(text(whole).encode()).hexdigest()


def key(row: models.Model) -> str:
    """Return how the ledger names a row."""
    return f"{row._meta.label_lower}:{row.pk}"


def held(row: models.Model, columns: Iterable[str]) -> dict[str, Any]:
    """Return what the columns of the row hold in the database now, as canonical JSON has it."""
    stored = type(row)._base_manager.filter(pk=row.pk).values(*columns).get()
    return plainly(stored)


def plainly(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they come back from canonical JSON."""
    back: dict[str, Any] = json.loads(text(values))
    return back


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no canonical form")
