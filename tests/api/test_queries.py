"""Lists ask the database the same number of questions for one row and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiebang.challenges.states import State as ChallengeState
from jiebang.jobs.models import Job
from jiebang.library.models import Appraisal
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State
from tests.factories import (
    make_achievement,
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_draw,
    make_expert,
    make_need,
    make_officer,
    make_pooled,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def needs():
    unit = make_unit()
    return make_user(unit=unit), "needs/", lambda: make_need(owner=unit)


def challenges():
    return make_officer(), "challenges/", make_challenge


def public_challenges():
    return None, "challenges/", make_challenge


def bids_of_one_challenge():
    challenge = make_challenge(ChallengeState.CLOSED)
    path = f"challenges/{challenge.pk}/proposals/"
    return make_officer(), path, lambda: make_proposal(State.SUBMITTED, challenge=challenge)


def own_proposals():
    lead = make_university()
    return make_user(unit=lead), "proposals/?mine=true", lambda: make_proposal(lead=lead)


def awards():
    return None, "awards/", make_award


def contracts():
    return make_officer(), "contracts/", make_contract


def milestones():
    solver = make_university()

    def add():
        award = make_award(
            make_proposal(
                State.AWARDED, challenge=make_challenge(ChallengeState.AWARDED), lead=solver
            )
        )
        return make_contract("running", award=award, milestones=1)

    return make_user(unit=solver), "milestones/", add


def achievements():
    return make_user(unit=make_university()), "achievements/", make_achievement


def organizations():
    return make_officer(), "organizations/", make_unit


def calls():
    return None, "calls/", make_call


def members():
    unit = make_unit()
    return make_user(unit=unit), f"organizations/{unit.pk}/members/", lambda: make_user(unit=unit)


def own_appraisals():
    expert = make_expert()

    def add():
        need = make_need(NeedState.APPRAISAL)
        return Appraisal.objects.create(need=need, expert=expert, version=1)

    return expert, "appraisals/", add


def jobs():
    user = make_user()
    return (
        user,
        "jobs/",
        lambda: Job.objects.create(
            name="a", title="导出", key=str(Job.objects.count()), owner=user
        ),
    )


def experts():
    def add():
        unit = make_unit()
        tie = {"kind": "past_unit", "unit": unit, "unit_name": unit.name}
        return make_pooled(user=make_expert(unit=unit), unit=unit, ties=[tie])

    return make_officer(), "experts/", add


def draws_of_experts():
    return None, "draws/", make_draw


def seats():
    return make_officer(), "seats/", lambda: make_draw(seats=1)


LISTS = [
    experts, draws_of_experts, seats, needs, challenges, public_challenges,
    bids_of_one_challenge, own_proposals, awards, contracts,
    milestones, achievements, organizations, calls, members, own_appraisals, jobs,
]  # fmt: skip


def asked(client, path):
    """Return how many rows came, and for how many queries."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(f"/api/v1/{path}")
    return answer.json()["count"], len(queries)


@pytest.mark.parametrize("rows", LISTS, ids=lambda rows: rows.__name__)
def test_three_rows_cost_no_more_queries_than_one(client_for, rows):
    actor, path, add = rows()
    client = client_for(actor)
    add()
    few, cost = asked(client, path)

    add()
    add()

    assert asked(client, path) == (few + 2, cost)
