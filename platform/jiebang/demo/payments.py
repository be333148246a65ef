"""The money of the demo city's contracts: asked for, approved, paid, called back."""

from dataclasses import dataclass
from decimal import Decimal

from jiebang.accounts.models import User
from jiebang.contracts import payments
from jiebang.contracts.models import Contract, Milestone, Payment

CENT = Decimal("0.000001")


@dataclass(frozen=True)
class Purse:
    """Who asks, who approves, and who pays."""

    solver: User
    approver: User
    officer: User

    def follow(self, milestone: Milestone, until: str) -> None:
        """Ask for a confirmed milestone's money and take it as far as `until` says.

        `again` is a request that was declined, asked anew and paid.
        """
        if until == "again":
            self._decline(self._ask(milestone))
        payment = self._ask(milestone)
        if until != "requested":
            payments.move(payment=payment, action="approve", actor=self.approver)
        if until in ("paid", "again"):
            self._pay(payment)

    def recall(self, contract: Contract) -> None:
        """Call back what the settlement says is to be returned."""
        settlement = contract.settlement
        amount = settlement.to_return
        if amount <= 0:
            return
        payment = payments.recall(
            contract=contract,
            actor=self.officer,
            amount=amount,
            grant=settlement.to_return_grant,
            purpose="合同终止，收回已拨付而未支出的结余",
        )
        payments.move(payment=payment, action="approve", actor=self.approver)
        self._pay(payment)

    def start(self, milestone: Milestone) -> None:
        """Ask for the money that a milestone gives up front, and pay it."""
        payment = self._ask(milestone, "合同已生效，申请拨付启动经费", milestone.upfront)
        payments.move(payment=payment, action="approve", actor=self.approver)
        self._pay(payment)

    def _ask(self, milestone: Milestone, purpose: str = "", most: Decimal | None = None) -> Payment:
        contract, milestone = milestone.contract, Milestone.objects.get(pk=milestone.pk)
        amount = (milestone.tranche if most is None else most) - milestone.drawn
        left = Contract.objects.get(pk=contract.pk)
        grant = (contract.grant * amount / contract.amount).quantize(CENT)
        return payments.request(
            milestone=milestone,
            actor=self.solver,
            amount=amount,
            grant=min(grant, left.grant - left.drawn_grant),
            purpose=purpose or f"“{milestone.title}”已确认完成，申请拨付本阶段研发经费",
        )

    def _decline(self, payment: Payment) -> None:
        payments.move(
            payment=payment,
            action="decline",
            actor=self.approver,
            note="收款账户与单位名称不一致，请核对后重新申请",
        )

    def _pay(self, payment: Payment) -> None:
        voucher = f"拨字第{payment.pk:05d}号"
        payments.move(payment=payment, action="pay", actor=self.officer, voucher=voucher)
