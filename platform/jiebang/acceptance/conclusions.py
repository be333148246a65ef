"""The conclusion: proposed by an officer, approved by another, announced, and what follows."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from jiebang.acceptance import assessments, checklist, policies, queries, track
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.services import tell
from jiebang.acceptance.states import (
    Action,
    Conclusion,
    Integrity,
    Satisfaction,
    TrackKind,
)
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.audit.queries import history
from jiebang.calendars import queries as calendar
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken, WrongState
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract, MilestoneReport
from jiebang.contracts.states import Outcome
from jiebang.integrity import services as integrity
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import Source

LAST_TURN = 2
OUTCOMES = {
    Conclusion.PASS: Outcome.PASSED,
    Conclusion.CLOSE: Outcome.CLOSED,
    Conclusion.FAIL: Outcome.FAILED,
}
TRACKS = {
    Conclusion.PASS: TrackKind.ACCEPTED,
    Conclusion.CLOSE: TrackKind.CLOSED,
    Conclusion.FAIL: TrackKind.FAILED,
}


@transaction.atomic
def propose(
    *,
    acceptance: Acceptance,
    actor: User,
    conclusion: str,
    reason: str,
    departure: str = "",
    revise_by: date | None = None,
) -> Acceptance:
    """Propose a conclusion from the panel's votes.

    Raises RuleBroken while votes are missing, where a binding indicator was missed but is to
    pass, and for a second recheck; Invalid where the votes are departed from without a reason.
    """
    policies.may(actor, Action.PROPOSE, acceptance).enforce()
    Acceptance.LIFE.target(Action.PROPOSE, acceptance.state)
    _check_votes(acceptance)
    _check(acceptance, conclusion, reason, departure, revise_by)
    also = {
        "conclusion": conclusion,
        "reason": reason.strip(),
        "departure": departure.strip(),
        "revise_by": revise_by if conclusion == Conclusion.REVISE else None,
        "proposed_by": actor,
        "approved_by": None,
        "approved_at": None,
    }
    label = Conclusion(conclusion).label
    audit.advance(
        thing=acceptance,
        action=Action.PROPOSE,
        actor=actor,
        note=f"{label}：{reason.strip()}",
        also=also,
    )
    tell(acceptance)
    return acceptance


@transaction.atomic
def move(*, acceptance: Acceptance, action: str, actor: User, note: str = "") -> Acceptance:
    """Approve, send back, or let a notice that has ended take effect."""
    policies.may(actor, action, acceptance).enforce()
    Acceptance.LIFE.target(action, acceptance.state)
    if action in policies.EFFECTS:
        if action != acceptance.conclusion:
            raise WrongState("只能按审批同意的结论办理，请刷新后再看", code="other_conclusion")
        conclude(acceptance=acceptance)
        return acceptance
    if action not in (Action.APPROVE, Action.SEND_BACK):
        raise WrongState("这一步须填写完整内容后办理", code="needs_content")
    also: dict[str, Any] = {}
    if action == Action.APPROVE:
        also = {"approved_by": actor, "approved_at": clock.now()}
    audit.advance(thing=acceptance, action=action, actor=actor, note=note, also=also)
    if action == Action.SEND_BACK:
        tell(acceptance)
        return acceptance
    days = queries.rules_of(acceptance.contract.call).notice_days
    if days and acceptance.conclusion != Conclusion.REVISE:
        also = {"notice_ends_on": calendar.add_working_days(clock.today(), days)}
        audit.advance(thing=acceptance, action=Action.ANNOUNCE, actor=actor, also=also)
        tell(acceptance)
        return acceptance
    conclude(acceptance=acceptance)
    return acceptance


@transaction.atomic
def conclude(*, acceptance: Acceptance) -> Acceptance:
    """Let an approved conclusion take effect; raises RuleBroken while its notice runs."""
    ends = acceptance.notice_ends_on
    if ends and policies.notice_runs(acceptance):
        end = f"{ends.year}年{ends.month}月{ends.day}日"
        raise RuleBroken(f"结论公示至{end}截止，期满后生效", code="notice_running")
    made = Conclusion(acceptance.conclusion)
    also: dict[str, Any] = {}
    if made != Conclusion.REVISE:
        also["concluded_at"] = clock.now()
    if made == Conclusion.FAIL:
        also["integrity"] = Integrity.PROPOSED
    signer = acceptance.approved_by
    audit.advance(thing=acceptance, action=made, actor=signer, note=acceptance.reason, also=also)
    if made in OUTCOMES:
        _follow(acceptance, made, signer)
    tell(acceptance)
    return acceptance


@transaction.atomic
def enter_integrity(
    *, acceptance: Acceptance, actor: User, conduct: str, sanction: str, holds_until: date | None
) -> IntegrityRecord:
    """Enter the integrity record that a failed acceptance proposes; nothing enters by itself."""
    policies.may_settle_integrity(actor, acceptance).enforce()
    _integrity_is_open(acceptance)
    made = integrity.enter(
        actor=actor,
        data={
            "unit": acceptance.contract.solver,
            "conduct": conduct.strip(),
            "sanction": sanction,
            "source": Source.CONTRACT,
            "document": acceptance.number,
            "holds_from": clock.today(),
            "holds_until": holds_until,
        },
    )
    _settle(acceptance, actor, Integrity.ENTERED, "登记诚信记录", made.number)
    return made


@transaction.atomic
def drop_integrity(*, acceptance: Acceptance, actor: User, note: str) -> Acceptance:
    """Decide, with a reason, that a failed acceptance leaves no integrity record."""
    policies.may_settle_integrity(actor, acceptance).enforce()
    _integrity_is_open(acceptance)
    if not note.strip():
        sentence = "请写明不登记的理由"
        raise Invalid(sentence, code="reason_required", fields={"note": [sentence]})
    _settle(acceptance, actor, Integrity.DROPPED, "不登记诚信记录", note.strip())
    return acceptance


def _check_votes(acceptance: Acceptance) -> None:
    ready = checklist.may_conclude(acceptance)
    if not ready:
        raise RuleBroken(ready.reason, code=ready.code)


def _check(
    acceptance: Acceptance, conclusion: str, reason: str, departure: str, revise_by: date | None
) -> None:
    rules = queries.rules_of(acceptance.contract.call)
    faults: dict[str, list[str]] = {}
    if conclusion not in Conclusion.values:
        faults["conclusion"] = ["请选择验收结论"]
    if len(reason.strip()) < rules.opinion_least:
        faults["reason"] = [f"请写明理由，至少 {rules.opinion_least} 字"]
    if conclusion == Conclusion.REVISE:
        last = clock.today() + timedelta(days=rules.recheck_days)
        if revise_by is None or not clock.today() < revise_by <= last:
            faults["revise_by"] = [f"请填写修改期限，不超过 {rules.recheck_days} 天"]
    carried = queries.majority(
        queries.tally(queries.votes(acceptance), acceptance.turn), rules.pass_share
    )
    if conclusion in Conclusion.values and conclusion != carried and not departure.strip():
        said = f"专家意见为“{carried.label}”" if carried else "专家意见没有形成多数"
        faults["departure"] = [f"{said}，提出其他结论请写明理由"]
    if faults:
        raise Invalid("验收结论需要修改", code="conclusion_invalid", fields=faults)
    if conclusion == Conclusion.REVISE and acceptance.turn >= LAST_TURN:
        raise RuleBroken("修改后复核只有一次，本次须作出最终结论", code="recheck_once")
    if conclusion == Conclusion.PASS and (missed := checklist.missed(acceptance)):
        names = "、".join(missed)
        raise RuleBroken(
            f"约束性指标“{names}”没有达到要求，不能作出通过的结论", code="core_indicator_missed"
        )


def _follow(acceptance: Acceptance, made: Conclusion, signer: User | None) -> None:
    """End the contract, note the track record, and set the assessment of what passed."""
    contract = Contract.objects.get(pk=acceptance.contract_id)
    contracts.conclude(
        contract=contract,
        outcome=OUTCOMES[made],
        actor=signer,
        acceptance_number=acceptance.number,
        note=acceptance.reason,
    )
    track.note(contract=contract, kind=TRACKS[made], text=acceptance.reason)
    in_time = _in_time(acceptance, contract)
    track.note(contract=contract, kind=TrackKind.ON_TIME if in_time else TrackKind.LATE)
    if acceptance.satisfaction == Satisfaction.DISSATISFIED:
        said = f"需求方不满意：{acceptance.satisfaction_text}"
        track.note(contract=contract, kind=TrackKind.DISPUTED, text=said)
    if made == Conclusion.PASS:
        assessments.open_for(contract=contract)


def _in_time(acceptance: Acceptance, contract: Contract) -> bool:
    """Say whether every milestone was first reported, and acceptance asked for, in time."""
    # The first time counts: what is handed in again, completed or revised, comes later anyway.
    handed_in = history(acceptance).filter(action=Action.SUBMIT).first()
    due = acceptance.due_on
    if handed_in and due and clock.local(handed_in.at).date() > due:
        return False
    first: dict[int, date] = {}
    for row in MilestoneReport.objects.filter(milestone__contract=contract).order_by("pk"):
        first.setdefault(row.milestone_id, clock.local(row.reported_at).date())
    return all(
        first.get(stone.pk, stone.due_on) <= stone.due_on for stone in contract.milestones.all()
    )


def _integrity_is_open(acceptance: Acceptance) -> None:
    if acceptance.integrity != Integrity.PROPOSED:
        raise WrongState("没有待处理的诚信记录建议", code="nothing_proposed")


def _settle(acceptance: Acceptance, actor: User, how: Integrity, label: str, note: str) -> None:
    fresh = Acceptance.objects.filter(pk=acceptance.pk, integrity=Integrity.PROPOSED)
    if not fresh.update(integrity=how):
        raise WrongState("没有待处理的诚信记录建议", code="nothing_proposed")
    acceptance.integrity = how
    audit.record(actor=actor, thing=acceptance, action="integrity", label=label, note=note)
