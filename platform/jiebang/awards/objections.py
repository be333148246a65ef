"""Objections to a notice: they freeze it; upheld they cancel the decision, else it goes on."""

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.approvals import hearings
from jiebang.audit import services as audit
from jiebang.awards import policies, queries
from jiebang.awards.models import Decision, Objection
from jiebang.awards.signals import decision_moved, objection_moved
from jiebang.awards.states import DecisionAction, DecisionState, ObjectionAction, ObjectionState
from jiebang.common.errors import Conflict
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
    hearings.check_open(decision)
    said = hearings.checked_objection(
        actor,
        signed_name=signed_name,
        text=text,
        evidence=evidence,
        least=rules.text_least,
        reply_days=rules.reply_days,
    )
    bidders = proposals.of_challenge(decision.challenge).values("lead")
    unit = units.units_written_by(actor).filter(pk__in=bidders).order_by("pk")[0]
    try:
        with transaction.atomic():
            made = Objection.objects.create(decision=decision, unit=unit, **said)
    except IntegrityError as error:
        raise Conflict("贵单位已提出异议，正在处理", code="objected_already") from error
    if hearings.freeze(decision):
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
    least = queries.rules_of(objection.decision.challenge.call).text_least
    hearings.reply(objection, action=action, actor=actor, note=note, least=least)
    decision = Decision.objects.select_for_update().get(pk=objection.decision_id)
    if action == ObjectionAction.UPHOLD and decision.state == DecisionState.FROZEN:
        audit.advance(
            thing=decision, action=DecisionAction.CANCEL, actor=actor, note="异议成立，重新评定"
        )
    elif decision.state == DecisionState.FROZEN and not _open(decision):
        hearings.resume(decision)
    objection.decision = decision
    objection_moved.send(Objection, objection_id=objection.pk, state=objection.state)
    decision_moved.send(Decision, decision_id=decision.pk, state=decision.state)
    return objection


def _open(decision: Decision) -> bool:
    return decision.objections.filter(state=ObjectionState.RECEIVED).exists()
