"""Story S8 in a real browser: why not by competition, who agreed, five days of notice, contract."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from jiebang.commissions.models import Commission
from jiebang.commissions.tasks import conclude_due
from jiebang.common import clock
from jiebang.contracts.models import Contract
from tests import factories as make
from tests.browser.refusals import refused
from tests.browser.test_story import press
from tests.commissions import steps

pytestmark = pytest.mark.django_db(transaction=True)
FORMSET = ("TOTAL_FORMS", "INITIAL_FORMS")


@pytest.fixture
def unit():
    """A university that was commissioned before, so its share is above every limit."""
    unit = make.make_university(name="珠湾样例大学")
    steps.effective(candidate=unit)
    return unit


@pytest.fixture
def need():
    return make.make_need("in_library", call=make.make_call(rules={"min_bidding_days": 1}))


def save(page):
    with page.expect_response(re.compile("/officer/commissions/new/")) as answer:
        page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_load_state()
    return answer.value.status


def draft(officer, need, unit, challenge):
    """Write the commission; every refusal stands at its field and keeps what was typed."""
    page, title = officer.page, f"{need.title}定向攻关"
    page.goto(f"/officer/commissions/new/?need={need.pk}")
    box = page.locator(f"[name=needs][value='{need.pk}']")
    expect(box).to_have_count(0)  # while its round is open it is not to be had
    typed = {"kind": "single", "title": title, "needs": f"{need.pk}", "candidate": unit.name}
    typed |= {"cause": "failed_round", "reason": steps.REASON, "amount": "600", "term_months": "24"}
    typed |= {f"{name}-{count}": "0" for name in ("parts", "members") for count in FORMSET}
    refused(officer, "/officer/commissions/new/", 422, **typed)

    challenges = type(challenge).objects.filter(pk=challenge.pk)
    challenges.update(closes_at=clock.now() - timedelta(hours=1))
    page.goto(f"/officer/challenges/{challenge.pk}/")
    press(page, "宣布流标", note="揭榜书均未响应约束性指标")
    page.goto(f"/officer/commissions/new/?need={need.pk}")
    expect(box).to_be_checked()
    page.fill("[name=candidate]", unit.name)
    page.fill("[name=reason]", steps.REASON)
    assert save(page) == 422
    officer.sees("请选择定向事由，没有事由不能定向委托")
    expect(page.locator("[name=reason]")).to_have_value(steps.REASON)
    page.select_option("[name=cause]", "failed_round")
    page.fill("[name=reason]", "")
    assert save(page) == 422
    officer.sees("请写明为什么不宜公开张榜")
    assert not Commission.objects.filter(title=title).exists()
    page.fill("[name=reason]", steps.REASON)
    assert save(page) == 302
    return Commission.objects.get(title=title)


def opened(person, made):
    person.page.goto(f"/officer/commissions/{made.pk}/")
    return person.page


def test_a_failed_round_becomes_a_commission_in_public(browse, need, unit):
    challenge = make.make_challenge("open", need=need)
    make.make_proposal("submitted", challenge=challenge)
    type(need).objects.filter(pk=need.pk).update(state="posted")
    expert, insider = make.make_pooled(), make.make_pooled(unit=unit)
    both = make.make_user("officer", "approver")
    officer, approver = browse(both), browse(make.make_approver())
    made = draft(officer, need, unit, challenge)

    # an expert without an interest is asked and says that competition means nothing
    officer.sees("应回避")
    expect(officer.page.get_by_role("button", name=f"征询{insider}")).to_have_count(0)
    officer.page.get_by_role("button", name=f"征询{expert}", exact=True).click()
    officer.sees("尚未答复")
    asked = browse(expert.user)
    asked.page.goto(f"/commission-opinions/{made.opinions.get().pk}/")
    asked.page.get_by_label("公开竞争没有实际意义").check()
    asked.page.fill("[name=text]", steps.OPINION)
    asked.page.get_by_role("button", name="提交意见").click()
    asked.sees("意见已提交，谢谢")

    # the evidence and the share are shown; above the limit a higher approver decides
    press(opened(officer, made), "提交审批")
    for sentence in ("须报上级审批", "揭榜书均未响应约束性指标", steps.OPINION):
        officer.sees(sentence)
    at = f"/officer/commissions/{made.pk}/move/"
    page = opened(officer, made)
    expect(page.locator("summary.btn", has_text="同意并报上级审批")).to_have_count(0)
    refused(officer, at, 403, "own_proposal", action="elevate")
    page = opened(approver, made)
    expect(page.locator("summary.btn", has_text="审批同意")).to_have_count(0)
    refused(approver, at, 403, "higher_approver_needed", action="approve")
    press(page, "同意并报上级审批")
    director = browse(steps.make_director())
    press(opened(director, made), "上级审批同意")
    made.refresh_from_db()
    assert made.state == "approved"

    page = opened(approver, made)
    page.fill("[name=minutes_number]", "东科会〔2026〕31号")
    page.fill("[name=minutes_on]", f"{clock.today()}")
    page.fill("[name=members]", "陈一、陈二、陈三")
    page.get_by_role("button", name="登记并公示").click()
    approver.sees("公示中")
    approver.sees("期满无异议后自动生效")
    expect(page.locator("summary.btn", has_text="正式委托")).to_have_count(0)
    assert "期满无异议后方可" in refused(approver, at, 422, "notice_running", action="take_effect")
    assert Contract.objects.filter(commission=made).count() == 0

    # everybody reads why, on a phone too; an objection in real name stops the clock
    stranger = browse(width=390)
    stranger.page.goto("/commissions/")
    stranger.page.get_by_role("link", name=made.title).click()
    stranger.sees("张榜流标")
    stranger.sees("5 个工作日")
    objector = make.make_user(unit=make.make_university(), display_name="梁工")
    rival = browse(objector)
    rival.page.goto(f"/commissions/{made.pk}/")
    rival.page.get_by_role("link", name="提出异议").click()
    rival.page.fill("[name=signed_name]", "梁工")
    rival.page.fill("[name=text]", steps.TEXT)
    rival.page.fill("[name=evidence]", "检测报告")
    rival.page.get_by_role("button", name="提出异议").click()
    rival.sees("异议已受理，公示暂停")
    stranger.page.reload()
    stranger.sees("异议处理中")
    expect(stranger.page.get_by_text("梁工")).to_have_count(0)
    approver.page.goto(f"/commission-objections/{made.objections.get().pk}/")
    press(approver.page, "认定不成立", note=steps.REPLY)
    approver.sees("异议已答复")

    with clock.telling(clock.now() + timedelta(days=20)):
        conclude_due()
    stranger.page.reload()
    stranger.sees("已生效")
    made.refresh_from_db()
    contract = Contract.objects.get(commission=made)
    assert (made.state, contract.solver, contract.needs) == ("effective", unit, [need])
