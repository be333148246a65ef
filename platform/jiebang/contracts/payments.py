"""The money of a contract: asked for, approved by a second person, paid with a voucher."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.common.money import in_wan
from jiebang.contracts import policies
from jiebang.contracts.models import Contract, Milestone, Payment, Settlement
from jiebang.contracts.states import (
    BROKEN_OFF,
    PAYMENT_OPEN,
    MilestoneState,
    PaymentAction,
    PaymentKind,
    SettlementState,
    State,
)

PAYING = frozenset({State.RUNNING, State.ACCEPTED, State.CONCLUDED})
ZERO = Decimal(0)
CENT = Decimal("0.000001")  # one 分 in 万元


@transaction.atomic
def request(
    *,
    milestone: Milestone,
    actor: User,
    amount: Decimal,
    grant: Decimal = ZERO,
    purpose: str = "",
) -> Payment:
    """Ask for money of a confirmed milestone, 万元; never above its tranche or the grant."""
    policies.may_request(actor, milestone.contract).enforce()
    contract = _held(milestone.contract_id)
    if contract.state not in PAYING or contract.closed_at:
        raise WrongState("合同不在实施中，也没有验收，或者已经办结，不能申请拨付")
    milestone = Milestone.objects.get(pk=milestone.pk)
    confirmed = milestone.state == MilestoneState.CONFIRMED
    if not confirmed and not milestone.upfront:
        raise WrongState("里程碑还没有确认，确认后才能申请拨付", code="milestone_unconfirmed")
    _well_formed(amount, grant, purpose)
    left, left_grant = milestone.released - milestone.drawn, contract.grant - contract.drawn_grant
    if amount > left:
        of_what = "本里程碑" if confirmed else "本里程碑确认前"
        sentence = f"超出{of_what}尚可申请的金额，最多还可申请 {in_wan(left)}"
        raise RuleBroken(sentence, code="over_the_tranche", fields={"amount": [sentence]})
    if amount > contract.amount - contract.drawn:
        sentence = f"超出合同金额，最多还可申请 {in_wan(contract.amount - contract.drawn)}"
        raise RuleBroken(sentence, code="over_the_contract", fields={"amount": [sentence]})
    if grant > left_grant:
        sentence = f"超出合同约定的财政补助，最多还可申请 {in_wan(left_grant)}"
        raise RuleBroken(sentence, code="over_the_grant", fields={"grant": [sentence]})
    made = _opened(
        Payment(
            contract=contract,
            milestone=milestone,
            kind=PaymentKind.TRANCHE,
            amount=amount,
            grant=grant,
            purpose=purpose.strip(),
            requested_by=actor,
        ),
        "申请拨付",
    )
    _book(contract, drawn=amount, drawn_grant=grant)
    Milestone.objects.filter(pk=milestone.pk).update(drawn=milestone.drawn + amount)
    return made


@transaction.atomic
def recall(
    *, contract: Contract, actor: User, amount: Decimal, grant: Decimal = ZERO, purpose: str
) -> Payment:
    """Call back, under a confirmed settlement, money of a contract that was broken off, 万元."""
    policies.may_recall(actor, contract).enforce()
    held = _held(contract.pk)
    if held.state not in BROKEN_OFF:
        raise WrongState("合同终止、撤销或未通过验收后才能追回资金")
    if held.closed_at:
        raise WrongState("合同已办结，不能再追回资金")
    settlement = Settlement.objects.filter(contract=held).first()
    if settlement is None or settlement.state != SettlementState.CONFIRMED:
        raise WrongState("结算核定后才能追回资金，请先办理结算", code="settlement_required")
    _well_formed(amount, grant, purpose)
    if amount > (left := settlement.to_return - held.recalled):
        sentence = f"超出应退回而未要求追回的金额，最多可追回 {in_wan(left)}"
        raise RuleBroken(sentence, code="over_the_paid", fields={"amount": [sentence]})
    if grant > (left := settlement.to_return_grant - held.recalled_grant):
        sentence = f"超出应退回的财政补助，最多可追回 {in_wan(left)}"
        raise RuleBroken(sentence, code="over_the_grant", fields={"grant": [sentence]})
    made = _opened(
        Payment(
            contract=held,
            kind=PaymentKind.RECOVERY,
            amount=amount,
            grant=grant,
            purpose=purpose.strip(),
            requested_by=actor,
        ),
        "提出追回",
    )
    _book(held, recalled=amount, recalled_grant=grant)
    return made


@transaction.atomic
def move(
    *,
    payment: Payment,
    action: str,
    actor: User,
    note: str = "",
    voucher: str = "",
    settled_on: date | None = None,
) -> Payment:
    """Approve, decline, or register the voucher with which the money moved."""
    contract = _held(payment.contract_id)
    tranche = payment.kind == PaymentKind.TRANCHE
    policies.may_settle(actor, action, payment).enforce()
    Payment.LIFE.target(action, payment.state)
    if tranche and action != PaymentAction.DECLINE and contract.state not in PAYING:
        raise WrongState("合同已终止，不再拨付；未办结的申请请办理不予支付")
    also: dict[str, object] = {}
    if action == PaymentAction.APPROVE:
        also = {"approved_by": actor}
    elif action == PaymentAction.PAY:
        also = {"settled_by": actor, **_voucher(voucher, settled_on)}
    try:
        with transaction.atomic():
            audit.advance(thing=payment, action=action, actor=actor, note=note, also=also)
    except IntegrityError as error:
        raise Conflict(f"凭证号 {voucher} 已经登记过", code="voucher_known") from error
    if action == PaymentAction.PAY and tranche:
        _book(contract, paid=payment.amount, paid_grant=payment.grant)
    elif action == PaymentAction.PAY:
        _book(contract, returned=payment.amount)
    if action == PaymentAction.DECLINE:
        _give_back(contract, payment)
    return payment


def open_for_request(milestone: Milestone) -> bool:
    """Say whether there is money of the milestone to ask for now."""
    contract = milestone.contract
    paying = contract.state in PAYING and not contract.closed_at
    return paying and milestone.released > milestone.drawn


def open_of(contract: Contract) -> int:
    """Return how many money movements of the contract nobody has settled."""
    return contract.payments.filter(state__in=PAYMENT_OPEN).count()


def _held(key: int) -> Contract:
    return Contract.objects.select_for_update(of=("self",)).get(pk=key)


def _well_formed(amount: Decimal, grant: Decimal, purpose: str) -> None:
    found = {}
    if amount <= 0:
        found["amount"] = ["金额须大于零"]
    if not ZERO <= grant <= amount:
        found["grant"] = ["财政补助不能为负，也不能超过本次金额"]
    for name, value in (("amount", amount), ("grant", grant)):
        if value != value.quantize(CENT):
            found[name] = ["金额须精确到分"]
    if not purpose.strip():
        found["purpose"] = ["请写明用途"]
    if found:
        raise Invalid("申请需要修改，请按提示处理", code="payment_invalid", fields=found)


def _voucher(voucher: str, settled_on: date | None) -> dict[str, object]:
    voucher, today = voucher.strip(), clock.today()
    found = {}
    if not voucher or len(voucher) > 40:
        found["voucher"] = ["请填写凭证号，不超过 40 字"]
    if settled_on and settled_on > today:
        found["settled_on"] = ["办结日期不能晚于今天"]
    if found:
        raise Invalid("登记凭证需要补齐", code="voucher_required", fields=found)
    return {"voucher": voucher, "settled_on": settled_on or today}


def _opened(payment: Payment, label: str) -> Payment:
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("已有一笔申请正在办理，办结后才能再提", code="payment_pending") from error
    audit.record(
        actor=payment.requested_by,
        thing=payment,
        action="request",
        label=label,
        went_to=payment.state,
        note=payment.purpose,
    )
    return payment


def _book(contract: Contract, **changes: Decimal) -> None:
    """Move the running totals; the row is held, and its constraints have the last word."""
    before = {name: getattr(contract, name) for name in changes}
    after = {name: before[name] + change for name, change in changes.items()}
    if not Contract.objects.filter(pk=contract.pk, **before).update(**after):
        raise Stale("合同资金刚刚有变动，请刷新后再办理")


def _give_back(contract: Contract, payment: Payment) -> None:
    if payment.milestone_id is None:
        _book(contract, recalled=-payment.amount, recalled_grant=-payment.grant)
        return
    _book(contract, drawn=-payment.amount, drawn_grant=-payment.grant)
    milestone = Milestone.objects.get(pk=payment.milestone_id)
    Milestone.objects.filter(pk=milestone.pk).update(drawn=milestone.drawn - payment.amount)
