"""Settling a contract that was broken off, and closing any contract's file."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.common.money import in_wan
from jiebang.contracts import payments, policies
from jiebang.contracts.models import Contract, Settlement
from jiebang.contracts.states import (
    BROKEN_OFF,
    SettlementAction,
    SettlementState,
    State,
)

ZERO = Decimal(0)


@transaction.atomic
def propose(
    *,
    contract: Contract,
    actor: User,
    spent: Decimal,
    basis: str,
    to_return_grant: Decimal = ZERO,
) -> Settlement:
    """Reckon what of the money paid was spent with reason; the rest is to be returned, 万元."""
    policies.may_propose_settlement(actor, contract).enforce()
    held = _held(contract)
    if held.state not in BROKEN_OFF:
        raise WrongState("合同终止、撤销或未通过验收后才能结算")
    if held.closed_at:
        raise WrongState("合同已办结，不能再结算")
    if left := payments.open_of(held):
        raise RuleBroken(f"还有 {left} 笔拨付没有办结，办结后再结算", code="payments_open")
    known = Settlement.objects.filter(contract=held).first()
    if known and known.state != SettlementState.RETURNED:
        raise Conflict("这份合同已有结算，不能重复提出", code="settlement_known")
    values = {
        "paid": held.paid,
        "spent": spent,
        "to_return": held.paid - spent,
        "to_return_grant": to_return_grant,
        "basis": basis.strip(),
    }
    if faults := _faults(held, spent, to_return_grant, basis):
        raise Invalid("结算需要修改", code="settlement_invalid", fields=faults)
    if known:
        also = {**values, "proposed_by": actor, "proposed_at": clock.now()}
        audit.advance(
            thing=known, action=SettlementAction.RESUBMIT, actor=actor, note=basis, also=also
        )
        return known
    try:
        with transaction.atomic():
            made = Settlement.objects.create(contract=held, proposed_by=actor, **values)
    except IntegrityError as error:
        raise Conflict("这份合同已有结算，不能重复提出", code="settlement_known") from error
    audit.record(
        actor=actor,
        thing=made,
        action="propose",
        label="提出结算",
        went_to=made.state,
        note=made.basis,
        detail={"spent": str(spent), "to_return": str(made.to_return)},
    )
    return made


@transaction.atomic
def move(*, settlement: Settlement, action: str, actor: User, note: str = "") -> Settlement:
    """Confirm the settlement as a second person, or return it with a reason."""
    held = _held(settlement.contract)
    if action == SettlementAction.RESUBMIT:
        raise WrongState("重新提出请填写结算", code="settlement_needed")
    policies.may_settle_up(actor, action, settlement).enforce()
    if held.closed_at:
        raise WrongState("合同已办结，结算不能再改")
    also = {"confirmed_by": actor} if action == SettlementAction.CONFIRM else {}
    audit.advance(thing=settlement, action=action, actor=actor, note=note, also=also)
    return settlement


@transaction.atomic
def close(*, contract: Contract, actor: User, paid_total: Decimal | None = None) -> Contract:
    """Close the file: accepted with its record and all payments settled, or settled to the end.

    `paid_total` is what the closer has counted; it must be what the ledger says.
    """
    policies.may_close(actor, contract).enforce()
    held = _held(contract)
    if held.closed_at:
        raise Conflict("合同已经办结，不能再修改", code="closed_already")
    if held.state in (State.DRAFTING, State.SIGNING):
        raise WrongState("合同还没有生效，不能办结")
    found: dict[str, list[str]] = {}
    if held.state not in BROKEN_OFF and not held.acceptance_number:
        found["acceptance_number"] = ["还没有验收结论，验收后才能办结"]
    if paid_total is None:
        found["paid_total"] = ["请填写核对过的已拨付总额"]
    elif paid_total != held.paid:
        found["paid_total"] = [f"与资金台账不一致，台账已拨付 {in_wan(held.paid)}"]
    if found:
        raise Invalid("合同还不能办结", code="closing_incomplete", fields=found)
    if not (done := all_settled(held)):
        raise RuleBroken(done.reason, code=done.code)
    now = clock.now()
    Contract.objects.filter(pk=held.pk, closed_at=None).update(closed_at=now)
    contract.closed_at = held.closed_at = now
    audit.record(
        actor=actor,
        thing=held,
        action="close",
        label="办结",
        note=f"已拨付 {in_wan(held.paid)}，已追回 {in_wan(held.returned)}",
        detail={"paid": str(held.paid), "returned": str(held.returned)},
    )
    return contract


def all_settled(contract: Contract) -> Decision:
    """Say whether nothing of the contract's end and money stands in the way of closing it."""
    if contract.state not in BROKEN_OFF and not contract.acceptance_number:
        return Decision("还没有验收结论，验收后才能办结", code="acceptance_missing")
    if left := payments.open_of(contract):
        return Decision(f"还有 {left} 笔拨付没有办结", code="payments_open")
    if contract.state not in BROKEN_OFF or not contract.paid:
        return ALLOWED
    settlement = Settlement.objects.filter(contract=contract).first()
    if settlement is None or settlement.state != SettlementState.CONFIRMED:
        return Decision("结算还没有核定，核定后才能办结", code="settlement_required")
    if rest := settlement.to_return - contract.returned:
        return Decision(f"还有 {in_wan(rest)} 没有退回，收齐后才能办结", code="not_returned")
    return ALLOWED


def _faults(contract: Contract, spent: Decimal, grant: Decimal, basis: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not ZERO <= spent <= contract.paid:
        found["spent"] = [f"认定支出应在零与已拨付 {in_wan(contract.paid)} 之间"]
    elif not ZERO <= grant <= min(contract.paid - spent, contract.paid_grant):
        most = in_wan(min(contract.paid - spent, contract.paid_grant))
        found["to_return_grant"] = [f"应退回的财政补助应在零与 {most} 之间"]
    if not basis.strip():
        found["basis"] = ["请写明认定依据"]
    return found


def _held(contract: Contract) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
