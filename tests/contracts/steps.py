"""Whole ways through a contract's life, for tests of what comes after them."""

from datetime import timedelta
from decimal import Decimal

from jiebang.contracts import changes, payments, settlements
from jiebang.contracts.models import Contract
from jiebang.contracts.states import RequestState
from tests.factories import make_approver, make_officer, make_user


def ask(contract, actor, kind="change", reason=None, **more):
    """Ask for a change of the kind, with what it usually needs."""
    usual = {
        "change": {"reason": "schedule", "after": {"milestones": {"1": {"goal": "样机一台"}}}},
        "extension": {"reason": "testing", "ends_on": contract.ends_on + timedelta(days=90)},
        "termination": {"reason": "infeasible"},
        "revocation": {"reason": "fraud"},
    }[kind]
    wanted = {**usual, **({"reason": reason} if reason is not None else {}), **more}
    return changes.ask(
        contract=contract, actor=actor, kind=kind, explanation="检测机构排期延后", **wanted
    )


def decided(request, people, action="approve"):
    """Let the poster agree where it must, and the bureau decide."""
    if request.state == RequestState.ASKED:
        changes.move(request=request, action="agree", actor=people["poster"])
    return changes.move(request=request, action=action, actor=people["approver"], note="理由")


def end(contract, kind="termination", reason=None):
    """Terminate or revoke a running contract: asked, agreed to, decided."""
    reasons = {"termination": "infeasible", "revocation": "fraud"}
    request = changes.ask(
        contract=contract,
        actor=make_officer(),
        kind=kind,
        reason=reason or reasons[kind],
        explanation="继续实施已无意义",
    )
    if request.state == "asked":
        changes.move(request=request, action="agree", actor=make_user(unit=contract.poster))
    changes.move(request=request, action="approve", actor=make_approver(), note="同意")
    return Contract.objects.get(pk=contract.pk)


def settle(contract, spent, grant=0):
    """Reckon and confirm what of the money paid is to be returned."""
    made = settlements.propose(
        contract=contract,
        actor=make_officer(),
        spent=Decimal(spent),
        to_return_grant=Decimal(grant),
        basis="凭证核对",
    )
    return settlements.move(settlement=made, action="confirm", actor=make_approver())


def pay(milestone, amount, grant=0, voucher="PZ-1"):
    """Ask for, approve and pay so much of a milestone."""
    payment = payments.request(
        milestone=milestone,
        actor=make_user(unit=milestone.contract.solver),
        amount=Decimal(amount),
        grant=Decimal(grant),
        purpose="材料",
    )
    payments.move(payment=payment, action="approve", actor=make_approver())
    return payments.move(payment=payment, action="pay", actor=make_officer(), voucher=voucher)
