"""S6 and S7 in a real browser: scoring in the dark, award in steps, notice, objections."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jiebang.awards.models import Award, BidCriterion, Decision, Objection, Review
from jiebang.awards.states import Method
from jiebang.contracts.models import Contract
from jiebang.experts.models import Seat
from jiebang.notifications.models import Notification
from tests.awards import steps
from tests.browser import refusals
from tests.factories import make_approver, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db(transaction=True)
DEPARTURE = "第一名的中试线不在本市，不能在本市产业化"


def counts():
    kinds = (Review, Decision, Objection, Award, Contract, BidCriterion)
    states = list(Decision.objects.order_by("pk").values_list("state", flat=True))
    return [kind.objects.count() for kind in kinds], states


def refused(person, status, sentence, act):
    """Do it; the page says no with this status and sentence, and nothing was written."""
    before = counts()
    with person.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        act()
    person.sees(sentence)
    assert (answer.value.status, counts()) == (status, before)


def closed(person, status, path):
    """Go to a page that is not for this person."""
    assert person.page.goto(path).status == status


def score(person, bid, less=0, comment="路线清楚，基础扎实，可以支持", **points):
    page = person.page
    page.goto(f"/reviewed-bids/{bid.pk}/review/")
    given = {**{name: str(value) for name, value in steps.POINTS.items()}, **points}
    given["方法路线"] = points.get("方法路线", str(steps.POINTS["方法路线"] - less))
    for name, value in given.items():
        page.fill(f"[name='points-{name}']", value)
    page.check("[name=advice][value=yes]")
    page.fill("[name=comment]", comment)
    page.fill("[name=feedback]", "请补充循环数据")
    return page.get_by_role("button", name="提交评审")


def propose(person, bid, departure=""):
    page = person.page
    page.select_option("[name=proposal1]", str(bid.pk))
    page.fill("[name=amount1]", "500")
    page.fill("[name=reason]", steps.REASON)
    page.fill("[name=departure]", departure)
    return page.get_by_role("button", name="提出建议")


def act(person, verb, note=""):
    """Press a button of the page's head, with a reason where it asks for one."""
    page = person.page
    if note:
        page.locator("summary.btn", has_text=verb).click()
        page.locator("details[open] [name=note]").fill(note)
        return page.get_by_role("button", name=f"确认{verb}")
    return page.get_by_role("button", name=verb, exact=True)


def resolve(person, members="陈一、陈二、陈三"):
    person.page.fill("[name=minutes_number]", "东科会〔2026〕12号")
    person.page.fill("[name=members]", members)
    return person.page.get_by_role("button", name="登记并公示")


def object_to(person, decision, name, text=steps.TEXT):
    page = person.page
    page.goto(f"/notices/{decision.pk}/objection/")
    page.fill("[name=signed_name]", name)
    page.fill("[name=text]", text)
    page.fill("[name=evidence]", "第三方检测报告编号〔2026〕88")
    return page.get_by_role("button", name="提出异议")


def test_s6_scores_are_given_in_the_dark_and_a_wide_spread_asks_for_another_expert(browse):
    challenge, bids = steps.challenge_in_steps(
        reviews_least=2, spread_most=5, reviews_if_spread=3, notice_days=0
    )
    experts = [steps.seat(challenge, bids) for _ in range(3)]
    first, second, third = map(browse, experts)
    officer, bidder = browse(make_officer()), browse(bids[0].author)

    # 1. Weights that do not sum to the whole are refused.
    officer.page.goto(f"/officer/calls/{challenge.call_id}/decision-rules/")
    officer.page.fill("[name=criteria]", "技术 60\n团队 30")
    refused(officer, 422, "现在合计 90", officer.page.get_by_role("button", name="保存").click)

    # 3. Out of range, without the required text, twice.
    refused(first, 422, "“团队”应在 0 到 15 分之间", score(first, bids[0], 团队="15.5").click)
    refused(first, 422, "请写明评审意见，至少 10 字", score(first, bids[0], comment="好").click)
    score(first, bids[0]).click()
    first.sees("已提交的评审")
    first.page.goto(f"/reviewed-bids/{bids[0].pk}/review/")
    expect(first.page.get_by_role("button", name="提交评审")).to_have_count(0)

    # 2. The other expert sees nothing of it before the own score, nor after.
    second.page.goto(f"/reviewed-bids/{bids[0].pk}/review/")
    expect(second.page.get_by_text("80.00")).to_have_count(0)
    closed(second, 403, f"/officer/challenges/{challenge.pk}/decision/")

    # 4. After the deadline it is too late.
    late = Seat.objects.filter(expert__user=experts[1])
    late.update(review_by=timezone.now() - timedelta(minutes=1))
    refused(second, 422, "截止，不能再提交", score(second, bids[0], 6).click)
    late.update(review_by=timezone.now() + timedelta(days=5))

    # 5. A wide spread is flagged and holds the decision up until a third expert has scored.
    for who, bid, less in ((first, bids[1], 3), (second, bids[0], 6), (second, bids[1], 3)):
        score(who, bid, less).click()
        who.sees("已提交的评审")
    officer.page.goto(f"/officer/challenges/{challenge.pk}/decision/")
    officer.sees("分歧过大")
    officer.sees("（并列）")
    refused(officer, 422, "须增加专家，至少 3 名", propose(officer, bids[0]).click)

    # 6. The bidder reads no review, and after the decision the feedback without a name.
    closed(bidder, 403, f"/officer/challenges/{challenge.pk}/decision/")
    score(third, bids[0]).click()
    third.sees("已提交的评审")
    officer.page.goto(f"/officer/challenges/{challenge.pk}/decision/")
    propose(officer, bids[0]).click()
    officer.sees("定榜建议已提出")
    bidder.page.goto(f"/proposals/{bids[0].pk}/")
    expect(bidder.page.get_by_text("请补充循环数据")).to_have_count(0)
    approver = browse(make_approver())
    approver.page.goto(f"/officer/challenges/{challenge.pk}/decision/")
    act(approver, "审批同意").click()
    resolve(approver).click()
    act(approver, "正式定榜").click()
    approver.sees("已定榜")
    bidder.page.goto(f"/proposals/{bids[0].pk}/")
    bidder.sees("请补充循环数据")
    shown = bidder.page.content()
    assert [user.display_name in shown for user in experts] == [False] * 3
    assert Decision.objects.get().challenge.call.decision_rules.method == Method.MEAN


def test_s7_award_notice_objection_and_no_second_award(browse):
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert = steps.seat(challenge, bids)
    steps.review(bids[0], expert, less=4)
    steps.review(bids[1], expert)
    officer, approver = browse(make_officer()), browse(make_approver())
    loser, stranger = browse(bids[1].author), browse(make_user(unit=make_unit()))
    desk = f"/officer/challenges/{challenge.pk}/decision/"

    # 1. Another than the first needs a reason; approval by somebody else, which may send back.
    officer.page.goto(desk)
    refused(officer, 422, "不是评审排序靠前的，请写明理由", propose(officer, bids[0]).click)
    propose(officer, bids[0], DEPARTURE).click()
    officer.sees("等待审批")
    expect(officer.page.get_by_role("button", name="审批同意")).to_have_count(0)
    approver.page.goto(desk)
    act(approver, "退回修改", "请核实金额").click()
    approver.sees("请核实金额")
    officer.page.goto(desk)
    propose(officer, bids[0], DEPARTURE).click()
    officer.sees("等待审批")
    approver.page.goto(desk)
    act(approver, "审批同意").click()
    refused(approver, 422, "集体审议须有至少 3 人", resolve(approver, "陈一").click)
    approver.page.goto(desk)
    resolve(approver).click()
    approver.sees("公示已开始")
    decision = Decision.objects.get()

    # 3. Everybody reads experts, scores and countdown; nothing is awarded or signed before.
    phone = browse(width=390)
    phone.page.goto("/notices/")
    phone.page.get_by_role("link", name=challenge.title).click()
    for text in ("80.00", expert.display_name, "个工作日"):
        phone.sees(text)
    end = decision.notice_ends_on
    approver.page.goto(desk)
    expect(approver.page.get_by_role("button", name="正式定榜")).to_have_count(0)
    move = f"/officer/decisions/{decision.pk}/move/"
    said = refusals.refused(approver, move, 422, "notice_running", action="take_effect")
    assert f"公示至{end.year}年{end.month}月{end.day}日截止" in said

    # 4. Only a bidder objects, by the own name, in time; the notice stands still until the answer.
    closed(stranger, 403, f"/notices/{decision.pk}/objection/")
    stranger.sees("只有参加本榜题揭榜的单位可以对排序和结果提出异议")
    refused(loser, 422, "异议须实名", object_to(loser, decision, "别人").click)
    name = bids[1].author.display_name
    Decision.objects.update(notice_ends_on=timezone.localdate() - timedelta(days=1))
    refused(loser, 422, "公示期已过", object_to(loser, decision, name).click)
    Decision.objects.update(notice_ends_on=end)
    object_to(loser, decision, name).click()
    loser.sees("异议已受理，公示暂停")
    approver.page.goto(desk)
    assert Decision.objects.get().state == "frozen"
    expect(approver.page.get_by_role("button", name="正式定榜")).to_have_count(0)
    first = Objection.objects.get()
    winner = browse(bids[0].author)
    closed(winner, 404, f"/objections/{first.pk}/")
    approver.page.goto(f"/objections/{first.pk}/")
    refused(approver, 422, "至少 20 字", act(approver, "认定不成立", "不成立").click)

    # 5. Rejected: the clock goes on. Upheld: the decision falls, everybody is told.
    approver.page.goto(f"/objections/{first.pk}/")
    act(approver, "认定不成立", steps.REPLY).click()
    approver.sees("异议已答复")
    assert Decision.objects.get().state == "notice"
    object_to(loser, decision, name).click()
    loser.sees("异议已受理，公示暂停")
    second = Objection.objects.latest("pk")
    approver.page.goto(f"/objections/{second.pk}/")
    act(approver, "认定成立", steps.REPLY).click()
    approver.sees("异议已答复")
    assert Decision.objects.get().state == "cancelled"
    told = Notification.objects.filter(subject__startswith="定榜建议已撤销，将重新评定")
    assert {each.person for each in told} >= {bids[0].author, bids[1].author}
    assert phone.page.goto(f"/notices/{decision.pk}/").status == 404
    assert "中榜公示已撤销，重新评定" in phone.page.request.get("/feeds/board.atom").text()

    # 2. Decided anew, awarded once; the second proposal is refused.
    officer.page.goto(desk)
    propose(officer, bids[1]).click()
    officer.sees("等待审批")
    approver.page.goto(desk)
    act(approver, "审批同意").click()
    resolve(approver).click()
    approver.sees("公示已开始")
    Decision.objects.filter(state="notice").update(
        notice_ends_on=timezone.localdate() - timedelta(days=1)
    )
    approver.page.goto(desk)
    act(approver, "正式定榜").click()
    approver.sees("已定榜")
    officer.page.goto(desk)
    expect(officer.page.get_by_role("button", name="提出建议")).to_have_count(0)
    assert [award.proposal for award in Award.objects.all()] == [bids[1]]
    assert Contract.objects.count() == 1
