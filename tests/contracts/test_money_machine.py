"""Random legal and illegal acts on contracts: money adds up, caps hold, states are known."""

from datetime import timedelta
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

from jiebang.common import clock
from jiebang.common.errors import DomainError
from jiebang.contracts import changes, lanes, payments, races, services, settlements
from jiebang.contracts.models import (
    ChangeRequest,
    Checkpoint,
    Contract,
    Milestone,
    Payment,
    Race,
    Settlement,
)
from jiebang.contracts.states import (
    BROKEN_OFF,
    REQUEST_PENDING,
    CheckpointState,
    MilestoneState,
    PaymentKind,
    PaymentState,
    Reason,
    RequestAction,
    RequestKind,
    RequestState,
    SettlementState,
    State,
)
from jiebang.ledger import queries as ledger
from tests.contracts.test_races import make_race
from tests.factories import make_approver, make_contract, make_officer, make_user

AMOUNTS = st.decimals(Decimal(-1), Decimal(350), places=6)
PEOPLE = st.integers(0, 3)
STATES = (
    *((Contract, State), (Milestone, MilestoneState), (Payment, PaymentState)),
    *((ChangeRequest, RequestState), (Settlement, SettlementState), (Checkpoint, CheckpointState)),
)
BOOKS = (
    *("pk", "state", "amount", "grant", "ceiling", "drawn", "drawn_grant", "paid", "paid_grant"),
    *("recalled", "recalled_grant", "returned", "ends_on", "extensions", "version", "closed_at"),
)


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
        make_race()
        self.solvers = {}

    @property
    def contract(self):
        return Contract.objects.get(pk=self.key)

    @property
    def race(self):
        return Race.objects.get()

    @property
    def rows(self):
        return Payment.objects.order_by("pk")

    def attempt(self, act, **arguments):
        """Do it or be refused; a refusal changes nothing of the money."""
        before = self.standing()
        try:
            act(**arguments)
        except DomainError:
            assert self.standing() == before

    def standing(self):
        books = Contract.objects.values_list(*BOOKS)
        rest = [
            *(Milestone.objects.values_list("pk", "state", "tranche", "drawn", "due_on")),
            *(Payment.objects.values_list("pk", "state", "amount", "grant", "voucher")),
            *(ChangeRequest.objects.values_list("pk", "state")),
            *(Settlement.objects.values_list("pk", "state", "spent")),
            *(Checkpoint.objects.values_list("pk", "state")),
            *(Race.objects.values_list()),
        ]
        return [*books, *rest]

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

    def teardown(self):
        assert list(ledger.check_all()) == []
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)


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
