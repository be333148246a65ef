"""The public board: its filters, and what it keeps from whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges.states import State
from jiebang.library.states import State as NeedState
from jiebang.taxonomy.models import TechField
from tests.factories import (
    make_challenge,
    make_district,
    make_expert,
    make_field,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db

BOARD = "/api/v1/challenges/"
CONTACT = {"contact_name": "周明远", "contact_phone": "0769-22318899", "contact_email": "z@q.cn"}


def posted(state=State.OPEN, title="固态电解质成膜", bounty=800, field=None, town="T01", **need):
    unit = make_unit(district=make_district(town, f"镇{town}"))
    need = make_need(
        NeedState.POSTED, owner=unit, title=title, bounty=bounty,
        tech_field=field or make_field(), **need,
    )  # fmt: skip
    return make_challenge(state, need=need)


@pytest.fixture
def board():
    """Three challenges that differ in everything one can ask for."""
    chips = make_field("F02", "集成电路")
    branch = TechField.objects.create(code="F0201", name="先进封装", parent=chips)
    posted()
    posted(title="晶圆激光切割", bounty=300, field=branch, town="T02")
    posted(State.CLOSED, title="镜头自动装调", bounty=None, field=chips, town="T02")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"固态电解质成膜", "晶圆激光切割", "镜头自动装调"}),
        ("q=激光", {"晶圆激光切割"}),
        ("q=鐳射", set()),
        ("q=晶圓", {"晶圆激光切割"}),
        ("field=F02", {"晶圆激光切割", "镜头自动装调"}),
        ("field=F0201", {"晶圆激光切割"}),
        ("field=F99", set()),
        ("district=T02", {"晶圆激光切割", "镜头自动装调"}),
        ("budget_min=300", {"固态电解质成膜", "晶圆激光切割"}),
        ("budget_min=300.01", {"固态电解质成膜"}),
        ("budget_max=300", {"晶圆激光切割"}),
        ("status=open", {"固态电解质成膜", "晶圆激光切割"}),
        ("status=closed", {"镜头自动装调"}),
        ("status=closed&q=激光", set()),
    ],
)
def test_each_filter_keeps_what_it_says(client_for, board, query, titles):
    answer = client_for().get(f"{BOARD}?{query}").json()

    assert {row["title"] for row in answer["results"]} == titles
    assert answer["count"] == len(titles)


@pytest.mark.parametrize("query", ["status=shut", "budget_min=many", "colour=red", "page=two"])
def test_what_cannot_be_asked_is_refused(client_for, board, query):
    answer = client_for().get(f"{BOARD}?{query}")
    assert answer.status_code == (404 if query.startswith("page") else 422)


def test_pages_follow_each_other_without_a_gap(client_for, board):
    client = client_for()
    pages = [client.get(f"{BOARD}?page={n}&page_size=2").json() for n in (1, 2)]

    rows = [row["id"] for page in pages for row in page["results"]]
    whole = [row["id"] for row in client.get(BOARD).json()["results"]]
    assert (rows, [page["count"] for page in pages]) == (whole, [3, 3])
    assert client.get(f"{BOARD}?page=3&page_size=2").json()["code"] == "page_not_found"


def test_the_state_is_the_clock_s_before_anybody_wrote_it_down(client_for):
    challenge = posted()
    challenge.closes_at = timezone.now()
    challenge.save()

    shown = client_for().get(f"{BOARD}{challenge.pk}/").json()

    assert (shown["state"], shown["state_label"]) == ("closed", State.CLOSED.label)
    assert client_for().get(f"{BOARD}?status=open").json()["count"] == 0


def test_what_is_not_yet_on_the_board_is_unknown_to_strangers(client_for):
    challenge = posted(State.SCHEDULED)
    stranger, officer = client_for(), client_for(make_officer())
    poster = client_for(make_user(unit=challenge.need.owner))

    statuses = [c.get(f"{BOARD}{challenge.pk}/").status_code for c in (stranger, officer, poster)]

    assert statuses == [404, 200, 200]
    assert stranger.get(BOARD).json()["count"] == 0


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("stranger", False),
        ("nobody's member", False),
        ("a verified unit's", True),
        ("the poster's", True),
        ("officer", True),
        ("expert", True),
    ],
)
def test_details_kept_for_parties_are_shown_to_verified_units_and_the_bureau(
    client_for, who, reads
):
    challenge = posted(secrecy="matched")
    people = {
        "stranger": lambda: None,
        "nobody's member": make_user,
        "a verified unit's": lambda: make_user(unit=make_university()),
        "the poster's": lambda: make_user(unit=challenge.need.owner),
        "officer": make_officer,
        "expert": make_expert,
    }

    answer = client_for(people[who]()).get(f"{BOARD}{challenge.pk}/")

    assert (answer.json()["details"] is not None) is reads
    assert (challenge.need.main_problem in answer.content.decode()) is reads


@pytest.mark.parametrize("path", ["", "{}/", "{}/history/"])
def test_a_hidden_poster_and_a_contact_are_in_no_public_answer(client_for, path):
    challenge = posted(mask_owner=True)
    unit, need = challenge.need.owner, challenge.need
    for name, value in CONTACT.items():
        setattr(unit, name, value)
        if hasattr(need, name):
            setattr(need, name, value)
    unit.save()
    need.save()

    said = client_for().get(BOARD + path.format(challenge.pk)).content.decode()

    hidden = [unit.name, unit.uscc, *CONTACT.values()]
    assert [text for text in hidden if text in said] == []


def test_a_unit_s_contact_is_for_its_members_and_the_bureau(client_for):
    unit = make_unit(**CONTACT)
    path = f"/api/v1/organizations/{unit.pk}/"
    people = [None, make_user(unit=make_university()), make_user(unit=unit), make_officer()]

    inside = [client_for(person).get(path).json()["inside"] for person in people]

    assert inside[:2] == [None, None]
    assert [each["contact_phone"] for each in inside[2:]] == [CONTACT["contact_phone"]] * 2


def test_deadlines_filter_and_order_the_board(client_for):
    later, sooner = posted(title="后截止"), posted(title="先截止")
    sooner.closes_at = timezone.now() + timedelta(days=2)
    sooner.save()
    client = client_for()

    ordered = client.get(f"{BOARD}?ordering=deadline").json()["results"]
    until = (timezone.now() + timedelta(days=3)).isoformat()
    due = client.get(BOARD, {"deadline": until}).json()["results"]

    assert [row["id"] for row in ordered] == [sooner.pk, later.pk]
    assert [row["id"] for row in due] == [sooner.pk]
