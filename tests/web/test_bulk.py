"""One thing done with many rows: each by itself, refusals named, nobody else's touched."""

import pytest
from django.urls import reverse

from jiebang.audit.models import Entry
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from tests.factories import (
    make_approver,
    make_district,
    make_endorser,
    make_need,
    make_officer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def post(client, name, things, action):
    chosen = [thing.pk for thing in things]
    posted = {"chosen": chosen, "action": action}
    return client.post(reverse(f"web:{name}"), posted, follow=True)


def test_an_officer_verifies_the_ticked_units(client):
    one, two, left = (make_unit(state=UnitState.PENDING) for _ in range(3))
    client.force_login(make_officer())
    answer = post(client, "officer-units-bulk", [one, two], "verify")

    assert said(answer) == ["核验通过：已办理 2 项。"]
    states = dict(Organization.objects.values_list("pk", "state"))
    assert states == {one.pk: "verified", two.pk: "verified", left.pk: "pending"}


def test_one_refusal_holds_no_other_back_and_is_named(client):
    pending, verified = make_unit(state=UnitState.PENDING), make_unit()
    client.force_login(make_officer())
    answer = post(client, "officer-units-bulk", [pending, verified], "verify")

    done, refused = said(answer)
    assert done == "核验通过：已办理 1 项。"
    assert refused.startswith(f"1 项未办理：“{verified.name}”：")


def test_an_endorser_reaches_the_needs_of_the_own_town_only(client):
    mine = make_need(NeedState.SUBMITTED)
    away = make_unit(district=make_district("T02", "石桥镇"))
    other = make_need(NeedState.SUBMITTED, owner=away)
    client.force_login(make_endorser())
    post(client, "endorser-bulk", [mine, other], "endorse")

    states = dict(TechNeed.objects.values_list("pk", "state"))
    assert states == {mine.pk: "endorsed", other.pk: "submitted"}


def test_an_officer_passes_the_formal_check_of_the_ticked_needs(client):
    needs = [make_need(NeedState.ENDORSED) for _ in range(2)]
    client.force_login(make_officer())
    answer = post(client, "officer-needs-bulk", needs, "pass_check")

    assert said(answer) == ["形式审查通过：已办理 2 项。"]
    assert {need.state for need in TechNeed.objects.all()} == {"appraisal"}


@pytest.mark.parametrize(
    ("name", "action", "person", "status"),
    [
        ("officer-units-bulk", "verify", make_approver, 403),
        ("officer-units-bulk", "suspend", make_officer, 422),
        ("officer-needs-bulk", "pass_check", make_approver, 403),
        ("officer-needs-bulk", "reject", make_officer, 422),
        ("endorser-bulk", "endorse", make_officer, 403),
        ("endorser-bulk", "return", make_endorser, 422),
        ("endorser-bulk", "endorse", make_user, 403),
    ],
)
def test_who_may_not_changes_nothing(client, name, action, person, status):
    unit = make_unit(state=UnitState.PENDING)
    need = make_need(NeedState.SUBMITTED if name == "endorser-bulk" else NeedState.ENDORSED)
    client.force_login(person())
    answer = post(client, name, [unit if "unit" in name else need], action)

    assert answer.status_code == status
    assert Entry.objects.count() == 0


def test_ticking_nothing_says_so(client):
    client.force_login(make_officer())
    answer = post(client, "officer-units-bulk", [], "verify")

    assert said(answer) == ["没有选中可以办理的内容，请先勾选。"]


@pytest.mark.parametrize(("person", "ticks"), [(make_officer, 1), (make_approver, 0)])
def test_ticks_stand_where_one_may_act(client, person, ticks):
    make_unit(state=UnitState.PENDING)
    client.force_login(person())
    page = client.get(reverse("web:officer-units"), {"state": "pending"}).content.decode()

    assert page.count('name="chosen"') == ticks
