"""What is to be posted is announced first, where the call wants it, for as long as it says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges.models import Challenge, IntentNotice
from jiebang.library.models import TechNeed
from jiebang.library.states import RuleCode
from jiebang.library.states import State as NeedState
from tests.factories import make_approver, make_call, make_need, make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def need():
    call = make_call({RuleCode.INTENT_NOTICE_DAYS: 5})
    return make_need(NeedState.IN_LIBRARY, call=call, mask_owner=True)


def post(client, need):
    start = timezone.now() + timedelta(days=1)
    end = start + timedelta(days=30)
    typed = {"need": need.pk, "opens_at": start.isoformat(), "closes_at": end.isoformat()}
    return client.post("/api/v1/challenges/", typed)


def announce(client, need, **typed):
    asked = {"call": need.call_id, "title": "第一批拟发榜公示", "needs": [need.pk], **typed}
    return client.post("/api/v1/intent-notices/", asked)


def test_posting_waits_for_the_end_of_the_notice(client_for, need):
    officer = client_for(make_officer())

    assert post(officer, need).json()["code"] == "intent_notice_required"
    assert announce(officer, need).status_code == 201
    refused = post(officer, need)
    assert (refused.status_code, refused.json()["code"]) == (422, "intent_notice_running")
    assert (Challenge.objects.count(), TechNeed.objects.get().state) == (0, NeedState.IN_LIBRARY)

    long_ago = timezone.now() - timedelta(days=6)
    IntentNotice.objects.update(created_at=long_ago, ends_at=long_ago + timedelta(days=5))
    assert post(officer, need).status_code == 201


def test_a_call_without_the_rule_posts_at_once(client_for):
    assert post(client_for(make_officer()), make_need(NeedState.IN_LIBRARY)).status_code == 201


def test_a_stranger_reads_the_notice_without_a_masked_name(client, client_for, need):
    made = announce(client_for(make_officer()), need).json()

    shown = client_for().get(f"/api/v1/intent-notices/{made['id']}/").json()
    page = client.get(f"/intent-notices/{made['id']}/").content.decode()
    assert [(row["title"], row["owner_name"]) for row in shown["needs"]] == [(need.title, "")]
    assert (need.title in page, need.owner.name in page) == (True, False)
    assert shown["running"] is True


PEOPLE = {
    "an approver": (make_approver, 403),
    "a stranger": (lambda: None, 401),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_only_an_officer_announces(client_for, need, who):
    person, status = PEOPLE[who]
    client = client_for(person())

    assert announce(client, need).status_code == status
    assert IntentNotice.objects.count() == 0


FAULTS = {
    "of another call": lambda need: {"call": make_call().pk},
    "none": lambda need: {"needs": []},
    "no longer in the library": lambda need: {
        "needs": [make_need(NeedState.POSTED, call=need.call).pk]
    },
}


@pytest.mark.parametrize("case", FAULTS)
def test_only_waiting_needs_of_the_call_are_announced(client_for, need, case):
    answer = announce(client_for(make_officer()), need, **FAULTS[case](need))

    assert (answer.status_code, answer.json()["code"]) == (422, "notice_invalid")
    assert IntentNotice.objects.count() == 0


def test_an_officer_announces_on_the_page(client, need):
    client.force_login(make_officer())
    url = f"/officer/calls/{need.call_id}/notice/"

    assert "公示 5 天" in client.get(url).content.decode()
    assert client.post(url, {"title": "公示", "needs": []}).status_code == 422
    done = client.post(url, {"title": "公示", "needs": [need.pk]})
    assert done["Location"] == f"/intent-notices/{IntentNotice.objects.get().pk}/"
