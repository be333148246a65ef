"""Objections to a notice: they freeze it; upheld they cancel the decision, else it goes on."""

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards import policies, queries
from jiebang.awards.models import Decision, Objection
from jiebang.awards.signals import decision_moved, objection_moved
from jiebang.awards.states import DecisionAction, DecisionState, ObjectionAction, ObjectionState
from jiebang.calendars import queries as calendar
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals


@transaction.atomic
def object_to(
    *, decision: Decision, actor: User, signed_name: str, text: str, evidence: str
) -> Objection:
    """Object to a notice in the name of one's unit; the notice stands still until the answer.

    Raises RuleBroken after its last day, Invalid without real name, text or evidence.
    """
    policies.may_object(actor, decision).enforce()
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    rules = queries.rules_of(decision.challenge.call)
    today, end = clock.today(), decision.notice_ends_on
    running = decision.state == DecisionState.FROZEN or (
        decision.state == DecisionState.NOTICE and end is not None and today <= end
    )
    if not running:
        raise RuleBroken("公示期已过或没有公示，不再受理异议", code="objection_closed")
    faults: dict[str, list[str]] = {}
    if signed_name.strip() != actor.display_name:
        faults["signed_name"] = [f"异议须实名，请填写您的姓名“{actor.display_name}”"]
    if len(text.strip()) < rules.text_least:
        faults["text"] = [f"请写明异议事项和理由，至少 {rules.text_least} 字"]
    if not evidence.strip():
        faults["evidence"] = ["请写明证据，没有证据的异议不予受理"]
    if faults:
        raise Invalid("异议内容需要补充", code="objection_invalid", fields=faults)
    bidders = proposals.of_challenge(decision.challenge).values("lead")
    unit = units.units_written_by(actor).filter(pk__in=bidders).order_by("pk")[0]
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                decision=decision,
                unit=unit,
                objector=actor,
                signed_name=signed_name.strip(),
                text=text.strip(),
                evidence=evidence.strip(),
                reply_by=calendar.add_working_days(today, rules.reply_days),
            )
    except IntegrityError as error:
        raise Conflict("贵单位已提出异议，正在处理", code="objected_already") from error
    if decision.state == DecisionState.NOTICE and end is not None:
        left = calendar.working_days_between(today, end)
        also = {"days_left": left}
        audit.advance(thing=decision, action=DecisionAction.FREEZE, actor=None, also=also)
        decision_moved.send(Decision, decision_id=decision.pk, state=decision.state)
    audit.record(actor=actor, thing=made, action="object", label="提出异议", went_to=made.state)
    objection_moved.send(Objection, objection_id=made.pk, state=made.state)
    return made


@transaction.atomic
def answer(*, objection: Objection, action: str, actor: User, note: str) -> Objection:
    """Answer an objection in writing.

    Upheld, the decision falls and the ranking is open again; rejected, the notice goes on with
    the working days that it had left.
    """
    policies.may_answer(actor, objection).enforce()
    Objection.LIFE.target(action, objection.state)
    rules = queries.rules_of(objection.decision.challenge.call)
    if len(note.strip()) < rules.text_least:
        sentence = f"请写明调查情况和处理依据，至少 {rules.text_least} 字"
        raise Invalid(sentence, code="reply_too_short", fields={"note": [sentence]})
    also = {"reply": note.strip(), "answered_by": actor, "answered_at": clock.now()}
    audit.advance(thing=objection, action=action, actor=actor, note=note, also=also)
    decision = Decision.objects.select_for_update().get(pk=objection.decision_id)
    if action == ObjectionAction.UPHOLD and decision.state == DecisionState.FROZEN:
        audit.advance(
            thing=decision, action=DecisionAction.CANCEL, actor=actor, note="异议成立，重新评定"
        )
    elif decision.state == DecisionState.FROZEN and not _open(decision):
        end = calendar.add_working_days(clock.today(), decision.days_left or 0)
        audit.advance(
            thing=decision,
            action=DecisionAction.RESUME,
            actor=None,
            also={"notice_ends_on": end, "days_left": None},
        )
    objection.decision = decision
    objection_moved.send(Objection, objection_id=objection.pk, state=objection.state)
    decision_moved.send(Decision, decision_id=decision.pk, state=decision.state)
    return objection


def _open(decision: Decision) -> bool:
    return decision.objections.filter(state=ObjectionState.RECEIVED).exists()
