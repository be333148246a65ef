"""Who else asks for this: over the years and on the board, as far as one may read it."""

import pytest
from django.urls import reverse

from jiebang.library.states import State as NeedState
from jiebang.recommendations import alike, services
from jiebang.recommendations.models import Kind
from tests.factories import (
    make_challenge,
    make_need,
    make_officer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
OTHER = {
    "title": "激光雷达光学镜头装调工艺",
    "keywords": "激光雷达",
    "main_problem": "镜头装调效率低。",
    "key_technology": "主动对准。",
    "expected_goal": "节拍减半。",
    "indicators": 0,
}


@pytest.fixture
def needs():
    """One need, the same once rejected and once on the board, and another that is not."""
    made = {
        "mine": make_need(NeedState.IN_LIBRARY),
        "rejected": make_need(NeedState.REJECTED, owner=make_unit()),
        "posted": make_need(NeedState.POSTED, owner=make_unit()),
        "other": make_need(NeedState.IN_LIBRARY, owner=make_unit(), **OTHER),
    }
    made["challenge"] = make_challenge(need=made["posted"])
    for kind in (Kind.NEED, Kind.CHALLENGE):
        services.refresh_index(kind)
    return made


def test_the_bureau_sees_needs_of_all_years_and_of_a_posted_one_the_challenge_alone(needs):
    found = alike.to_need(make_officer(), needs["mine"])

    assert {(each.kind, each.object) for each in found} == {
        ("challenge", needs["challenge"]),
        ("need", needs["rejected"]),
    }
    assert [each.same for each in found] == [True, True]
    assert all(each.chips for each in found)


def test_a_poster_sees_only_what_everybody_may_see(needs):
    writer = make_user(unit=needs["mine"].owner)

    found = alike.to_need(writer, needs["mine"])

    assert [each.object for each in found] == [needs["challenge"]]


def test_what_is_not_alike_is_nobodys_company(needs):
    assert alike.to_need(make_officer(), needs["other"]) == []


def test_a_draft_is_not_compared():
    draft = make_need(NeedState.DRAFT)
    assert alike.to_need(make_user(unit=draft.owner), draft) == []


def test_challenges_are_compared_by_what_everybody_may_read(needs):
    twin = make_challenge(need=make_need(NeedState.POSTED, owner=make_unit()))
    services.refresh_index(Kind.CHALLENGE)

    assert [each.object for each in alike.to_challenge(twin)] == [needs["challenge"]]


def test_it_stands_on_the_pages_and_in_the_interface(client, needs):
    client.force_login(make_officer())
    for url in (
        reverse("web:need", args=[needs["mine"].pk]),
        reverse("web:officer-post", args=[needs["mine"].pk]),
    ):
        assert "几乎相同" in client.get(url).text
    rows = client.get(f"/api/v1/needs/{needs['mine'].pk}/alike/").json()["results"]
    assert {(row["kind"], row["id"]) for row in rows} == {
        ("challenge", needs["challenge"].pk),
        ("need", needs["rejected"].pk),
    }
    client.logout()
    assert client.get(f"/api/v1/needs/{needs['mine'].pk}/alike/").status_code == 401
    assert client.get(f"/api/v1/challenges/{needs['challenge'].pk}/alike/").json()["results"] == []


def test_who_may_not_read_the_need_learns_nothing_of_it(client, needs):
    client.force_login(make_user(unit=make_unit()))

    assert client.get(f"/api/v1/needs/{needs['mine'].pk}/alike/").status_code == 404
