"""S1 and S4 in a real browser: sent back and published at its time; asked without a name."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jiebang.challenges.models import Amendment, Challenge, Question
from jiebang.challenges.states import State
from jiebang.ledger import queries as ledger
from jiebang.library.models import TechNeed
from tests.browser.test_story import decide
from tests.factories import (
    indicator_row,
    make_challenge,
    make_endorser,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def opened(person, path):
    """Go to a page and return the status that it answered with."""
    return person.page.goto(path).status


def test_a_vague_need_is_sent_back_then_published_and_changed_in_public(browse):
    firm = make_unit(name="莞能样例电池公司")
    need = make_need(owner=firm, indicators=0)
    manager, rival = browse(make_user(unit=firm)), browse(make_user(unit=make_unit()))
    stranger, officer = browse(), browse(make_officer())

    # 1. Without indicators: refused, with what is missing at its place.
    page = manager.page
    page.goto(f"/needs/{need.pk}/edit/")
    page.get_by_role("button", name="提交", exact=True).click()
    manager.sees("补齐后")
    assert TechNeed.objects.get().state == "draft"
    row = indicator_row()
    for name in ("name", "value", "unit", "baseline", "test_method"):
        page.fill(f"[name=indicators-0-{name}]", str(row[name]))
    page.get_by_role("button", name="提交", exact=True).click()
    manager.sees("需求已提交")

    # 2. Under review: neither a stranger nor a rival learns of it.
    assert opened(rival, f"/needs/{need.pk}/") == 404
    stranger.page.goto(f"/needs/{need.pk}/")
    assert stranger.page.url.endswith(f"/sign-in/?next=/needs/{need.pk}/")

    # 3. Sent back with a reason, which its poster reads.
    decide(browse(make_endorser(firm.district)), need, "退回修改", "请写清现有工艺的瓶颈数据")
    page.goto("/notifications/")
    manager.sees("请写清现有工艺的瓶颈数据")

    # 4. Posted for later: not there before its time, there at it.
    TechNeed.objects.update(state="in_library")
    officer.page.goto(f"/officer/needs/{need.pk}/post/")
    soon = timezone.localtime() + timedelta(days=2)
    officer.page.fill("[name=opens_at]", f"{soon:%Y-%m-%dT%H:%M}")
    officer.page.fill("[name=closes_at]", f"{soon + timedelta(days=20):%Y-%m-%dT%H:%M}")
    officer.page.get_by_role("button", name="确认张榜").click()
    officer.page.wait_for_url("**/officer/challenges/*/")
    challenge = Challenge.objects.get()
    at = f"/challenges/{challenge.pk}/"
    assert opened(stranger, at) == 404
    Challenge.objects.update(opens_at=timezone.now() - timedelta(minutes=1))
    assert opened(stranger, at) == 200
    stranger.page.goto("/lists/")
    stranger.page.get_by_role("link", name=challenge.call.name).click()
    stranger.page.get_by_role("link", name=need.title).click()
    stranger.sees("揭榜截止")

    # 5. Another firm may not change it; the poster's change is public.
    assert opened(rival, f"{at}amend/") == 403
    rival.sees("此事由本榜题的发榜单位或科技局经办人员办理")
    page.goto(at)
    page.get_by_role("link", name="发布变更").click()
    page.fill("[name=reason]", "投入增加，榜单金额相应提高")
    page.fill("[name=bounty]", "900")
    page.get_by_role("button", name="发布", exact=True).click()
    manager.sees("第 1 次变更已发布")
    stranger.page.goto(at)
    stranger.sees("投入增加，榜单金额相应提高")
    expect(stranger.page.locator("#amendments del").first).to_have_text("800")
    assert (Amendment.objects.count(), Challenge.objects.get().bounty) == (1, 900)
    assert list(ledger.check_all()) == []


def test_a_question_is_answered_without_revealing_who_asks(browse):
    challenge = make_challenge()
    asker = make_user(unit=make_university(), display_name="提问林教授")
    bidder = make_proposal(challenge=challenge).author
    other = make_challenge().need.owner
    poster, professor = browse(make_user(unit=challenge.need.owner)), browse(asker)
    at = f"/challenges/{challenge.pk}/"

    # 1. The poster reads the text, not the asker.
    professor.page.goto(at)
    professor.page.get_by_role("link", name="匿名提问").click()
    professor.page.fill("[name=text]", "实施期限能否延长？")
    professor.page.get_by_role("button", name="发布", exact=True).click()
    professor.sees("问题已提交")
    poster.page.goto(at)
    poster.sees("实施期限能否延长？")
    assert asker.display_name not in poster.page.content()

    # 4. The poster of another challenge may not answer.
    question = Question.objects.get()
    stranger = browse(make_user(unit=other))
    assert opened(stranger, f"/questions/{question.pk}/answer/") == 403

    # 5. What changes the requirement is not published without the change.
    page = poster.page
    page.get_by_role("link", name="答复", exact=True).click()
    page.fill("[name=text]", "可以，延长到三十个月。")
    page.check("[name=changes_requirement]")
    page.get_by_role("button", name="发布", exact=True).click()
    poster.sees("须同时发布变更公告")
    assert (Question.objects.get().answered_at, Amendment.objects.count()) == (None, 0)
    page.fill("[name=term_months]", "30")
    page.get_by_role("button", name="发布", exact=True).click()
    poster.sees("答复已公开")
    assert Challenge.objects.get(pk=challenge.pk).closes_at > challenge.closes_at

    # 2. Every follower is told, and the public page has it.
    follower = browse(bidder)
    follower.page.goto("/notifications/")
    follower.sees("可以，延长到三十个月。")
    public = browse()
    public.page.goto(at)
    public.sees("可以，延长到三十个月。")

    # 3. After the window nothing is asked any more.
    professor.page.goto(f"{at}ask/")
    professor.page.fill("[name=text]", "还能问吗？")
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=timezone.now() + timedelta(days=1))
    professor.page.get_by_role("button", name="发布", exact=True).click()
    professor.sees("提问已于")
    assert Question.objects.count() == 1
    assert Challenge.objects.get(pk=challenge.pk).state == State.OPEN
