"""Writing a fact into the chain."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction

from jiebang.common import clock
from jiebang.ledger import canonical
from jiebang.ledger.models import Head, Record


def inscribe(
    *,
    kind: str,
    about: models.Model,
    facts: Mapping[str, Any],
    columns: Iterable[str] = (),
    fixed: Iterable[tuple[models.Model, Iterable[str]]] = (),
) -> Record:
    """Chain a fact about a saved row, in the caller's transaction.

    `columns` of the row are read back and must hold this until a later record says otherwise;
    `fixed` are other rows with columns that may never change again.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a fact is inscribed in the transaction that makes it true")
    columns = tuple(columns)
    said = {
        "said": dict(facts),
        "columns": canonical.held(about, columns) if columns else {},
        "fixed": {canonical.key(row): canonical.held(row, names) for row, names in fixed},
    }
    head = _held_head()
    record = Record(
        number=head.number + 1,
        at=clock.now(),
        kind=kind,
        about_type=about._meta.label_lower,
        about_id=about.pk,
        salt=secrets.token_hex(16),
        facts=canonical.text(said),
        previous=head.digest,
    )
    record.digest = canonical.digest(record)
    record.save(force_insert=True)
    Head.objects.filter(pk=head.pk).update(number=record.number, digest=record.digest)
    return record


def _held_head() -> Head:
    """Return the end of the chain, held until the transaction ends.

    It is taken last, after the rows that the fact is about: so nobody who holds it waits for
    somebody who wants it.
    """
    ends = Head.objects.select_for_update().filter(pk=1)
    held = ends.first()
    if held is None:
        Head.objects.get_or_create(pk=1, defaults={"digest": canonical.GENESIS})
        held = ends.get()
    return held
