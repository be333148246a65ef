"""Objections to a commission's notice: they stop it; upheld it falls, else it goes on."""

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.approvals import hearings
from jiebang.approvals.states import ObjectionAction, ObjectionState
from jiebang.audit import services as audit
from jiebang.commissions import policies, queries, services
from jiebang.commissions.models import Commission, Objection
from jiebang.commissions.signals import commission_moved, objection_moved
from jiebang.commissions.states import Action, State
from jiebang.common.errors import Conflict
from jiebang.organizations import queries as units

FALLS = "异议成立，撤销定向委托"


@transaction.atomic
def object_to(
    *, commission: Commission, actor: User, signed_name: str, text: str, evidence: str
) -> Objection:
    """Object to a notice in the name of one's unit; the notice stands still until the answer.

    Raises RuleBroken after its last day, Invalid without real name, text or evidence.
    """
    policies.may_object(actor, commission).enforce()
    commission = Commission.objects.select_for_update().get(pk=commission.pk)
    rules = queries.rules_of(commission.call)
    hearings.check_open(commission)
    said = hearings.checked_objection(
        actor,
        signed_name=signed_name,
        text=text,
        evidence=evidence,
        least=rules.text_length,
        reply_days=rules.reply_days,
    )
    outside = units.units_written_by(actor).exclude(pk__in=policies.bidders_of(commission))
    try:
        with transaction.atomic():
            made = Objection.objects.create(commission=commission, unit=outside[0], **said)
    except IntegrityError as error:
        raise Conflict("贵单位已提出异议，正在处理", code="objected_already") from error
    if hearings.freeze(commission):
        _tell(commission)
    audit.record(actor=actor, thing=made, action="object", label="提出异议", went_to=made.state)
    objection_moved.send(Objection, objection_id=made.pk, state=made.state)
    return made


@transaction.atomic
def answer(*, objection: Objection, action: str, actor: User, note: str) -> Objection:
    """Answer an objection in writing.

    Upheld, the commission falls and its needs return to the library; rejected, the notice goes
    on with the working days that it had left.
    """
    policies.may_answer(actor, objection).enforce()
    least = queries.rules_of(objection.commission.call).text_length
    hearings.reply(objection, action=action, actor=actor, note=note, least=least)
    commission = Commission.objects.select_for_update().get(pk=objection.commission_id)
    if action == ObjectionAction.UPHOLD and commission.state == State.FROZEN:
        audit.advance(thing=commission, action=Action.CANCEL, actor=actor, note=FALLS)
        services.release(commission, commission.needs, actor, FALLS)
    elif commission.state == State.FROZEN and not _open(commission):
        hearings.resume(commission)
    objection.commission = commission
    objection_moved.send(Objection, objection_id=objection.pk, state=objection.state)
    _tell(commission)
    return objection


def _open(commission: Commission) -> bool:
    return commission.objections.filter(state=ObjectionState.RECEIVED).exists()


def _tell(commission: Commission) -> None:
    commission_moved.send(Commission, commission_id=commission.pk, state=commission.state)
