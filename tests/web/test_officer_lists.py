"""The bureau's lists: as many queries for three rows as for one, tabs, filters, verbs, ages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jiebang.challenges.states import State as ChallengeState
from jiebang.contracts.states import MilestoneState
from jiebang.jobs.models import Job
from jiebang.library import screening
from jiebang.library.models import Appraisal
from jiebang.library.states import State
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.states import State as BidState
from tests.factories import (
    make_call,
    make_challenge,
    make_contract,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def page(client, user, name, *args, **query):
    """What this person reads there."""
    client.force_login(user)
    response = client.get(reverse(f"web:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def make_appraised_need(**fields):
    need = make_need(State.APPRAISAL, **fields)
    done = {"submitted_at": timezone.now(), "total": 80, "scores": {}}
    Appraisal.objects.create(need=need, expert=make_expert(), version=1, **done)
    return need


def make_import():
    owner = make_user()
    return Job.objects.create(name="imports.run", title="导入", owner=owner, state="done")


def make_running_contract():
    contract = make_contract("running")
    contract.milestones.filter(position=1).update(state=MilestoneState.REPORTED)
    return contract


def make_bids():
    challenge = make_challenge(ChallengeState.CLOSED)
    make_proposal(BidState.SUBMITTED, challenge=challenge)
    return challenge


def unit_with_titles():
    unit = make_unit(state=UnitState.PENDING)
    unit.qualifications.create(kind="high_tech")
    return unit


LISTS = [
    ("officer-dashboard", {}, make_running_contract),
    ("officer-dashboard", {}, make_bids),
    ("statistics", {}, make_running_contract),
    ("officer-unclaimed", {}, make_challenge),
    ("officer-unclaimed", {"where": "library"}, lambda: make_need(State.IN_LIBRARY)),
    ("officer-units", {"state": "pending"}, unit_with_titles),
    ("officer-needs", {}, make_appraised_need),
    ("officer-library", {}, lambda: make_need(State.IN_LIBRARY)),
    ("officer-challenges", {}, make_bids),
    ("officer-calls", {}, make_call),
    ("contracts", {}, make_running_contract),
    (
        "imports",
        {},
        make_import,
    ),
]


def queries_of(client, name, query):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(reverse(f"web:{name}"), query).status_code == 200
    return len(asked)


@pytest.mark.parametrize(("name", "query", "make"), LISTS)
def test_three_rows_take_no_more_queries_than_one(client, name, query, make):
    client.force_login(make_officer())
    make()
    with_one = queries_of(client, name, query)
    for _ in range(2):
        make()

    assert queries_of(client, name, query) == with_one


def test_the_record_takes_no_more_queries_for_more_entries_of_the_kinds_it_has(client):
    officer = make_officer()
    client.force_login(officer)

    def happen():
        screening.move(need=make_need(State.ENDORSED), action="pass_check", actor=officer)

    happen()
    with_one = queries_of(client, "audit-log", {})
    for _ in range(2):
        happen()

    assert queries_of(client, "audit-log", {}) == with_one


def test_an_endorser_s_and_an_expert_s_list_take_no_more_queries_for_more_rows(client):
    unit, expert = make_unit(), make_expert()
    for user, name in (
        (make_endorser(unit.district), "endorser-needs"),
        (expert, "expert-appraisals"),
    ):
        client.force_login(user)
        asked = []
        for _ in range(2):
            make_need(State.SUBMITTED, owner=unit)
            need = make_need(State.APPRAISAL)
            Appraisal.objects.create(need=need, expert=expert, version=1)
            asked.append(queries_of(client, name, {}))

        assert asked[0] == asked[1]


def test_choosing_experts_takes_no_more_queries_for_a_larger_pool(client):
    need = make_need(State.APPRAISAL)
    client.force_login(make_officer())
    address = reverse("web:officer-assign", args=[need.pk])
    asked = []
    for _ in range(2):
        expert = make_expert(unit=make_unit())
        other = make_need(State.APPRAISAL)
        Appraisal.objects.create(
            need=other, expert=expert, version=1, submitted_at=timezone.now(), total=70
        )
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        asked.append(len(found))

    assert asked[0] == asked[1]


def test_the_tabs_count_each_state_and_the_list_shows_the_chosen_one(client):
    make_need(State.SUBMITTED, title="待推荐的需求")
    make_need(State.IN_LIBRARY, title="库里的需求")
    make_need(State.IN_LIBRARY, title="库里的另一条")
    make_need(State.DRAFT, title="草稿里的需求")

    text = page(client, make_officer(), "officer-needs", state="in_library")

    tabs = re.findall(r'<li><a href="[^"]*state=(\w+)[^"]*"[^>]*>[^<]*<small>(\d+)</small>', text)
    assert {state: int(count) for state, count in tabs if count != "0"} == {
        "submitted": 1,
        "in_library": 2,
    }
    assert "库里的需求" in text
    assert "待推荐的需求" not in text
    assert "草稿里的需求" not in page(client, make_officer(), "officer-needs")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "石墨烯"}, ["石墨烯散热"]),
        ({"q": "样例单位"}, ["石墨烯散热", "轴承寿命", "库里轴承"]),
        ({"reached": "library"}, ["库里轴承"]),
        ({"appraisal": "none", "state": "appraisal"}, ["轴承寿命"]),
        ({"appraisal": "asked"}, ["石墨烯散热"]),
        ({"appraisal": "answered"}, []),
        ({"state": "no-such-state"}, ["石墨烯散热", "轴承寿命", "库里轴承"]),
        ({"call": "not-a-number"}, ["石墨烯散热", "轴承寿命", "库里轴承"]),
    ],
)
def test_needs_are_found_by_words_stage_and_appraisals(client, query, shown):
    asked = make_need(State.APPRAISAL, title="石墨烯散热")
    Appraisal.objects.create(need=asked, expert=make_expert(), version=1)
    make_need(State.APPRAISAL, title="轴承寿命")
    make_need(State.IN_LIBRARY, title="库里轴承")

    text = page(client, make_officer(), "officer-needs", **query)

    titles = ("石墨烯散热", "轴承寿命", "库里轴承")
    assert [title for title in titles if title in text] == shown


def test_each_row_names_what_can_be_done_with_it(client):
    for state in (State.SUBMITTED, State.ENDORSED, State.APPRAISAL, State.IN_LIBRARY):
        make_need(state)

    text = page(client, make_officer(), "officer-needs")

    buttons = re.findall(r'<a class="btn btn-sm" href="[^"]*">([^<]+)</a>', text)
    assert buttons == ["张榜", "分派专家", "审查", "查看"]


def test_filters_that_a_fragment_asks_for_come_without_the_frame(client):
    client.force_login(make_officer())
    make_need(State.ENDORSED)

    for name in ("officer-needs", "officer-units", "officer-dashboard", "contracts", "audit-log"):
        text = client.get(reverse(f"web:{name}"), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in text
