"""Recording what was done, and the one function of the platform that writes a state."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from django.db import models, transaction

from jiebang.accounts.models import User
from jiebang.audit.chained import CHAINED, ENTRY
from jiebang.audit.models import Entry
from jiebang.common.errors import Invalid, Stale
from jiebang.common.workflow import Workflow
from jiebang.ledger import services as ledger

SYSTEM = "系统"  # who acts when the clock does


class Stateful(Protocol):
    """A row with a life: its workflow says what may happen to it."""

    pk: Any
    state: str
    LIFE: Workflow


def record(
    *,
    actor: User | None,
    thing: models.Model,
    action: str,
    label: str,
    came_from: str = "",
    went_to: str = "",
    note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry in the caller's transaction; without one there is nothing to be true to.

    What `audit.chained` lists is inscribed in the ledger as well, with the entry itself.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit entry belongs into the transaction of what it records")
    entry = Entry.objects.create(
        actor=actor,
        actor_name=actor.display_name if actor else SYSTEM,
        thing_type=thing._meta.label_lower,
        thing_id=thing.pk,
        action=action,
        label=label,
        came_from=came_from,
        went_to=went_to,
        note=note,
        detail=dict(detail or {}),
    )
    if chained := CHAINED.get(entry.thing_type):
        ledger.inscribe(
            kind=chained.kind,
            about=thing,
            facts={"action": action, "label": label, "by": entry.actor_name},
            columns=chained.columns,
            fixed=[(entry, ENTRY)],
        )
    return entry


def advance(
    *,
    thing: Stateful,
    action: str,
    actor: User | None,
    note: str = "",
    detail: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Take one step of a thing's life: ask the table, write the state, record it.

    `also` are columns written together with the state. Raises WrongState when the table has
    no such step, Invalid when the step needs a reason and none was given, Stale when the row
    moved since it was read. The caller's object changes only once the row has.
    """
    life, source = thing.LIFE, thing.state
    target = life.target(action, source)
    note = note.strip()
    if life.steps[action].needs_note and not note:
        verb = life.actions(action).label
        raise Invalid(
            f"{verb}需要写明理由", code="reason_required", fields={"note": ["请写明理由"]}
        )
    row = cast("models.Model", thing)
    changes = {**(also or {}), "state": target}
    # The old state in the WHERE is the lock: of two who decide at once, one finds no row.
    written = type(row)._default_manager.filter(pk=row.pk, state=source).update(**changes)
    if not written:
        raise Stale("刚刚有人先办理了这一步，页面已不是最新，请刷新后再看")
    record(
        actor=actor,
        thing=row,
        action=action,
        label=str(life.actions(action).label),
        came_from=source,
        went_to=target,
        note=note,
        detail=detail,
    )
    for name, value in changes.items():
        setattr(row, name, value)
