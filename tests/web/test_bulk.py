"""Ticks on lists, the buttons below them, and what is said of every row; the same by interface."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiebang.audit.models import Entry
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.contracts.models import Milestone
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from tests.factories import (
    make_approver,
    make_challenge,
    make_contract,
    make_endorser,
    make_need,
    make_officer,
    make_pooled,
    make_proposal,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def post(client, code, things, **more):
    posted = {"chosen": [thing.pk for thing in things], **more}
    return client.post(reverse("web:bulk", args=[code]), posted, follow=True)


def test_an_officer_verifies_the_ticked_units_and_comes_back_to_the_list(client):
    one, two, left = (make_unit(state=UnitState.PENDING) for _ in range(3))
    client.force_login(make_officer())
    back = f"{reverse('web:officer-units')}?state=pending"
    answer = post(client, "verify-units", [one, two], next=back)

    assert answer.redirect_chain == [(back, 302)]
    assert said(answer) == ["核验通过：已办理 2 项。"]
    states = dict(Organization.objects.values_list("pk", "state"))
    assert states == {one.pk: "verified", two.pk: "verified", left.pk: "pending"}


def test_one_refusal_holds_no_other_back_and_is_named(client):
    pending, verified = make_unit(state=UnitState.PENDING), make_unit()
    client.force_login(make_officer())
    done, refused = said(post(client, "verify-units", [pending, verified]))

    assert done == "核验通过：已办理 1 项。"
    assert refused.startswith(f"1 项未办理：“{verified.name}”：")


def test_many_refusals_are_counted_and_five_are_told(client):
    units = [make_unit() for _ in range(7)]
    client.force_login(make_officer())
    (refused,) = said(post(client, "verify-units", units))

    assert refused.startswith("7 项未办理：")
    assert refused.endswith("；另有 2 项")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", ""])
def test_nobody_is_led_elsewhere(client, back):
    client.force_login(make_officer())
    answer = post(client, "verify-units", [make_unit(state=UnitState.PENDING)], next=back)
    assert answer.redirect_chain[0] == (reverse("web:desk"), 302)


@pytest.mark.parametrize(
    ("code", "person", "status"),
    [
        ("verify-units", make_approver, 403),
        ("check-needs", make_approver, 403),
        ("endorse-needs", make_officer, 403),
        ("check-needs", make_endorser, 403),
        ("post-needs", make_user, 403),
        ("drop-everything", make_officer, 404),
    ],
)
def test_who_may_not_changes_nothing_on_the_page_and_by_the_interface(client, code, person, status):
    unit, need = make_unit(state=UnitState.PENDING), make_need(NeedState.ENDORSED)
    client.force_login(person())
    told = client.post(
        reverse("api:bulk", args=[code]), {"ids": [unit.pk]}, content_type="application/json"
    )
    assert post(client, code, [unit]).status_code == told.status_code == status
    assert (Entry.objects.count(), TechNeed.objects.get().state) == (0, need.state)


def test_ticking_nothing_says_so(client):
    client.force_login(make_officer())
    assert said(post(client, "verify-units", [])) == ["没有选中可以办理的内容，请先勾选。"]


def test_the_ticked_needs_are_posted_from_the_library(client):
    needs = [make_need(NeedState.IN_LIBRARY)]
    client.force_login(make_officer())
    page = client.get(reverse("web:officer-library")).content.decode()
    assert (page.count('name="chosen"'), page.count('name="opens_at"')) == (1, 1)
    wrong = {"opens_at": "明天", "closes_at": ""}
    assert post(client, "post-needs", needs, **wrong).status_code == 422
    assert not Challenge.objects.exists()
    day = clock.local(clock.now()).date()
    times = {"opens_at": f"{day + timedelta(days=1)}T09:00",
             "closes_at": f"{day + timedelta(days=60)}T17:30"}  # fmt: skip
    assert said(post(client, "post-needs", needs, **times)) == ["张榜：已办理 1 项。"]
    assert {row.state for row in Challenge.objects.all()} == {"scheduled"}


def test_the_interface_says_of_every_row_what_became_of_it(client):
    good, bad = make_need(NeedState.ENDORSED), make_need(NeedState.REJECTED)
    client.force_login(make_officer())
    answer = client.post(
        reverse("api:bulk", args=["check-needs"]),
        {"ids": [good.pk, bad.pk, 9999]},
        content_type="application/json",
    )
    told = answer.json()
    assert (answer.status_code, told["done"]) == (200, [good.pk])
    assert [(row["id"], row["code"]) for row in told["refused"]] == [
        (bad.pk, "wrong_state"),
        (9999, "not_found"),
    ]
    assert told["refused"][0]["name"] == bad.title
    states = dict(TechNeed.objects.values_list("pk", "state"))
    assert states == {good.pk: "appraisal", bad.pk: "rejected"}


def late_contract():
    contract = make_contract("running")
    Milestone.objects.update(due_on=clock.today() - timedelta(days=2))
    return contract


def closed_with_pool():
    challenge = make_challenge("closed")
    make_proposal("submitted", challenge=challenge)
    make_pooled()
    return challenge


# List, what makes a row, the address's query, and the buttons below it.
LISTS = {
    "officer-units": (
        lambda: make_unit(state=UnitState.PENDING), "?state=pending", ["verify-units"],
    ),
    "officer-needs": (
        lambda: make_need(NeedState.ENDORSED), "?state=endorsed", ["check-needs", "return-needs"],
    ),
    "officer-library": (lambda: make_need(NeedState.IN_LIBRARY), "", ["post-needs"]),
    "officer-challenges": (lambda: make_challenge("closed"), "?state=closed", ["fail-challenges"]),
    "portfolio": (late_contract, "", ["remind-contracts"]),
}  # fmt: skip


@pytest.mark.parametrize(("person", "acts"), [(make_officer, True), (make_approver, False)])
@pytest.mark.parametrize("name", LISTS)
def test_ticks_and_buttons_stand_where_one_may_act(client, name, person, acts):
    made, query, codes = LISTS[name]
    made()
    client.force_login(person())
    page = client.get(reverse(f"web:{name}") + query).content.decode()

    assert page.count('name="chosen"') == acts
    shown = [code for code in codes if f'formaction="{reverse("web:bulk", args=[code])}"' in page]
    assert shown == (codes if acts else [])


@pytest.mark.parametrize(("person", "acts"), [(make_officer, True), (make_approver, False)])
def test_experts_are_ticked_on_the_page_of_the_panel(client, person, acts):
    challenge = closed_with_pool()
    user = person()
    client.force_login(user)
    url = reverse("web:officer-panel", args=[challenge.pk])
    page = client.get(url).content.decode()
    assert page.count('form="bulk-pool" name="chosen"') == acts
    if acts:
        (expert,) = (make_pooled(),)
        told = post(client, "invite-experts", [expert], challenge=challenge.pk, next=url)
        assert said(told) == ["邀请评审：已办理 1 项。"]
        assert told.content.decode().count('form="bulk-seats" name="chosen"') == 1
