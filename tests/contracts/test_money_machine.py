"""Random legal and illegal acts on contracts: money adds up, caps hold, states are known."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
    run_state_machine_as_test,
)

from jiebang.common import clock
from jiebang.contracts import lanes, payments, races
from jiebang.contracts.models import (
    ChangeRequest,
    Checkpoint,
    Contract,
    Milestone,
    Payment,
    Settlement,
)
from jiebang.contracts.states import (
    BROKEN_OFF,
    REQUEST_PENDING,
    CheckpointState,
    MilestoneState,
    PaymentKind,
    PaymentState,
    RequestState,
    SettlementState,
    State,
)
from tests.contracts.machine_acts import PEOPLE, Acts
from tests.factories import make_user

STATES = (
    *((Contract, State), (Milestone, MilestoneState), (Payment, PaymentState)),
    *((ChangeRequest, RequestState), (Settlement, SettlementState), (Checkpoint, CheckpointState)),
)


class Money(Acts):
    """One contract and a race: everybody acts, and the books stay right."""

    @rule(keep=st.integers(0, 3), who=PEOPLE)
    def set_a_checkpoint(self, keep, who):
        self.attempt(
            races.plan,
            race=self.race,
            actor=self.people[who],
            title="评比",
            due_on=clock.today(),
            keep=keep,
        )

    @rule(scores=st.lists(st.integers(-1, 101), min_size=2, max_size=3), who=PEOPLE)
    def rank_the_race(self, scores, who):
        checkpoint = Checkpoint.objects.order_by("-pk").first()
        if checkpoint is None:
            return
        running = races.running(self.race)
        rows = [
            {"contract": each.pk, "score": Decimal(score), "opinion": "评价"}
            for each, score in zip(running, scores, strict=False)
        ]
        self.attempt(races.rank, checkpoint=checkpoint, actor=self.people[who], rows=rows)

    @rule(merge=st.integers(0, 3), who=PEOPLE)
    def decide_the_race(self, merge, who):
        checkpoint = Checkpoint.objects.order_by("-pk").first()
        if checkpoint is None:
            return
        running = races.running(self.race)
        target = running[merge].pk if merge < len(running) else None
        self.attempt(
            races.decide,
            checkpoint=checkpoint,
            actor=self.people[who],
            note="按名次",
            merge_into=target,
        )

    @rule(n=st.integers(0, 2), share=st.integers(1, 3))
    def draw_start_money_in_the_race(self, n, share):
        running = races.running(self.race)
        if n >= len(running):
            return
        stone = running[n].milestones.first()
        unit = running[n].solver
        solver = self.solvers.setdefault(unit.pk, None) or make_user(unit=unit)
        self.solvers[unit.pk] = solver
        self.attempt(
            payments.request,
            milestone=stone,
            actor=solver,
            amount=stone.upfront / share,
            purpose="启动",
        )

    @invariant()
    def the_money_of_every_contract_adds_up(self):
        for contract in Contract.objects.all():
            self.adds_up(contract, list(Payment.objects.filter(contract=contract)))

    def adds_up(self, contract, rows):
        tranches = [r for r in rows if r.kind == PaymentKind.TRANCHE and r.state != "declined"]
        backs = [r for r in rows if r.kind == PaymentKind.RECOVERY and r.state != "declined"]
        settled = [r for r in tranches if r.state == PaymentState.PAID]
        came = [r.amount for r in backs if r.state == PaymentState.PAID]
        assert contract.drawn == sum(r.amount for r in tranches) <= contract.amount
        assert contract.drawn_grant == sum(r.grant for r in tranches) <= contract.grant
        assert contract.paid == sum(r.amount for r in settled) <= contract.released
        assert contract.paid_grant == sum(r.grant for r in settled) <= contract.drawn_grant
        assert contract.recalled == sum(r.amount for r in backs) <= contract.paid
        assert contract.recalled_grant == sum(r.grant for r in backs) <= contract.paid_grant
        assert contract.returned == sum(came) <= contract.recalled
        assert contract.amount <= contract.ceiling
        stones = list(contract.milestones.all())
        assert sum(stone.tranche for stone in stones) == contract.amount
        for stone in stones:
            of_stone = sum(r.amount for r in tranches if r.milestone_id == stone.pk)
            assert stone.drawn == of_stone <= stone.released

    @invariant()
    def the_budgets_of_the_race_are_its_cap(self):
        race = self.race
        budgets = lanes.budgets(race)
        assert sum(budgets) + race.reserve == race.cap
        for contract in Contract.objects.filter(award__challenge=race.challenge_id):
            budget = budgets[contract.award.lane - 1]
            running = contract.state == State.RUNNING
            assert budget == (contract.amount if running else contract.drawn)

    @invariant()
    def a_settlement_is_of_what_was_paid_and_bounds_what_is_called_back(self):
        for each in Settlement.objects.select_related("contract"):
            assert each.contract.state in BROKEN_OFF
            assert each.paid == each.contract.paid == each.spent + each.to_return
            assert each.contract.recalled <= each.to_return

    @invariant()
    def one_request_is_pending_and_none_of_what_is_over(self):
        pending = ChangeRequest.objects.filter(state__in=REQUEST_PENDING)
        assert pending.count() <= 1
        assert all(each.contract.state == State.RUNNING for each in pending)

    @invariant()
    def every_state_is_known_and_the_rules_hold(self):
        for model, known in STATES:
            assert set(model.objects.values_list("state", flat=True)) <= set(known.values)
        assert self.contract.extensions <= 1


@pytest.mark.django_db
def test_no_sequence_of_acts_takes_the_money_out_of_its_caps():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=10,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
