"""Random legal and illegal acts on a contract: its money always adds up and never leaves a cap."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from jiebang.common.errors import DomainError
from jiebang.contracts import payments, services
from jiebang.contracts.models import Contract, Payment
from jiebang.contracts.states import Outcome, PaymentKind, PaymentState, State
from jiebang.ledger import queries as ledger
from tests.factories import make_approver, make_contract, make_officer, make_user

AMOUNTS = st.decimals(Decimal(-1), Decimal(350), places=6)


class Money(RuleBasedStateMachine):
    """One contract with three milestones, and everybody who can touch its money."""

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.key = make_contract(State.RUNNING, milestones=3).pk
        Contract.objects.filter(pk=self.key).update(grant=150)
        self.contract.milestones.update(state="reported")
        unit = self.contract
        self.people = [make_user(unit=unit.solver), make_user(unit=unit.poster)]
        self.people += [make_officer(), make_approver()]
        self.people[3].role_grants.create(role="officer")
        self.vouchers = 0

    @property
    def contract(self):
        return Contract.objects.get(pk=self.key)

    @property
    def rows(self):
        return Payment.objects.filter(contract=self.key)

    def attempt(self, act, **arguments):
        """Do it or be refused; a refusal changes nothing of the money."""
        before = self.standing()
        try:
            act(**arguments)
        except DomainError:
            assert self.standing() == before

    def standing(self):
        books = Contract.objects.filter(pk=self.key).values_list(
            "state", "drawn", "drawn_grant", "paid", "recalled"
        )
        return [*books, *self.rows.values_list("pk", "state", "amount", "grant", "voucher")]

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

    @rule(amount=AMOUNTS, who=st.integers(0, 3))
    def recall(self, amount, who):
        self.attempt(
            payments.recall,
            contract=self.contract,
            actor=self.people[who],
            amount=amount,
            purpose="收回",
        )

    @rule(outcome=st.sampled_from(Outcome))
    def conclude(self, outcome):
        self.attempt(
            services.conclude,
            contract=self.contract,
            outcome=outcome,
            actor=None,
            acceptance_number="YS-1",
        )

    @rule(action=st.sampled_from(["terminate"]), who=st.integers(0, 3))
    def end(self, action, who):
        self.attempt(
            services.move,
            contract=self.contract,
            action=action,
            actor=self.people[who],
            note="理由",
        )

    @invariant()
    def the_money_adds_up(self):
        contract, rows = self.contract, list(self.rows)
        tranches = [r for r in rows if r.kind == PaymentKind.TRANCHE and r.state != "declined"]
        backs = [r for r in rows if r.kind == PaymentKind.RECOVERY and r.state != "declined"]
        settled = [r.amount for r in tranches if r.state == PaymentState.PAID]
        assert contract.drawn == sum(r.amount for r in tranches) <= contract.amount
        assert contract.drawn_grant == sum(r.grant for r in tranches) <= contract.grant
        assert contract.paid == sum(settled) <= contract.released
        assert contract.recalled == sum(r.amount for r in backs) <= contract.paid
        for stone in contract.milestones.all():
            of_stone = sum(r.amount for r in tranches if r.milestone_id == stone.pk)
            assert stone.drawn == of_stone <= stone.tranche

    @invariant()
    def every_state_is_known(self):
        assert self.contract.state in State.values
        assert {row.state for row in self.rows} <= set(PaymentState.values)

    def teardown(self):
        assert list(ledger.check_all()) == []
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)


@pytest.mark.django_db
def test_no_sequence_of_acts_takes_the_money_out_of_its_caps():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
