"""What waits and since when: by the record, not by when a row was made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.contracts.states import MilestoneState
from jiebang.library import screening
from jiebang.library.states import State
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.states import State as BidState
from jiebang.stats import waiting
from tests.factories import (
    make_call,
    make_challenge,
    make_contract,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
)

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def by_key(queues):
    return {queue.key: (queue.count, queue.days) for queue in queues}


def test_each_queue_says_how_many_wait_and_how_long_the_oldest_has():
    call, officer = make_call(), make_officer()
    make_unit(state=UnitState.PENDING, created_at=days_ago(4))
    make_need(State.SUBMITTED, call=call, created_at=days_ago(9))
    make_need(State.SUBMITTED, call=call, created_at=days_ago(2))
    make_need(State.ENDORSED, call=call, created_at=days_ago(6))
    make_need(State.APPRAISAL, call=call, created_at=days_ago(3))
    asked = make_need(State.APPRAISAL, call=call, created_at=days_ago(8))
    screening.assign_appraisers(need=asked, actor=officer, experts=[make_expert()])
    make_need(State.IN_LIBRARY, call=call, created_at=days_ago(20))
    make_challenge(ChallengeState.OPEN, opens_at=days_ago(40), closes_at=days_ago(5))
    running = make_contract("running", created_at=days_ago(7))
    running.milestones.filter(position=1).update(state=MilestoneState.REPORTED)
    make_contract("signing", created_at=days_ago(11))
    make_contract("drafting", created_at=days_ago(12))

    assert by_key(waiting.queues()) == {
        "units": (1, 4),
        "endorse": (2, 9),
        "check": (1, 6),
        "assign": (1, 3),
        "appraise": (1, 8),
        "post": (1, 20),
        "award": (1, 5),
        "draft": (1, 12),
        "sign": (1, 11),
        "confirm": (1, 7),
    }


def test_nothing_waits_in_an_empty_city():
    assert {(queue.count, queue.days) for queue in waiting.queues()} == {(0, None)}


def test_waiting_begins_when_the_state_does():
    officer, need = make_officer(), make_need(State.ENDORSED, created_at=days_ago(90))
    with clock.telling(days_ago(5)):
        screening.move(need=need, action="pass_check", actor=officer)

    assert by_key(waiting.queues())["assign"] == (1, 5)


def test_one_call_counts_its_own_and_leaves_the_units_out():
    call = make_call()
    make_need(State.SUBMITTED, call=call)
    make_need(State.SUBMITTED)
    make_unit(state=UnitState.PENDING)
    make_challenge(ChallengeState.CLOSED)
    make_contract("signing")

    found = by_key(waiting.queues(call))

    assert {key: count for key, (count, _) in found.items() if count} == {"endorse": 1}
    assert "units" not in found


def test_open_challenges_without_a_handed_in_solution_are_unclaimed_oldest_first():
    def opened(days, **fields):
        return make_challenge(opens_at=days_ago(days), **fields)

    young, old, drafted = opened(3), opened(50), opened(8)
    make_proposal(BidState.DRAFT, challenge=drafted)
    make_proposal(BidState.SUBMITTED, challenge=opened(60))
    make_challenge(ChallengeState.SCHEDULED)
    make_challenge(ChallengeState.CLOSED)

    assert list(waiting.unbid()) == [old, drafted, young]
    assert list(waiting.unbid(old.call)) == [old]


def test_the_heat_strip_has_everything_in_exactly_one_field():
    ages = [0, 6, 7, 29, 30, 89, 90, 179, 180, 400]
    needs = [make_need(State.IN_LIBRARY, created_at=days_ago(age)) for age in ages]

    cells = waiting.heat(waiting.unposted())

    assert [(cell.label, cell.count) for cell in cells] == [
        ("7 天内", 2),
        ("7–30 天", 2),
        ("30–90 天", 2),
        ("90–180 天", 2),
        ("半年以上", 2),
    ]
    assert list(waiting.of_age(waiting.unposted(), 1)) == [needs[3], needs[2]]
    assert list(waiting.of_age(waiting.unposted(), 4)) == [needs[9], needs[8]]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (waiting.queues, 5),
        (lambda: waiting.heat(waiting.unbid()), 1),
        (lambda: waiting.heat(waiting.unposted()), 1),
        (lambda: [need.owner.district.name for need in waiting.unposted()], 1),
    ],
)
def test_more_that_waits_takes_no_more_queries(django_assert_num_queries, ask, expected):
    for rows in (1, 2):
        for _ in range(rows):
            make_need(State.IN_LIBRARY)
            make_challenge()
            make_contract("signing")
        with django_assert_num_queries(expected):
            ask()
