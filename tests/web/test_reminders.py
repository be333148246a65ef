"""Reminders before due dates: each stage once, for whatever the desk shows with a date."""

from datetime import timedelta

import pytest

from jiebang.common import clock
from jiebang.jobs.models import Job
from jiebang.notifications.models import Notification
from jiebang.web import tasks
from jiebang.web.reminders import remind, stage_of
from tests.factories import make_challenge, make_proposal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def bid():
    now = clock.now().replace(hour=2, minute=0)
    challenge = make_challenge(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=30))
    return make_proposal(challenge=challenge)


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (timedelta(days=8), None),
        (timedelta(days=7), "7"),
        (timedelta(days=4), "7"),
        (timedelta(days=3), "3"),
        (timedelta(days=2), "3"),
        (timedelta(days=1), "1"),
        (timedelta(hours=1), "0"),
        (timedelta(0), "late"),
        (-timedelta(days=5), "late"),
    ],
)
def test_the_stages_of_a_moment(before, stage):
    due = clock.local(clock.now()).replace(hour=10, minute=0)
    with clock.telling(due - before):
        assert stage_of(due) == stage


@pytest.mark.parametrize(("days", "stage"), [(8, None), (7, "7"), (1, "1"), (0, "0"), (-1, "late")])
def test_a_day_is_late_only_when_it_is_over(days, stage):
    assert stage_of(clock.today() + timedelta(days=days)) == stage


def test_what_has_no_date_reminds_nobody():
    assert stage_of(None) is None


def test_a_draft_reminds_its_unit_at_every_stage_once(bid):
    closes = bid.challenge.closes_at
    for days in (10, 7, 6, 3, 2, 1):
        for _ in range(2):
            with clock.telling(closes - timedelta(days=days)):
                remind(bid.author)

    subjects = list(Notification.objects.order_by("pk").values_list("subject", flat=True))
    title = bid.challenge.title
    assert subjects == [f"提交揭榜书（还有 {days} 天）：{title}" for days in (7, 3, 1)]
    assert Notification.objects.first().link == f"/proposals/{bid.pk}/"


def test_the_day_s_job_goes_through_everybody_with_a_part_and_is_queued_once(bid):
    make_user()
    with clock.telling(bid.challenge.closes_at - timedelta(days=3)):
        tasks.remind_today()
        Job.objects.update(state=Job.State.DONE)
        tasks.remind_today()
        result = tasks.remind_all(progress=lambda *_: None)

    assert Job.objects.filter(name=tasks.REMIND).count() == 1
    told = Notification.objects.values_list("person", flat=True)
    assert (result["messages"], list(told)) == (1, [bid.author_id])
