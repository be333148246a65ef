"""Registering a unit, its members and invitations; the desk."""

import pytest
from django.urls import reverse

from jiebang.organizations import queries
from jiebang.organizations.models import Invitation, Organization
from tests.factories import (
    make_approver,
    make_challenge,
    make_contract,
    make_district,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_uscc,
    make_user,
)

pytestmark = pytest.mark.django_db


def unit_data(**fields):
    return {
        "name": "莞芯样例有限公司",
        "uscc": make_uscc(9000001),
        "kind": "enterprise",
        "district": make_district().pk,
        "city": "东莞市",
        **fields,
    }


def test_who_registers_a_unit_sees_that_it_waits_for_the_bureau(client):
    client.force_login(make_user())
    response = client.post(reverse("web:unit-register"), unit_data(), follow=True)
    unit = Organization.objects.get()
    assert (unit.state, unit.district) == ("pending", make_district())
    assert "正在等待科技局核验" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"uscc": "91441900MA0000001X"}, "统一社会信用代码不正确"),
        ({"name": ""}, "请填写单位全称"),
        ({"website": "no page"}, "网址"),
        ({"revenue": "很多"}, "数字"),
    ],
)
def test_a_faulty_registration_says_where_and_keeps_what_was_typed(client, change, sentence):
    client.force_login(make_user())
    typed = unit_data(intro="我们写了很久的简介", **change)
    response = client.post(reverse("web:unit-register"), typed)
    text = response.content.decode()
    assert (response.status_code, Organization.objects.count()) == (422, 0)
    assert sentence in text
    assert "我们写了很久的简介" in text


def test_the_links_of_a_chain_are_offered_when_it_is_chosen(client):
    client.force_login(make_user())
    assert client.get(reverse("web:unit-nodes"), {"chain": "x"}).status_code == 200


def test_a_returned_unit_shows_the_reason_and_is_handed_in_again(client):
    unit = make_unit(state="pending")
    admin = make_user(unit=unit)
    client.force_login(make_officer())
    from jiebang.organizations import services  # noqa: PLC0415

    services.move(organization=unit, action="return", actor=make_officer(), note="请上传执照")
    client.force_login(admin)
    page = reverse("web:unit-members", args=[unit.pk])
    assert "请上传执照" in client.get(page).content.decode()
    client.post(reverse("web:unit-resubmit", args=[unit.pk]))
    assert Organization.objects.get().state == "pending"


def test_an_invitation_is_made_shown_once_and_accepted(client):
    unit = make_unit()
    admin, guest = make_user(unit=unit), make_user(email="new@example.cn")
    client.force_login(admin)
    typed = {"email": "new@example.cn", "role": "editor"}
    page = client.post(reverse("web:unit-invite", args=[unit.pk]), typed)
    link = page.context["link"]
    assert link in page.content.decode()
    assert link not in client.get(reverse("web:unit-members", args=[unit.pk])).content.decode()

    client.force_login(guest)
    assert "邀请您加入" in client.get(link).content.decode()
    client.post(link)
    assert queries.members(unit).get(user=guest).role == "editor"


def test_a_faulty_invitation_says_where(client):
    unit = make_unit()
    client.force_login(make_user(unit=unit))
    page = client.post(
        reverse("web:unit-invite", args=[unit.pk]), {"email": "no", "role": "editor"}
    )
    assert (page.status_code, Invitation.objects.count()) == (422, 0)


def test_the_last_administrator_is_told_why_and_stays(client):
    unit = make_unit()
    admin = make_user(unit=unit)
    client.force_login(admin)
    row = unit.memberships.get()
    url = reverse("web:unit-member", args=[row.pk])
    response = client.post(url, {"action": "remove"}, follow=True)
    assert "最后一名管理员" in response.content.decode()
    row.refresh_from_db()
    assert row.active


@pytest.mark.parametrize("name", ["unit-members", "unit-edit"])
def test_the_inside_of_a_unit_is_not_found_by_strangers(client, name):
    unit = make_unit()
    client.force_login(make_user(unit=make_university()))
    assert client.get(reverse(f"web:{name}", args=[unit.pk])).status_code == 404


def verbs(client, user):
    client.force_login(user)
    return sorted({item.verb for item in client.get(reverse("web:desk")).context["items"]})


def test_the_desk_says_what_waits_for_whom(client):
    firm = make_unit()
    make_need("draft", owner=firm)
    make_need("returned", owner=firm)
    make_need("submitted", owner=firm)
    make_need("endorsed", owner=firm)
    make_need("in_library", owner=firm)
    make_unit(state="pending")
    make_challenge("closed", need=make_need("posted", owner=firm))
    bid = make_proposal(challenge=make_challenge(need=make_need("posted", owner=firm)))
    contract = make_contract("signing")

    assert verbs(client, make_user(unit=firm)) == ["修改后重报", "继续填报"]
    assert verbs(client, make_endorser(firm.district)) == ["推荐"]
    assert verbs(client, make_officer()) == ["安排张榜", "形式审查", "核验单位"]
    assert verbs(client, make_approver()) == ["定榜", "签署合同"]
    assert verbs(client, make_expert()) == []
    assert verbs(client, bid.author) == ["提交揭榜书"]
    assert verbs(client, make_user(unit=contract.solver)) == ["签署合同"]


def test_what_is_overdue_comes_first_on_the_desk(client):
    from datetime import timedelta  # noqa: PLC0415

    contract = make_contract("running")
    late = contract.milestones.last()
    type(late).objects.filter(pk=late.pk).update(due_on=late.due_on - timedelta(days=900))
    client.force_login(make_user(unit=contract.solver))
    items = client.get(reverse("web:desk")).context["items"]
    assert [item.title.rsplit("：")[-1] for item in items] == [late.title, "里程碑1"]


@pytest.mark.parametrize("tab", ["todo", "done", "mine"])
def test_every_tab_of_the_desk_opens_for_everybody(client, tab):
    for user in (make_user(), make_officer(), make_user(unit=make_unit())):
        client.force_login(user)
        assert client.get(reverse("web:desk-tab", args=[tab])).status_code == 200
    assert client.get(reverse("web:desk-tab", args=["other"])).status_code == 404
