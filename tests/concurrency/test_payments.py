"""Many people at one contract's money in the same moment: one of each takes effect."""

from decimal import Decimal

import pytest
from django.db import connection

from jiebang.contracts import changes, payments, progress
from jiebang.contracts.models import ChangeRequest, Contract, Payment
from tests.concurrency.test_races import again, at_once
from tests.factories import make_approver, make_contract, make_officer, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd():
    """How many come at once; SQLite lets one writer in at a time and needs no more to show it."""
    return 50 if connection.vendor == "postgresql" else 8


@pytest.fixture
def milestone():
    contract = make_contract("running")
    contract.milestones.update(state="confirmed")
    return contract.milestones.first()


def asked(milestone, actor):
    return payments.request(
        milestone=again(milestone), actor=again(actor), amount=Decimal(300), purpose="材料"
    )


def test_of_a_crowd_that_asks_for_one_tranche_one_does(milestone, crowd):
    people = [make_user(unit=milestone.contract.solver) for _ in range(crowd)]

    ends = at_once(*(lambda one=one: asked(milestone, one) for one in people))

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "over_the_tranche", "payment_pending"}
    assert (Payment.objects.count(), Contract.objects.get().drawn) == (1, 300)


def test_of_a_crowd_that_approves_and_then_pays_one_does_each(milestone, crowd):
    payment = asked(milestone, make_user(unit=milestone.contract.solver))
    approvers = [make_approver() for _ in range(crowd)]
    officers = [make_officer() for _ in range(crowd)]

    def step(action, seen, actor, n):
        return lambda: payments.move(
            payment=seen, action=action, actor=again(actor), voucher=f"PZ-{n}"
        )

    for action, people in (("approve", approvers), ("pay", officers)):
        seen = [again(payment) for _ in people]  # all have the page open before anybody acts
        ends = at_once(*(step(action, seen[n], actor, n) for n, actor in enumerate(people)))
        assert ends == sorted(["ok", *["stale"] * (crowd - 1)])
    assert (again(payment).state, Contract.objects.get().paid) == ("paid", 300)


def test_a_declined_request_gives_its_money_back_once(milestone, crowd):
    payment = asked(milestone, make_user(unit=milestone.contract.solver))
    approvers = [make_approver() for _ in range(crowd)]
    seen = [again(payment) for _ in approvers]

    def decide(n):
        action = "approve" if n % 2 else "decline"
        return lambda: payments.move(
            payment=seen[n], action=action, actor=again(approvers[n]), note="理由"
        )

    ends = at_once(*map(decide, range(crowd)))

    assert ends == sorted(["ok", *["stale"] * (crowd - 1)])
    drawn = {"approved": 300, "declined": 0}[again(payment).state]
    assert Contract.objects.get().drawn == drawn


def wished(contract, actor):
    return changes.ask(
        contract=again(contract),
        actor=again(actor),
        kind="change",
        reason="schedule",
        explanation="进度调整",
        after={"milestones": {"2": {"goal": "样机一台"}}},
    )


def test_of_a_crowd_that_asks_for_changes_of_one_contract_one_does(crowd):
    contract = make_contract("running")
    people = [make_user(unit=contract.solver) for _ in range(crowd)]

    ends = at_once(*(lambda one=one: wished(contract, one) for one in people))

    assert ends == sorted(["ok", *["request_pending"] * (crowd - 1)])
    assert ChangeRequest.objects.count() == 1


def test_of_a_crowd_that_decides_on_one_request_one_does(crowd):
    contract = make_contract("running")
    request = wished(contract, make_user(unit=contract.poster))
    approvers = [make_approver() for _ in range(crowd)]
    seen = [again(request) for _ in approvers]

    def decide(n):
        action = "approve" if n % 2 else "reject"
        return lambda: changes.move(
            request=seen[n], action=action, actor=again(approvers[n]), note="理由"
        )

    ends = at_once(*map(decide, range(crowd)))

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "stale", "old_version"}  # an approval makes a new version
    versions = {"approved": 1, "rejected": 0}[again(request).state]
    assert Contract.objects.get().version == versions


def test_of_a_crowd_that_judges_one_milestone_one_does(crowd):
    contract = make_contract("running")
    stone = contract.milestones.first()
    progress.report(
        milestone=stone, actor=make_user(unit=contract.solver), summary="完成", measurements={}
    )
    people = [make_user(unit=contract.poster) for _ in range(crowd)]
    seen = [again(stone) for _ in people]

    def judge(n):
        action = "confirm" if n % 2 else "return"
        return lambda: progress.judge(
            milestone=seen[n], action=action, actor=again(people[n]), note="意见"
        )

    ends = at_once(*map(judge, range(crowd)))

    assert ends == sorted(["ok", *["stale"] * (crowd - 1)])
