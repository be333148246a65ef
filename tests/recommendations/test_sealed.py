"""Sealed bids: in no index, in no answer and on no page before the closing time, whoever asks."""

from datetime import timedelta

import pytest

from jiebang.challenges import services as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.jobs.models import Job
from jiebang.jobs.registry import HANDLERS
from jiebang.proposals.states import State as ProposalState
from jiebang.recommendations import engine, queries, services, tasks  # noqa: F401
from jiebang.recommendations.comparison import compare
from jiebang.recommendations.models import Kind, Match, Run
from tests.factories import make_challenge, make_officer, make_proposal, make_user

pytestmark = pytest.mark.django_db
SECRET = "以低温原子层沉积包覆硫化物颗粒"


@pytest.fixture
def bid():
    challenge = make_challenge(ChallengeState.OPEN)
    return make_proposal(
        ProposalState.SUBMITTED, challenge=challenge, technical_route=f"{SECRET}，再干法成膜。"
    )


def do_all_jobs():
    for job in Job.objects.order_by("pk"):
        HANDLERS[job.name](**job.args, progress=lambda *_: None)
    Job.objects.all().delete()


def on_disk(folder):
    return any(SECRET.encode() in path.read_bytes() for path in folder.rglob("*.*"))


def seen_by(user, challenge):
    return [view.object for view in queries.matches_for(user, Kind.CHALLENGE, challenge)]


def test_before_the_closing_time_a_bid_is_nowhere(bid, indexes):
    services.refresh_all(anew=True)
    services.match_subject(Kind.CHALLENGE, bid.challenge.pk)

    assert len(engine.current(Kind.PROPOSAL).index) == 0
    assert not on_disk(indexes)
    assert not Run.objects.filter(object_kind=Kind.PROPOSAL).exists()
    assert not Match.objects.filter(run__object_kind=Kind.PROPOSAL).exists()


def test_at_the_closing_time_it_is_compared_for_poster_and_bureau_only(bid, indexes):
    challenge, owner = bid.challenge, make_user(unit=bid.challenge.need.owner)
    everybody = [owner, make_officer(), make_user(unit=bid.lead), make_user(), None]
    services.refresh_all()
    assert [seen_by(user, challenge) for user in everybody] == [[]] * 5

    with clock.telling(challenge.closes_at):
        challenges.settle(challenge=challenge)
        do_all_jobs()

        assert on_disk(indexes)
        bids = [[b for b in seen_by(user, challenge) if b == bid] for user in everybody]
        assert bids == [[bid], [bid], [], [], []]


def test_the_clock_alone_opens_nothing_while_the_state_is_late(bid):
    services.refresh_all()
    with clock.telling(bid.challenge.closes_at + timedelta(minutes=1)):
        services.refresh_all(anew=True)

        assert not Match.objects.filter(run__object_kind=Kind.PROPOSAL).exists()


@pytest.mark.parametrize("who", ["owner", "officer", "stranger"])
def test_nobody_may_compare_a_sealed_bid(bid, who):
    users = {
        "owner": lambda: make_user(unit=bid.challenge.need.owner),
        "officer": make_officer,
        "stranger": make_user,
    }
    with pytest.raises((NotAllowed, NotFound)):
        compare(
            actor=users[who](),
            subject_kind=Kind.CHALLENGE,
            subject_id=bid.challenge.pk,
            object_kind=Kind.PROPOSAL,
            object_id=bid.pk,
        )


def test_a_challenge_withdrawn_after_closing_takes_its_bids_out_again(bid, indexes):
    challenge = bid.challenge
    with clock.telling(challenge.closes_at):
        challenges.settle(challenge=challenge)
        do_all_jobs()
        assert Match.objects.filter(run__object_kind=Kind.PROPOSAL).count() == 1

        challenges.move(challenge=challenge, action="withdraw", actor=make_officer(), note="撤榜")
        do_all_jobs()

    assert not Match.objects.filter(run__object_kind=Kind.PROPOSAL).exists()
    assert len(engine.current(Kind.PROPOSAL).index) == 0
