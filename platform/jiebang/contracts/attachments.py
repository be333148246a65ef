"""The files of contracts: evidence of milestones, vouchers of payments, papers of requests."""

from typing import Any

from django.db.models import Q, QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts import policies, queries
from jiebang.contracts.models import ChangeRequest, Contract, Milestone, Payment, StageOpinion
from jiebang.contracts.states import (
    REQUEST_PENDING,
    TO_REPORT,
    MilestoneState,
    PaymentState,
    State,
)
from jiebang.files.registry import Held, Holder, Slot, register

EVIDENCE = (
    Slot("evidence", "里程碑证据", most=20, help="检测报告、验收单、照片、图纸等"),
    Slot("spending", "支出凭证", most=20, help="发票、合同、明细账等"),
)
VOUCHERS = (Slot("voucher", "付款凭证", most=5, help="银行回单、拨付凭证"),)
PAPERS = (Slot("paper", "申请文件", most=10, help="盖章的申请、协议、说明"),)


def _contracts(actor: User | None) -> Any:
    if actor is None:
        return Contract.objects.none().values("pk")
    return queries.visible_to(actor).order_by().values("pk")


def _milestones(actor: User | None) -> QuerySet[Milestone]:
    asked = StageOpinion.objects.filter(expert=actor).values("report__milestone")
    mine = Q(contract__in=_contracts(actor)) | Q(pk__in=asked)
    return Milestone.objects.select_related("contract__poster", "contract__solver").filter(mine)


def _payments(actor: User | None) -> QuerySet[Payment]:
    rows = Payment.objects.filter(contract__in=_contracts(actor))
    return rows.select_related("contract__poster", "contract__solver")


def _requests(actor: User | None) -> QuerySet[ChangeRequest]:
    rows = ChangeRequest.objects.filter(contract__in=_contracts(actor))
    return rows.select_related("contract__poster", "contract__solver")


def _may_read_evidence(actor: User | None, stone: Milestone, held: Held) -> Decision:
    asked = StageOpinion.objects.filter(report__milestone=stone, expert=actor)
    if policies.may_read(actor, stone.contract) or (actor is not None and asked.exists()):
        return ALLOWED
    return _NOT_A_PARTY


def _may_read(actor: User | None, thing: Payment | ChangeRequest, held: Held) -> Decision:
    return ALLOWED if policies.may_read(actor, thing.contract) else _NOT_A_PARTY


def _may_bring_evidence(actor: User, stone: Milestone) -> Decision:
    open_states = TO_REPORT | {MilestoneState.REPORTED}
    if stone.contract.state != State.RUNNING or stone.state not in open_states:
        return Decision("里程碑已确认，或者合同不在实施中，证据不能再改", code="not_in_progress")
    return policies.may_report(actor, stone)


def _may_bring_voucher(actor: User, payment: Payment) -> Decision:
    settled = (PaymentState.APPROVED, PaymentState.PAID)
    if payment.contract.closed_at or payment.state not in settled:
        return Decision("拨付审批同意后、合同办结前可以提交凭证", code="not_in_progress")
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("付款凭证由经办人员提交", code="role_required")
    return policies.may_recall(actor, payment.contract)


def _may_bring_paper(actor: User, request: ChangeRequest) -> Decision:
    if request.state not in REQUEST_PENDING:
        return Decision("申请已办结，文件不能再改", code="not_in_progress")
    return policies.may_ask(actor, request.kind, request.contract)


_NOT_A_PARTY = Decision("这份材料只供合同各方和科技局查阅", code="not_a_party")

register(
    Holder(
        name="milestone",
        model="contracts.milestone",
        slots=lambda stone: EVIDENCE,
        visible=_milestones,
        may_read=_may_read_evidence,
        may_write=_may_bring_evidence,
        unit=lambda actor, stone: stone.contract.solver,
    )
)
register(
    Holder(
        name="payment",
        model="contracts.payment",
        slots=lambda payment: VOUCHERS,
        visible=_payments,
        may_read=_may_read,
        may_write=_may_bring_voucher,
    )
)
register(
    Holder(
        name="contract-request",
        model="contracts.changerequest",
        slots=lambda request: PAPERS,
        visible=_requests,
        may_read=_may_read,
        may_write=_may_bring_paper,
    )
)
