"""Reminding people by hand of what is late or nearly due: once a day for each thing."""

from typing import Any

from django.db import models, transaction
from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.common import clock
from jiebang.common.dates import day, moment
from jiebang.common.errors import Conflict, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState
from jiebang.experts.models import Seat
from jiebang.experts.queries import OVER
from jiebang.experts.states import HELD, SeatState
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units

REMIND = "remind"


@transaction.atomic
def expert(seat: Seat, actor: User, given: Any) -> Entry:
    """Remind an expert to answer, to sign or to hand in the scores; refuses who owes nothing."""
    if seat.state not in HELD or seat.challenge.state in OVER:
        said = f"{seat.expert}“{seat.get_state_display()}”，没有需要催办的事项"
        raise WrongState(said, code="nothing_due")
    what, due = ("提交评审意见", seat.review_by)
    if seat.state == SeatState.INVITED:
        what, due = ("答复评审邀请", seat.answer_by)
    elif seat.state == SeatState.ACCEPTED:
        what = "签署评审承诺并提交评审意见"
    entry = _note(seat, actor, f"请于 {moment(due)} 前{what}", given.note)
    tell(
        people=[seat.expert.user],
        kind=Kind.REMINDER,
        subject=f"请{what}：{seat.challenge.title}",
        text=given.note,
        link=reverse("web:expert-seat", args=[seat.pk]),
        due=due,
        about=f"seat:{seat.pk}:by-hand:{clock.today()}",
    )
    return entry


@transaction.atomic
def contract(contract: Contract, actor: User, given: Any) -> Entry:
    """Remind the solver of the milestones that are late; refuses a contract that has none."""
    late = sorted(
        (each for each in contract.milestones.all() if each.is_late()),
        key=lambda each: each.deadline,
    )
    if contract.state != ContractState.RUNNING or not late:
        raise WrongState(f"{contract.number}没有逾期的里程碑", code="nothing_due")
    named = "、".join(f"{each.title}（{day(each.deadline)}到期）" for each in late)
    entry = _note(contract, actor, named, given.note)
    tell(
        people=units.people_of(contract.solver_id),
        kind=Kind.REMINDER,
        subject=f"里程碑逾期，请尽快报告：{contract.title}",
        text="。".join(filter(None, (named, given.note))),
        link=reverse("web:contract", args=[contract.pk]),
        due=late[0].deadline,
        about=f"contract:{contract.pk}:by-hand:{clock.today()}",
    )
    return entry


def _note(thing: models.Model, actor: User, what: str, note: str) -> Entry:
    """Put the reminder on the record; refuses a second one of the same day."""
    # Of two who remind in the same moment the second one finds what the first wrote.
    type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    last = history(thing).filter(action=REMIND).last()
    if last is not None and clock.local(last.at).date() == clock.today():
        raise Conflict(f"今天已由{last.actor_name}催办过，请明天再催", code="reminded_today")
    said = "。".join(filter(None, (what, note)))
    return audit.record(actor=actor, thing=thing, action=REMIND, label="催办", note=said)
