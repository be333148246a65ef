"""Background jobs on their pages: one's own, the bureau's, and how far each is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.challenges.states import State as ChallengeState
from jiebang.jobs.models import Job
from jiebang.proposals.states import State as BidState
from tests.factories import make_challenge, make_officer, make_proposal, make_university, make_user

pytestmark = pytest.mark.django_db


def make_job(owner=None, **fields):
    key = f"k{Job.objects.count()}"
    return Job.objects.create(name="x", key=key, title="导入需求", owner=owner, **fields)


def listed(client, person):
    client.force_login(person)
    return [job.pk for job in client.get(reverse("web:jobs")).context["page_obj"]]


def test_one_sees_one_s_own_and_the_bureau_sees_all(client):
    person = make_user()
    mine, other = make_job(person), make_job(make_user())

    assert listed(client, person) == [mine.pk]
    assert listed(client, make_officer()) == [other.pk, mine.pk]


def test_another_s_job_is_not_there(client):
    client.force_login(make_user())
    assert client.get(reverse("web:job", args=[make_job(make_user()).pk])).status_code == 404


@pytest.mark.parametrize(
    ("state", "done", "percent", "asks_again"),
    [
        ("queued", 0, 0, True),
        ("running", 30, 30, True),
        ("running", 100, 99, True),
        ("done", 100, 100, False),
    ],
)
def test_the_progress_asks_again_until_it_is_over(client, state, done, percent, asks_again):
    person = make_user()
    job = make_job(person, state=state, done_count=done, total_count=100)
    client.force_login(person)
    address = reverse("web:job", args=[job.pk])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert (f"{percent}%" in part, "hx-trigger" in part) == (True, asks_again)


def test_a_failed_job_says_so_and_why(client):
    person = make_user()
    job = make_job(person, state="failed", message="文件缺少栏目：需求名称")
    client.force_login(person)
    page = client.get(reverse("web:job", args=[job.pk])).content.decode()

    assert "文件缺少栏目：需求名称" in page


def test_the_list_of_bids_asks_as_often_for_many_as_for_few(client):
    unit, counted = make_university(), []
    client.force_login(make_user(unit=unit))
    for count in (3, 14):
        for _ in range(count):
            challenge = make_challenge(ChallengeState.CLOSED)
            make_proposal(BidState.SUBMITTED, challenge=challenge, lead=unit)
        with CaptureQueriesContext(connection) as made:
            client.get(reverse("web:proposals"))
        counted.append(len(made))

    assert counted[0] == counted[1]
