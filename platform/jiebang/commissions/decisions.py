"""From proposal to effect: frozen evidence, approval, higher approval, minutes, notice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.approvals import hearings
from jiebang.audit import services as audit
from jiebang.commissions import policies, queries, services, strength, terms
from jiebang.commissions.models import Commission, Version
from jiebang.commissions.signals import commission_moved
from jiebang.commissions.states import RUNNING, Action, Stance
from jiebang.common import clock
from jiebang.common.errors import RuleBroken, WrongState

NOT_APPROVED: dict[str, Any] = {
    "approved_by": None,
    "approved_at": None,
    "confirmed_by": None,
    "confirmed_at": None,
}


@transaction.atomic
def propose(*, commission: Commission, actor: User) -> Version:
    """Send a draft for approval; everything the decision will see is drawn and frozen with it.

    Raises RuleBroken while opinions are missing or a rule forbids it, Conflict where a need was
    taken by another commission.
    """
    policies.may_move(actor, Action.PROPOSE, commission).enforce()
    Commission.LIFE.target(Action.PROPOSE, commission.state)
    services.hold(commission.needs)
    terms.check_free(commission.needs, own=commission)
    terms.check_cause(commission)
    _check_opinions(commission)
    _check_integrity(commission)
    seen = strength.draw(commission)
    if seen["related"] and queries.rules_of(commission.call).related_barred:
        tie = seen["related"][0]
        raise RuleBroken(
            f"{tie['one']}与{tie['other']}是关联单位（{tie['basis']}），本批次规定关联单位不得受托",
            code="related_party",
        )
    higher = strength.reasons_for_higher(seen)
    number = commission.version + 1
    also = {
        "version": number,
        "needs_higher": bool(higher),
        "higher_reasons": higher,
        "proposed_by": actor,
        "proposed_at": clock.now(),
        **NOT_APPROVED,
    }
    audit.advance(
        thing=commission,
        action=Action.PROPOSE,
        actor=actor,
        note=commission.reason,
        detail={"version": number},
        also=also,
    )
    services.claim(commission, actor)
    made = Version.objects.create(
        commission=commission, number=number, content=seen, proposed_by=actor
    )
    audit.record(actor=actor, thing=made, action="freeze", label="固定申报内容和证据")
    _tell(commission)
    return made


@transaction.atomic
def move(*, commission: Commission, action: str, actor: User, note: str = "") -> Commission:
    """Propose, approve, report upwards, return, reject, withdraw, or let an ended notice count."""
    if action == Action.PROPOSE:
        propose(commission=commission, actor=actor)
        return commission
    policies.may_move(actor, action, commission).enforce()
    if action == Action.RESOLVE:
        raise WrongState("集体审议须填写会议纪要后登记", code="needs_content")
    if action == Action.TAKE_EFFECT:
        return conclude(commission=commission, actor=actor)
    Commission.LIFE.target(action, commission.state)
    also: dict[str, Any] = {}
    match action:
        case Action.APPROVE | Action.ELEVATE:
            _check_integrity(commission)
            _check_figures(commission)
            also = {"approved_by": actor, "approved_at": clock.now()}
        case Action.CONFIRM:
            _check_integrity(commission)
            also = {"confirmed_by": actor, "confirmed_at": clock.now()}
        case Action.RETURN:
            also = dict(NOT_APPROVED)
    was = commission.state
    audit.advance(thing=commission, action=action, actor=actor, note=note, also=also)
    if was in RUNNING and commission.state not in RUNNING:
        services.release(commission, commission.needs, actor, note)
    _tell(commission)
    return commission


@transaction.atomic
def resolve(
    *,
    commission: Commission,
    actor: User,
    minutes_number: str,
    minutes_on: date | None,
    members: Sequence[str],
) -> Commission:
    """Record the collective decision and publish it; its notice starts today."""
    policies.may_move(actor, Action.RESOLVE, commission).enforce()
    Commission.LIFE.target(Action.RESOLVE, commission.state)
    rules = queries.rules_of(commission.call)
    faults: dict[str, list[str]] = {}
    approved = commission.confirmed_at or commission.approved_at
    if minutes_on is None:
        faults["minutes_on"] = ["请填写会议日期"]
    elif minutes_on > clock.today():
        faults["minutes_on"] = ["会议日期不能晚于今天"]
    elif approved is not None and minutes_on < clock.local(approved).date():
        faults["minutes_on"] = ["集体审议应在审批之后"]
    kept = hearings.checked_minutes(minutes_number, members, least=rules.members, more=faults)
    _check_integrity(commission)
    also = {
        **kept,
        "minutes_on": minutes_on,
        "resolved_by": actor,
        "published_at": clock.now(),
        "notice_ends_on": hearings.notice_end(rules.notice_days, clock.today()),
    }
    audit.advance(thing=commission, action=Action.RESOLVE, actor=actor, also=also)
    _tell(commission)
    return commission


@transaction.atomic
def conclude(*, commission: Commission, actor: User | None = None) -> Commission:
    """Let a notice that has ended take effect: its contract begins. The clock has no actor.

    Raises RuleBroken with the end date while it runs: until then nothing can be signed.
    """
    hearings.check_over(commission, "委托和签订合同")
    Commission.LIFE.target(Action.TAKE_EFFECT, commission.state)
    _check_integrity(commission)
    also = {"effective_at": clock.now()}
    audit.advance(thing=commission, action=Action.TAKE_EFFECT, actor=actor, also=also)
    _tell(commission)
    return commission


def _check_opinions(commission: Commission) -> None:
    """Raise RuleBroken unless enough experts, and more than say otherwise, find it pointless."""
    least = queries.rules_of(commission.call).opinions
    stances = list(commission.opinions.exclude(stance="").values_list("stance", flat=True))
    pointless, possible = stances.count(Stance.POINTLESS), stances.count(Stance.POSSIBLE)
    if pointless < least:
        raise RuleBroken(
            f"须有至少 {least} 名专家认为“{Stance.POINTLESS.label}”，现有 {pointless} 名，"
            "请先征询专家意见",
            code="opinions_missing",
        )
    if possible >= max(pointless, 1):
        raise RuleBroken(
            f"{possible} 名专家认为“{Stance.POSSIBLE.label}”，不宜定向委托，请张榜",
            code="opinions_against",
        )


def _check_integrity(commission: Commission) -> None:
    if held := strength.held_against(strength.workers(commission)):
        raise RuleBroken(
            f"拟受托单位有信用问题，不能受托：{'；'.join(held)}", code="integrity_record"
        )


def _check_figures(commission: Commission) -> None:
    """Raise RuleBroken where the limit was passed only after the figures were frozen."""
    if not commission.needs_higher and strength.above_limit_now(commission):
        raise RuleBroken(
            "提交以后同一单位又有委托生效，占比现已超过上限；请退回，由经办重新提交以更新数据",
            code="figures_outdated",
        )


def _tell(commission: Commission) -> None:
    commission_moved.send(Commission, commission_id=commission.pk, state=commission.state)
