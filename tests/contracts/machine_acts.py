"""Acts on one contract and its money, legal and not."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from jiebang.contracts import changes, payments, services, settlements
from jiebang.contracts.models import (
    ChangeRequest,
    Settlement,
)
from jiebang.contracts.states import (
    Reason,
    RequestAction,
    RequestKind,
)
from tests.contracts.machine import Setting

AMOUNTS = st.decimals(Decimal(-1), Decimal(350), places=6)
PEOPLE = st.integers(0, 3)


class Acts(Setting):
    """Payments, requests, milestones and settlements, by anybody."""

    @rule(n=st.integers(0, 2), who=st.integers(0, 3))
    def confirm(self, n, who):
        stone = self.contract.milestones.all()[n]
        stone.reports.create(summary="完成", reported_by=self.people[0])
        self.attempt(
            services.judge, milestone=stone, action="confirm", actor=self.people[who], note=""
        )

    @rule(n=st.integers(0, 2), who=st.integers(0, 3), amount=AMOUNTS, grant=AMOUNTS)
    def ask(self, n, who, amount, grant):
        stone = self.contract.milestones.all()[n]
        self.attempt(
            payments.request,
            milestone=stone,
            actor=self.people[who],
            amount=amount,
            grant=grant / 3,
            purpose="材料",
        )

    @rule(n=st.integers(0, 2), share=st.integers(1, 4))
    def ask_for_a_share_of_what_is_left(self, n, share):
        stone = self.contract.milestones.all()[n]
        amount = ((stone.tranche - stone.drawn) / share).quantize(Decimal("0.000001"))
        self.attempt(
            payments.request,
            milestone=stone,
            actor=self.people[0],
            amount=amount,
            grant=(amount / 4).quantize(Decimal("0.000001")),
            purpose="设备",
        )

    @rule(n=st.integers(0, 5), who=st.integers(0, 3), action=st.sampled_from(["approve", "pay"]))
    def step(self, n, who, action):
        self._move(n, who, action)

    @rule(n=st.integers(0, 5), who=st.integers(2, 3))
    def decline(self, n, who):
        self._move(n, who, "decline")

    def _move(self, n, who, action):
        rows = list(self.rows)
        if not rows:
            return
        self.vouchers += 1
        self.attempt(
            payments.move,
            payment=rows[n % len(rows)],
            action=action,
            actor=self.people[who],
            note="理由",
            voucher=f"PZ-{self.vouchers}",
        )

    @rule(amount=AMOUNTS, who=PEOPLE)
    def recall(self, amount, who):
        self.attempt(
            payments.recall,
            contract=self.contract,
            actor=self.people[who],
            amount=amount,
            purpose="收回",
        )

    @rule()
    def recall_all_that_is_owed(self):
        settlement = Settlement.objects.filter(contract=self.key).first()
        if settlement:
            self.attempt(
                payments.recall,
                contract=self.contract,
                actor=self.people[2],
                amount=settlement.to_return - self.contract.recalled,
                purpose="收回",
            )

    @rule(outcome=st.sampled_from(["passed", "closed", "failed"]))
    def conclude(self, outcome):
        self.attempt(
            services.conclude,
            contract=self.contract,
            outcome=outcome,
            actor=self.people[3],
            acceptance_number="YS-1",
        )

    @rule(
        kind=st.sampled_from(RequestKind),
        reason=st.sampled_from(Reason),
        who=PEOPLE,
        days=st.integers(-30, 400),
        tranches=st.lists(AMOUNTS, min_size=3, max_size=3),
        shift=AMOUNTS,
    )
    def ask_for_anything(self, kind, reason, who, days, tranches, shift):
        contract = self.contract
        wanted = {str(n): {"tranche": value} for n, value in enumerate(tranches, 1)}
        self.attempt(
            changes.ask,
            contract=contract,
            actor=self.people[who],
            kind=kind,
            reason=reason,
            explanation="说明",
            ends_on=contract.ends_on + timedelta(days=days),
            after={"amount": sum(tranches) + shift, "milestones": wanted},
        )

    @rule(who=st.integers(0, 1), shift=AMOUNTS, drop=st.booleans())
    def ask_to_move_money_between_milestones(self, who, shift, drop):
        first, second, _ = self.contract.milestones.all()
        wanted = {
            "1": {"tranche": first.tranche - shift},
            "2": {"tranche": second.tranche + (0 if drop else shift)},
        }
        amount = self.contract.amount - (shift if drop else 0)
        self.attempt(
            changes.ask,
            contract=self.contract,
            actor=self.people[who],
            kind="change",
            reason="budget",
            explanation="调整",
            after={"amount": amount, "milestones": wanted},
        )

    @rule(action=st.sampled_from(RequestAction), who=PEOPLE)
    def move_a_request(self, action, who):
        request = ChangeRequest.objects.order_by("-pk").first()
        if request:
            self.attempt(
                changes.move, request=request, action=action, actor=self.people[who], note="理由"
            )

    @rule(kind=st.sampled_from(RequestKind))
    def carry_a_request_through(self, kind):
        reasons = {"change": "route", "extension": "force", "revocation": "fraud"}
        asker = self.people[2 if kind == "revocation" else 1]
        contract = self.contract
        self.attempt(
            changes.ask,
            contract=contract,
            actor=asker,
            kind=kind,
            reason=reasons.get(kind, "mutual"),
            explanation="说明",
            ends_on=contract.ends_on + timedelta(days=30),
            after={"milestones": {"3": {"due_on": str(contract.ends_on)}}},
        )
        self.move_a_request("approve", 3)

    @rule(n=st.integers(0, 2), action=st.sampled_from(["return", "rectify", "give_up", "report"]))
    def decide_on_a_milestone(self, n, action):
        stone = self.contract.milestones.all()[n]
        if action == "report":
            measured = {row.pk: {"value": 1} for row in stone.indicators.all()}
            self.attempt(
                services.report,
                milestone=stone,
                actor=self.people[0],
                summary="完成",
                measurements=measured,
            )
            return
        stone.reports.create(summary="完成", reported_by=self.people[0])
        term = {"rectify_by": self.contract.ends_on} if action == "rectify" else {}
        self.attempt(
            services.judge,
            milestone=stone,
            action=action,
            actor=self.people[1],
            note="意见",
            **term,
        )

    @rule(who=PEOPLE, spent=AMOUNTS, grant=AMOUNTS)
    def settle(self, who, spent, grant):
        self.attempt(
            settlements.propose,
            contract=self.contract,
            actor=self.people[who],
            spent=spent,
            to_return_grant=grant,
            basis="凭证",
        )

    @rule(action=st.sampled_from(["confirm", "return", "resubmit"]), who=PEOPLE)
    def move_the_settlement(self, action, who):
        settlement = Settlement.objects.filter(contract=self.key).first()
        if settlement:
            self.attempt(
                settlements.move,
                settlement=settlement,
                action=action,
                actor=self.people[who],
                note="理由",
            )

    @rule(who=PEOPLE, right=st.booleans())
    def close(self, who, right):
        total = self.contract.paid if right else Decimal(1)
        self.attempt(
            settlements.close, contract=self.contract, actor=self.people[who], paid_total=total
        )
