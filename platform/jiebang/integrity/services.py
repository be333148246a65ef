"""Entering a record, answering it, lifting it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, WrongState
from jiebang.integrity import policies
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.signals import record_moved
from jiebang.integrity.states import State

ANSWER_LEAST = 10
WRITTEN_LATER = ("entered_by", "answer", "answered_by", "answered_at")


@transaction.atomic
def enter(*, actor: User, data: Mapping[str, Any]) -> IntegrityRecord:
    """Enter a record against a unit or a person; they are told and may answer."""
    policies.may_enter(actor).enforce()
    made = IntegrityRecord(**data, entered_by=actor)
    faults: dict[str, list[str]] = {}
    if (made.unit is None) == (made.person is None):
        sentence = "请选择一个单位或一名个人，二者择一"
        faults["unit"] = [sentence]
    start: date | None = made.holds_from
    if made.holds_until is not None and start is not None and made.holds_until < start:
        faults["holds_until"] = ["截止日期不能早于起始日期"]
    try:
        made.clean_fields(exclude=["unit", "person", *WRITTEN_LATER])
    except ValidationError as error:
        faults |= error.message_dict
    if faults:
        raise Invalid("诚信记录需要修改", code="record_invalid", fields=faults)
    made.save(force_insert=True)
    audit.record(actor=actor, thing=made, action="enter", label="登记诚信记录", went_to=made.state)
    record_moved.send(IntegrityRecord, record_id=made.pk, event="entered")
    return made


@transaction.atomic
def answer(*, record: IntegrityRecord, actor: User, text: str) -> IntegrityRecord:
    """Say what the unit or person has to say to it, once."""
    policies.may_answer(actor, record).enforce()
    if record.state != State.IN_FORCE:
        raise WrongState("这条诚信记录已经解除，不必再陈述")
    if len(text.strip()) < ANSWER_LEAST:
        sentence = f"请写明事实和理由，至少 {ANSWER_LEAST} 字"
        raise Invalid(sentence, code="answer_too_short", fields={"text": [sentence]})
    said = {"answer": text.strip(), "answered_by": actor, "answered_at": clock.now()}
    # Of two colleagues who answer at once, one finds no row.
    fresh = IntegrityRecord.objects.filter(pk=record.pk, answer="", state=State.IN_FORCE)
    if not fresh.update(**said):
        raise Conflict("已提交过陈述申辩，等待科技局复核", code="answered_already")
    for name, value in said.items():
        setattr(record, name, value)
    audit.record(actor=actor, thing=record, action="answer", label="陈述申辩")
    record_moved.send(IntegrityRecord, record_id=record.pk, event="answered")
    return record


@transaction.atomic
def move(*, record: IntegrityRecord, action: str, actor: User, note: str = "") -> IntegrityRecord:
    """Lift a record before its last day, with the reason."""
    policies.may(actor, action, record).enforce()
    audit.advance(thing=record, action=action, actor=actor, note=note)
    record_moved.send(IntegrityRecord, record_id=record.pk, event="lifted")
    return record
