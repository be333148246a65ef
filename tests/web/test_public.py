"""What anyone may read: the board and its filters, a challenge, results, units."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jiebang.challenges import services as challenges
from tests.factories import (
    make_achievement,
    make_award,
    make_call,
    make_challenge,
    make_district,
    make_field,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def post(**fields):
    """A challenge posted through the service, so that its search text is what it is in use."""
    need = make_need("in_library", **fields)
    now = timezone.now()
    return challenges.post(
        need=need, actor=make_officer(), opens_at=now, closes_at=now + timedelta(days=20)
    )


def titles(response):
    return [row.title for row in response.context["page_obj"]]


@pytest.fixture
def three():
    battery = make_field("F1", "新能源")
    chips = make_field("F2", "半导体")
    far = make_unit(district=make_district("T09", "远河镇"))
    return {
        "a": post(title="固态电池电解质", tech_field=battery, bounty=Decimal(200)),
        "b": post(title="碳化硅外延片", tech_field=chips, bounty=Decimal(600), owner=far),
        "c": make_challenge(
            "closed",
            need=make_need("posted", title="光刻胶单体", tech_field=chips, bounty=None),
        ),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "bac"),
        ("q=固態電池", "ba"),
        ("q=外延片", "b"),
        ("q=没有的词", ""),
        ("field=F2", "bc"),
        ("district=T09", "b"),
        ("budget=under-300", "a"),
        ("budget=500-1000", "b"),
        ("budget=open", "c"),
        ("status=open", "ba"),
        ("status=closed", "c"),
        ("deadline=30", "ba"),
        ("deadline=7", ""),
        ("sort=bounty&status=open", "ba"),
        ("field=F2&status=open", "b"),
        ("field=nonsense&budget=nonsense", "bac"),
    ],
)
def test_every_filter_is_in_the_address(client, three, query, found):
    response = client.get(f"{reverse('web:board')}?{query}")
    assert titles(response) == [three[key].title for key in found]


def test_a_filter_answers_htmx_with_the_rows_alone(client, three):
    response = client.get(reverse("web:board"), {"q": "碳化硅"}, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert ('<mark class="term-0">碳化硅</mark>外延片' in text, "<html" in text) == (True, False)


@pytest.mark.parametrize("name", ["board", "achievements", "units"])
def test_a_list_asks_as_many_queries_for_three_rows_as_for_one(client, name):
    def make():
        post()
        make_achievement()

    make()
    url = reverse(f"web:{name}")
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    make()
    make()
    with CaptureQueriesContext(connection) as then:
        assert len(client.get(url).context["page_obj"]) >= 3
    assert len(then) == len(first)


def test_a_challenge_shows_what_is_asked_and_only_the_number_of_bids(client):
    challenge = post()
    make_proposal(
        "submitted", challenge=challenge, technical_route="机密路线", lead=make_university()
    )
    text = client.get(reverse("web:challenge", args=[challenge.pk])).content.decode()
    assert "硫化物固态电解质在空气中不稳定" in text
    assert "≥ 350 Wh/kg" in text
    assert "已收到揭榜书 <b>1</b> 份" in text
    assert "机密路线" not in text


@pytest.mark.parametrize("state", ["scheduled", "withdrawn"])
def test_what_is_not_on_the_board_is_not_found_by_strangers(client, state):
    challenge = make_challenge(state)
    assert client.get(reverse("web:challenge", args=[challenge.pk])).status_code == 404
    assert titles(client.get(reverse("web:board"))) == []


def test_a_restricted_text_is_withheld_with_the_way_to_get_it(client):
    challenge = post(secrecy="matched", main_problem="只给对接方看的难题" * 8)
    url = reverse("web:challenge", args=[challenge.pk])
    for address in (url, reverse("web:board")):
        assert "只给对接方看的难题" not in client.get(address).content.decode()
    assert "登录查看" in client.get(url).content.decode()

    client.force_login(make_user(unit=make_university()))
    assert "只给对接方看的难题" in client.get(url).content.decode()


def test_a_masked_owner_and_the_officers_name_appear_nowhere_in_public(client):
    owner = make_unit(name="莞某保密公司")
    need = make_need("in_library", mask_owner=True, owner=owner)
    now = timezone.now()
    officer = make_officer(display_name="周经办")
    challenge = challenges.post(
        need=need, actor=officer, opens_at=now, closes_at=now + timedelta(days=20)
    )
    pages = [
        reverse("web:board"),
        f"{reverse('web:board')}?q=莞某",
        reverse("web:challenge", args=[challenge.pk]),
    ]
    for page in pages:
        text = client.get(page).content.decode()
        assert "莞某保密公司" not in text
        assert "周经办" not in text
    assert challenge.title not in client.get(reverse("web:unit", args=[owner.pk])).content.decode()


def test_an_award_is_public_with_its_reason(client):
    award = make_award()
    text = client.get(reverse("web:challenge", args=[award.challenge_id])).content.decode()
    assert award.proposal.lead.name in text
    assert award.reason in text
    assert "600.00 万元" in text


def test_a_member_of_a_verified_unit_can_bid_from_the_page(client):
    challenge = post()
    url = reverse("web:challenge", args=[challenge.pk])
    assert "登录后揭榜" in client.get(url).content.decode()
    for user, may in [
        (make_user(unit=make_university()), True),
        (make_user(unit=make_university(), member_role="viewer"), False),
        (make_user(unit=challenge.need.owner), False),
    ]:
        client.force_login(user)
        assert ("我要揭榜" in client.get(url).content.decode()) is may


def test_the_contact_of_a_unit_is_private(client):
    unit = make_unit(contact_name="何思远", contact_phone="0769-1234")
    url = reverse("web:unit", args=[unit.pk])
    for user, sees in [
        (None, False),
        (make_user(unit=make_university()), False),
        (make_user(unit=unit, member_role="viewer"), True),
        (make_officer(), True),
    ]:
        if user:
            client.force_login(user)
        assert ("0769-1234" in client.get(url).content.decode()) is sees


@pytest.mark.parametrize("state", ["pending", "returned", "suspended"])
def test_a_unit_that_is_not_verified_is_not_public(client, state):
    unit = make_unit(state=state)
    assert client.get(reverse("web:unit", args=[unit.pk])).status_code == 404
    assert list(client.get(reverse("web:units")).context["page_obj"]) == []


def test_a_result_kept_back_is_not_public(client):
    kept = make_achievement(on_offer=False)
    assert client.get(reverse("web:achievement", args=[kept.pk])).status_code == 404
    client.force_login(make_user(unit=kept.owner))
    assert client.get(reverse("web:achievement", args=[kept.pk])).status_code == 200


def test_calls_are_named_on_the_page(client):
    challenge = post(call=make_call(name="二〇二六年第一批"))
    text = client.get(reverse("web:challenge", args=[challenge.pk])).content.decode()
    assert "二〇二六年第一批" in text
