"""One's desk by the interface: the same things to do, in the same order, as on the page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiebang.common import clock
from jiebang.library import screening
from jiebang.library.models import Appraisal
from jiebang.library.states import Action as NeedAction
from jiebang.library.states import State as NeedState
from jiebang.organizations.states import State as UnitState
from tests.factories import make_endorser, make_expert, make_need, make_officer, make_unit

pytestmark = pytest.mark.django_db
DESK = "/api/v1/desk/"


def test_the_interface_lists_what_the_page_lists_in_its_order(client, client_for):
    officer = make_officer()
    make_need(NeedState.ENDORSED)
    make_unit(state=UnitState.PENDING)
    client.force_login(officer)
    groups = client.get(reverse("web:desk")).context["groups"]
    on_page = [(item.verb, item.title, item.url) for _, items in groups for item in items]

    rows = client_for(officer).get(DESK).json()["results"]

    assert [(row["verb"], row["title"], row["page"]) for row in rows] == on_page
    assert {row["verb"] for row in rows} == {"形式审查", "核验单位"}


def test_what_is_late_says_so_with_its_moment_and_is_nobody_elses_affair(client_for):
    expert, need = make_expert(), make_need(NeedState.APPRAISAL)
    due = clock.now() - timedelta(days=2)
    Appraisal.objects.create(need=need, expert=expert, version=1, due_at=due)

    (row,) = client_for(expert).get(DESK).json()["results"]

    assert (row["due"], row["is_late"]) == (due.isoformat(), True)
    assert (row["title"], row["number"]) == (need.title, need.number)
    assert client_for(make_expert()).get(DESK).json()["results"] == []


def test_what_i_did_is_mine_alone_newest_first(client_for):
    endorser, made = make_endorser(), [make_need(NeedState.SUBMITTED) for _ in range(2)]
    for need in made:
        screening.move(need=need, action=NeedAction.ENDORSE, actor=endorser)

    rows = client_for(endorser).get(f"{DESK}done/").json()["results"]

    assert [(row["thing_id"], row["label"]) for row in rows] == [
        (need.pk, "推荐") for need in reversed(made)
    ]
    assert client_for(make_officer()).get(f"{DESK}done/").json()["results"] == []


def test_a_stranger_has_no_desk(client):
    assert client.get(DESK).status_code == 401
    assert client.get(f"{DESK}done/").status_code == 401
