"""Correcting the calendar."""

from datetime import date

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.calendars import policies
from jiebang.calendars.models import Correction
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotFound


@transaction.atomic
def correct(*, day: date, worked: bool, reason: str, actor: User) -> Correction:
    """Say that a day is worked, or is not; said again, the later word counts."""
    policies.may_correct(actor).enforce()
    if not reason.strip():
        sentence = "请写明依据，例如放假通知的文号"
        raise Invalid("更正工作日需要依据", code="reason_required", fields={"reason": [sentence]})
    said = {"worked": worked, "reason": reason.strip(), "made_by": actor, "made_at": clock.now()}
    made, _ = Correction.objects.update_or_create(day=day, defaults=said)
    audit.record(
        actor=actor, thing=made, action="correct", label="更正工作日", note=f"{made}：{made.reason}"
    )
    return made


@transaction.atomic
def restore(*, day: date, actor: User) -> None:
    """Take a correction back: weekday and announced holidays decide again."""
    policies.may_correct(actor).enforce()
    made = Correction.objects.select_for_update().filter(day=day).first()
    if made is None:
        raise NotFound("这一天没有更正过，无须撤销", code="not_corrected")
    audit.record(actor=actor, thing=made, action="restore", label="撤销工作日更正", note=str(made))
    made.delete()
