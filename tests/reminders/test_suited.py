"""New challenges that suit a unit: told with the reason, as often as wished, each once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jiebang.common import clock
from jiebang.jobs.models import Job
from jiebang.library.states import State as NeedState
from jiebang.notifications import services as notifications
from jiebang.notifications.models import Notification
from jiebang.organizations.states import MemberRole
from jiebang.proposals.states import State as BidState
from jiebang.recommendations import engine, services, suggestions
from jiebang.recommendations.models import Suggestion
from jiebang.reminders import suited
from tests.factories import (
    make_achievement,
    make_challenge,
    make_need,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())
LIDAR = {"title": "激光雷达光学镜头装调工艺", "keywords": "激光雷达,光学镜头", "main_problem": "x"}


@pytest.fixture(autouse=True)
def indexes(settings, tmp_path):
    settings.MATCH_INDEX_DIR = tmp_path / "index"
    yield
    engine._opened.clear()


@pytest.fixture
def solver():
    unit = make_university(main_business="固态电池电解质研究", intro="从事硫化物电解质研究。")
    make_achievement(unit, keywords="固态电池,硫化物电解质")
    return unit


@pytest.fixture
def member(solver):
    return make_user(unit=solver)


def told(person):
    return list(Notification.objects.filter(person=person, kind="match").order_by("pk"))


def test_a_member_is_told_of_what_suits_with_the_reason_in_one_line(solver, member):
    challenge = make_challenge()
    make_challenge(need=make_need(NeedState.POSTED, **LIDAR))
    services.refresh_all()

    assert suited.suggest() == 1

    [message] = told(member)
    assert message.subject == f"有适合本单位的榜题：{challenge.title}"
    assert message.link == f"/challenges/{challenge.pk}/"
    assert message.text.startswith("与本单位的简介和成果都提到")
    assert "固态电池" in message.text
    assert (message.text.count("\n"), "截止揭榜" in message.text) == (0, True)


def test_several_make_one_message_that_leads_to_the_list(solver, member):
    for n in range(suited.AT_MOST + 2):
        title = f"固态电池硫化物电解质第 {n} 种工艺"
        make_challenge(need=make_need(NeedState.POSTED, title=title))
    services.refresh_all()

    assert suited.suggest() == 1

    [message] = told(member)
    assert message.subject.startswith("有 8 个适合本单位的榜题：固态电池")
    assert (message.link, message.text.count("\n")) == ("/fitting/", suited.AT_MOST - 1)
    suited.suggest()
    assert [m.subject.partition("：")[0] for m in told(member)[1:]] == ["有 2 个适合本单位的榜题"]


def test_nobody_is_told_of_the_same_twice_whatever_becomes_of_the_match(solver, member):
    make_challenge()
    services.refresh_all()
    suited.suggest()
    services.refresh_all(anew=True)

    assert suited.suggest() == 0
    assert (len(told(member)), Suggestion.objects.count()) == (1, 1)


def test_where_nothing_fits_nothing_is_sent(solver, member):
    make_challenge(need=make_need(NeedState.POSTED, **LIDAR))
    services.refresh_all()

    assert suited.suggest() == 0
    assert told(member) == []


@pytest.mark.parametrize("why", ["own", "bid", "viewer", "left", "suspended", "closed"])
def test_who_is_not_told(solver, member, why):
    need = make_need(NeedState.POSTED, owner=solver) if why == "own" else None
    challenge = make_challenge(need=need)
    services.refresh_all()
    match why:
        case "bid":
            make_proposal(BidState.DRAFT, challenge=challenge, lead=solver)
        case "viewer":
            member.memberships.update(role=MemberRole.VIEWER)
        case "left":
            member.memberships.update(active=False)
        case "suspended":
            type(solver).objects.filter(pk=solver.pk).update(state="suspended")
        case "closed":
            later = timezone.now() - timedelta(seconds=1)
            type(challenge).objects.filter(pk=challenge.pk).update(closes_at=later)

    assert suited.suggest() == 0
    assert told(member) == []


@pytest.mark.parametrize(
    ("pace", "after", "messages"),
    [
        ("at_once", timedelta(0), 1),
        ("daily", timedelta(hours=22, minutes=59), 0),
        ("daily", timedelta(hours=23, seconds=1), 1),
        ("weekly", timedelta(days=6, hours=22), 0),
        ("weekly", timedelta(days=6, hours=23, seconds=1), 1),
        ("never", timedelta(days=20), 0),
    ],
)
def test_it_is_told_at_most_as_often_as_wished(solver, member, pace, after, messages):
    challenge = make_challenge()
    type(challenge).objects.update(opens_at=MONDAY - timedelta(days=1))
    type(challenge).objects.update(closes_at=MONDAY + timedelta(days=30))
    with clock.telling(MONDAY):
        notifications.prefer(person=member, timing="never", suited=pace)
        services.refresh_all()
    with clock.telling(MONDAY + after):
        suited.suggest()
        suited.suggest()

    assert len(told(member)) == messages


def test_who_was_told_today_waits_for_tomorrow(solver, member):
    notifications.prefer(person=member, timing="never", suited="daily")
    make_challenge()
    services.refresh_all()
    tomorrow = timezone.now() + timedelta(days=1)
    with clock.telling(tomorrow):
        assert suited.suggest() == 1
        make_challenge(need=make_need(NeedState.POSTED, title="固态电池硫化物电解质烧结"))
        services.refresh_all()
        assert suited.suggest() == 0
    with clock.telling(tomorrow + timedelta(days=1)):
        assert suited.suggest() == 1


def test_what_is_for_matched_parties_only_does_not_come_out(solver, member):
    secret = "代号赤霄的氧化物固态电解质配方"
    need = make_need(NeedState.POSTED, secrecy="matched", main_problem=secret, expected_goal=secret)
    make_achievement(solver, title="赤霄配方", summary=secret, keywords="赤霄,固态电池")
    make_challenge(need=need)
    services.refresh_all()
    suited.suggest()

    assert [("赤霄的" in m.text, "代号" in m.text) for m in told(member)] == [(False, False)]


def test_two_workers_tell_it_once(solver, member, monkeypatch):
    challenge = make_challenge()
    services.refresh_all()
    found = suggestions.fresh([member.pk])
    suggestions.claim(member.pk, [challenge.pk])
    monkeypatch.setattr(suggestions, "fresh", lambda people: found)

    assert suited.suggest() == 0
    assert told(member) == []


def test_a_match_that_is_found_queues_one_job(solver, member):
    make_challenge()
    services.refresh_all()

    assert Job.objects.filter(name=suited.SUGGEST).count() == 1


def test_looking_asks_as_often_for_one_unit_as_for_three():
    make_challenge()
    counted = []
    for count in (1, 3):
        people = []
        for _ in range(count):
            unit = make_unit(main_business="固态电池电解质", intro="硫化物固态电解质成膜。")
            make_achievement(unit, keywords="固态电池,硫化物电解质")
            people.append(make_user(unit=unit).pk)
        services.refresh_all()
        with CaptureQueriesContext(connection) as made:
            found = suggestions.fresh(people)
        assert len(found) == count
        counted.append(len(made))

    assert counted[0] == counted[1]
