"""The expert's desk: what is to write, the page to write it on, and what it refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jiebang.library.models import Appraisal
from jiebang.library.states import State
from tests.factories import make_call, make_expert, make_need

pytestmark = pytest.mark.django_db

OPINION = "技术路线清楚，指标可考核，建议入库"


@pytest.fixture
def expert():
    return make_expert()


@pytest.fixture
def appraisal(expert):
    """An appraisal to write, of a need in a call with two criteria of unequal weight."""
    call = make_call()
    call.criteria.filter(name="市场前景").update(weight=150)
    need = make_need(State.APPRAISAL, call=call, title="高比能电池")
    return Appraisal.objects.create(need=need, expert=expert, version=need.version)


def scores_for(appraisal, *scores):
    criteria = appraisal.need.call.criteria.all()
    return {f"score-{c.pk}": score for c, score in zip(criteria, scores, strict=True)}


def test_what_is_to_write_stands_first_due_on_top_and_what_was_written_under_its_own_tab(
    client, expert
):
    now = timezone.now()

    def asked(title, days, **fields):
        need = make_need(State.APPRAISAL, title=title)
        Appraisal.objects.create(
            need=need, expert=expert, version=1, due_at=now + timedelta(days=days), **fields
        )

    asked("后到期", 9)
    asked("已逾期", -2)
    asked("写过的", 1, submitted_at=now, total=85)
    client.force_login(expert)

    waiting = client.get(reverse("web:expert-appraisals")).content.decode()
    written = client.get(reverse("web:expert-appraisals"), {"tab": "done"}).content.decode()

    assert waiting.index("已逾期<small>") < waiting.index("后到期<small>")
    assert waiting.count('class="is-overdue"') == 1
    assert "写过的" not in waiting
    assert ("85 分" in written, "后到期" in written) == (True, False)


def test_the_page_holds_the_whole_text_the_indicators_and_each_criterion_with_its_weight(
    client, expert, appraisal
):
    client.force_login(expert)

    page = client.get(reverse("web:expert-appraisal", args=[appraisal.pk])).content.decode()

    need = appraisal.need
    for text in (need.main_problem, need.key_technology, need.expected_goal, "≥ 350 Wh/kg"):
        assert text in page
    assert ("权重 50 / 200" in page, "权重 150 / 200" in page) == (True, True)
    assert page.count("data-weight=") == 2


def test_scores_and_opinion_are_taken_and_weighed(client, expert, appraisal):
    client.force_login(expert)
    data = {**scores_for(appraisal, "80", "60"), "opinion": OPINION}

    answer = client.post(reverse("web:expert-appraisal", args=[appraisal.pk]), data, follow=True)

    appraisal.refresh_from_db()
    assert (appraisal.total, appraisal.opinion) == (65, OPINION)
    assert "总分 65.00 分" in answer.content.decode()
    page = client.get(reverse("web:expert-appraisal", args=[appraisal.pk])).content.decode()
    assert ("您的评分" in page, "提交论证意见" in page) == (True, False)


@pytest.mark.parametrize(
    ("scores", "opinion", "sentence"),
    [
        (("101", "60"), OPINION, "“技术创新性”的分数应在 0 至 100 之间"),
        (("", "60"), OPINION, "请给“技术创新性”打分（0 至 100）"),
        (("NaN", "60"), OPINION, "输入一个数字"),
        (("八十", "60"), OPINION, "输入一个数字"),
        (("80", "60"), "好", "请写明论证意见，至少 10 字"),
    ],
)
def test_a_faulty_appraisal_is_told_at_the_field_and_keeps_what_was_typed(
    client, expert, appraisal, scores, opinion, sentence
):
    client.force_login(expert)
    data = {**scores_for(appraisal, *scores), "opinion": opinion}

    response = client.post(reverse("web:expert-appraisal", args=[appraisal.pk]), data)

    text = response.content.decode()
    appraisal.refresh_from_db()
    assert (response.status_code, appraisal.submitted_at, appraisal.scores) == (422, None, {})
    assert sentence in text
    assert ('value="60"' in text, f">\n{opinion}</textarea>" in text) == (True, True)


def test_a_second_appraisal_and_one_of_an_older_version_are_refused(client, expert, appraisal):
    client.force_login(expert)
    address = reverse("web:expert-appraisal", args=[appraisal.pk])
    data = {**scores_for(appraisal, "80", "60"), "opinion": OPINION}
    client.post(address, data)

    again = client.post(address, {**data, "opinion": "改一改我的意见可以不可以"})
    old = Appraisal.objects.create(need=appraisal.need, expert=make_expert(), version=0)
    client.force_login(old.expert)
    page = client.get(reverse("web:expert-appraisal", args=[old.pk])).content.decode()
    late = client.post(reverse("web:expert-appraisal", args=[old.pk]), data)

    appraisal.refresh_from_db()
    old.refresh_from_db()
    assert (again.status_code, appraisal.opinion) == (409, OPINION)
    assert (late.status_code, old.submitted_at) == (409, None)
    assert "不需要再评分" in page
