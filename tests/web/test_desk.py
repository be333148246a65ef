"""The desk: what is late, what is due soon, what else waits; what was done; the same for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.common import clock
from jiebang.desks.items import Todo
from jiebang.desks.waiting import by_urgency
from jiebang.library import screening
from jiebang.library.models import Appraisal
from jiebang.library.states import Action as NeedAction
from jiebang.library.states import State as NeedState
from jiebang.organizations.states import State as UnitState
from tests.factories import (
    make_approver,
    make_challenge,
    make_contract,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def groups(client, person):
    client.force_login(person)
    shown = client.get(reverse("web:desk")).context["groups"]
    return {name: [item.verb for item in items] for name, items in shown}


def asked(expert, days):
    due = clock.now() + timedelta(days=days)
    need = make_need(NeedState.APPRAISAL)
    return Appraisal.objects.create(need=need, expert=expert, version=1, due_at=due)


def test_late_comes_before_soon_and_soon_before_the_rest():
    day = timedelta(days=1)
    today = clock.today()
    items = [Todo(str(n), "", "", due=today + n * day) for n in (-1, 0, 7, 8)]
    found = by_urgency([*items, Todo("none", "", "")])

    assert [(name, [item.verb for item in group]) for name, group in found] == [
        ("已逾期", ["-1"]),
        ("7 天内到期", ["0", "7"]),
        ("其他待办", ["8", "none"]),
    ]


def test_an_expert_s_desk_shows_what_is_late_and_what_is_due(client):
    expert = make_expert()
    asked(expert, -2), asked(expert, 3), asked(expert, 30)

    assert groups(client, expert) == {
        "已逾期": ["论证需求"],
        "7 天内到期": ["论证需求"],
        "其他待办": ["论证需求"],
    }


def officer_s():
    make_unit(state=UnitState.PENDING), make_need(NeedState.ENDORSED)
    return make_officer(), ["核验单位", "形式审查"]


def approver_s():
    make_challenge("closed")
    return make_approver(), ["定榜"]


def endorser_s():
    make_need(NeedState.SUBMITTED)
    return make_endorser(), ["推荐"]


def owner_s():
    unit = make_unit()
    make_need(NeedState.RETURNED, owner=unit)
    return make_user(unit=unit), ["修改后重报"]


def bidder_s():
    return make_proposal().author, ["提交揭榜书"]


def party_s():
    contract = make_contract("signing")
    return make_user(unit=contract.solver), ["签署合同"]


@pytest.mark.parametrize("role", [officer_s, approver_s, endorser_s, owner_s, bidder_s, party_s])
def test_every_role_finds_its_work(client, role):
    person, verbs = role()

    assert groups(client, person) == {"其他待办": verbs}


def test_what_was_done_stands_under_done(client):
    endorser, need = make_endorser(), make_need(NeedState.SUBMITTED)
    screening.move(need=need, action=NeedAction.ENDORSE, actor=endorser)
    client.force_login(endorser)
    page = client.get(reverse("web:desk-tab", args=["done"]))

    assert [line["label"] for line in page.context["entries"]] == ["推荐"]
    assert page.context["items"] == []


def test_the_desk_asks_as_often_for_much_work_as_for_little(client):
    person, unit = make_officer(), make_university()
    head = make_user(unit=unit)
    counted = {person: [], head: []}
    for count in (2, 12):
        for _ in range(count):
            make_unit(state=UnitState.PENDING), make_need(NeedState.ENDORSED)
            make_proposal(lead=unit), make_need(owner=unit)
        for someone, numbers in counted.items():
            client.force_login(someone)
            with CaptureQueriesContext(connection) as made:
                client.get(reverse("web:desk"))
            numbers.append(len(made))

    assert [few == many for few, many in counted.values()] == [True, True]
