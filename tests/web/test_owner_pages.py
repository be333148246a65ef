"""Writing a need in the browser's forms: the check-up, drafts, refusals, versions."""

import pytest
from django.urls import reverse

from jiebang.library import screening, services
from jiebang.library.models import TechNeed
from jiebang.library.states import State
from tests.factories import (
    indicator_row,
    make_call,
    make_endorser,
    make_expert,
    make_field,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_unit()


@pytest.fixture
def manager(firm, client):
    user = make_user(unit=firm)
    client.force_login(user)
    return user


def typed(rows=None, **fields):
    """What the browser sends for a complete need in an open call."""
    content = {"tech_field": make_field().pk, "call": make_call().pk, **need_content(), **fields}
    rows = [indicator_row()] if rows is None else rows
    data = {k: str(v) for k, v in content.items() if v is not None}
    data |= {"indicators-TOTAL_FORMS": len(rows), "indicators-INITIAL_FORMS": 0}
    for n, row in enumerate(rows):
        values = {k: ("on" if v is True else v) for k, v in row.items() if v is not False}
        data |= {f"indicators-{n}-{k}": str(v) for k, v in values.items()}
    return data


def test_the_check_up_follows_what_is_typed_and_saves_nothing(client, manager):
    url = reverse("web:need-check-up")
    whole = client.post(url, typed()).context
    assert [f["sentence"] for f in whole["findings"] if f["severity"] == "error"] == []

    vague = client.post(url, typed([indicator_row(unit="", test_method="")], ip_terms=""))
    errors = [f["anchor"] for f in vague.context["findings"] if f["severity"] == "error"]
    assert errors == ["id_indicators-0-unit", "id_indicators-0-test_method", "id_ip_terms"]
    assert vague.context["score"] < whole["score"]
    assert not TechNeed.objects.exists()


BLANK = {"comparator": ">=", "core": True}


def test_the_check_up_points_at_the_row_that_one_sees_below_an_empty_one(client, manager):
    data = typed([indicator_row(), BLANK, indicator_row(unit="")])
    report = client.post(reverse("web:need-check-up"), data).context
    errors = [f["anchor"] for f in report["findings"] if f["severity"] == "error"]
    assert errors == ["id_indicators-2-unit"]


def test_a_refused_row_below_an_empty_one_is_marked_where_it_stands(client, manager):
    data = typed([BLANK, indicator_row(comparator="range", value_high="300")], then="save")
    response = client.post(reverse("web:need-new"), data)
    assert (response.status_code, TechNeed.objects.count()) == (422, 0)
    errors = [row.errors for row in response.context["formset"]]
    assert errors == [{}, {"value_high": ["上限小于下限，请核对"]}]


def test_a_row_that_was_removed_is_not_kept(client, manager):
    removed = {**indicator_row(name="不要的指标"), "DELETE": True}
    client.post(reverse("web:need-new"), typed([removed, indicator_row()], then="save"))
    assert [row.name for row in TechNeed.objects.get().indicators.all()] == ["能量密度"]


@pytest.mark.parametrize("data", [{}, {"title": "x", "indicators-TOTAL_FORMS": "many"}])
def test_the_check_up_answers_whatever_is_sent(client, manager, data):
    assert client.post(reverse("web:need-check-up"), data).status_code == 200


def test_a_draft_is_kept_and_opened_again(client, manager):
    response = client.post(reverse("web:need-new"), typed(then="save"), follow=True)
    need = TechNeed.objects.get()
    assert (need.state, need.indicators.count(), need.revision) == (State.DRAFT, 1, 0)
    assert "草稿已保存" in response.content.decode()
    assert need.main_problem in response.content.decode()


def test_a_complete_need_is_handed_in_from_the_form(client, manager):
    client.post(reverse("web:need-new"), typed(then="submit"))
    need = TechNeed.objects.get()
    assert (need.state, need.version) == (State.SUBMITTED, 1)


def test_an_incomplete_need_is_kept_as_a_draft_and_not_handed_in(client, manager):
    data = typed([indicator_row(unit="")], then="submit")
    response = client.post(reverse("web:need-new"), data, follow=True)
    need = TechNeed.objects.get()
    assert (need.state, need.version) == (State.DRAFT, 0)
    said = [str(message) for message in response.context["messages"]]
    assert said == ["草稿已保存，尚未提交。需求体检还有 1 处需要补齐，补齐后再提交"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "请填写需求名称"),
        ({"bounty": "很多"}, "数字"),
        ({"indicators-0-name": "长" * 61}, "60"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(client, manager, change, sentence):
    data = {**typed(then="save"), **change, "background": "写了很久的背景"}
    response = client.post(reverse("web:need-new"), data)
    text = response.content.decode()
    assert (response.status_code, TechNeed.objects.count()) == (422, 0)
    assert sentence in text
    assert "写了很久的背景" in text


def test_who_saves_over_a_colleagues_text_is_told_and_loses_nothing(client, firm, manager):
    need = make_need(owner=firm)
    colleague = make_user(unit=firm)
    services.save_need(need=need, actor=colleague, data={"title": "同事改的名字"})

    data = {**typed(then="save", title="我改的名字"), "revision": "0"}
    response = client.post(reverse("web:need-edit", args=[need.pk]), data)

    assert response.status_code == 422
    assert "同事刚刚保存" in response.content.decode()
    assert "我改的名字" in response.content.decode()
    assert TechNeed.objects.get().title == "同事改的名字"


def test_the_page_of_a_returned_need_says_why_and_shows_the_difference(client, firm, manager):
    need = make_need(owner=firm, version=0)
    services.submit(need=need, actor=manager)
    endorser = make_endorser(firm.district)
    screening.move(need=need, action="return", actor=endorser, note="请把目标写成数字")
    services.save_need(need=need, actor=manager, data={"expected_goal": "不低于 400 Wh/kg，可考核"})
    services.submit(need=need, actor=manager)
    screening.move(need=need, action="return", actor=endorser, note="再补充现有水平")

    text = client.get(reverse("web:need", args=[need.pk])).content.decode()

    assert "再补充现有水平" in text
    assert "<ins>" in text
    assert "第 1 版 → 第 2 版" in text


def test_who_appraised_and_how_is_not_shown_to_the_owner(client, firm, manager):
    need = make_need(State.APPRAISAL, owner=firm)
    expert = make_expert(display_name="宋专家")
    (appraisal,) = screening.assign_appraisers(need=need, actor=make_officer(), experts=[expert])
    scores = {str(c.pk): "80" for c in need.call.criteria.all()}
    screening.appraise(
        appraisal=appraisal, actor=expert, scores=scores, opinion="只给科技局看的论证意见"
    )
    url = reverse("web:need", args=[need.pk])
    text = client.get(url).content.decode()
    assert "宋专家" not in text
    assert "只给科技局看的论证意见" not in text
    client.force_login(make_officer())
    assert "只给科技局看的论证意见" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("rival", 404), ("expert", 404), ("officer", 200), ("owner", 200), ("endorser", 200)],
)
def test_who_may_open_a_need_that_was_handed_in(client, firm, who, status):
    need = make_need(State.SUBMITTED, owner=firm)
    people = {
        "rival": lambda: make_user(unit=make_university()),
        "expert": make_expert,
        "officer": make_officer,
        "owner": lambda: make_user(unit=firm, member_role="viewer"),
        "endorser": lambda: make_endorser(firm.district),
    }
    client.force_login(people[who]())
    assert client.get(reverse("web:need", args=[need.pk])).status_code == status


def test_a_refused_step_changes_nothing_and_is_said(client, firm, manager):
    need = make_need(State.SUBMITTED, owner=firm)
    url = reverse("web:need-move", args=[need.pk])
    response = client.post(url, {"action": "endorse", "note": "我自己推荐"})
    assert response.status_code in (302, 403)
    assert TechNeed.objects.get().state == State.SUBMITTED
    assert client.post(url, {"action": "nonsense"}).status_code == 404


def test_a_person_without_a_verified_unit_is_told_how_to_get_one(client):
    client.force_login(make_user(unit=make_unit(state="pending")))
    response = client.get(reverse("web:need-new"))
    assert response.status_code == 403
    assert "须由已核验单位" in response.content.decode()


def test_the_list_asks_as_many_queries_for_three_needs_as_for_one(
    client, firm, manager, django_assert_num_queries
):
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    make_need(owner=firm)
    client.get(reverse("web:needs"))
    with CaptureQueriesContext(connection) as first:
        client.get(reverse("web:needs"))
    make_need(owner=firm)
    make_need(owner=firm)
    with django_assert_num_queries(len(first)):
        assert len(client.get(reverse("web:needs")).context["page_obj"]) == 3
