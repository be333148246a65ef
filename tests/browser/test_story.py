"""The main job in a real browser, as each of its people in turn."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jiebang.challenges.models import Challenge
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract
from jiebang.library.models import TechNeed
from tests.factories import (
    indicator_row,
    make_achievement,
    make_approver,
    make_call,
    make_endorser,
    make_expert,
    make_field,
    make_officer,
    make_unit,
    make_university,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "高比能固态电池电解质制备技术"


@pytest.fixture
def city():
    """The people of the story, and a university whose result answers the need."""
    firm, university = make_unit(name="莞能样例电池公司"), make_university(name="珠湾样例大学")
    make_field()
    make_call(name="样例批次")
    make_achievement(owner=university)
    return {
        "manager": make_user(unit=firm, display_name="赵经理"),
        "endorser": make_endorser(firm.district),
        "officer": make_officer(),
        "expert": make_expert(display_name="宋专家"),
        "approver": make_approver(),
        "professor": make_user(unit=university, display_name="林教授"),
    }


def write_need(person):
    page = person.page
    page.goto("/needs/new/")
    expect(page.locator(".check-up-score")).to_have_text(re.compile(r"^0"))
    content = need_content()
    page.fill("[name=title]", content["title"])
    page.select_option("[name=tech_field]", label="新型显示")
    for name in ("keywords", "main_problem", "key_technology", "expected_goal", "ip_terms"):
        page.fill(f"[name={name}]", content[name])
    for name in ("term_months", "total_budget", "bounty"):
        page.fill(f"[name={name}]", str(content[name]))
    for name in ("ip_ownership", "acceptance_method"):
        page.select_option(f"[name={name}]", content[name])
    row = indicator_row()
    for name in ("name", "value", "unit", "baseline", "test_method"):
        page.fill(f"[name=indicators-0-{name}]", str(row[name]))
    # The check-up has followed what was typed, and nothing was saved for it.
    expect(page.locator("#check-up .finding-error")).to_have_count(0)
    assert not TechNeed.objects.exists()
    page.get_by_role("button", name="提交", exact=True).click()
    person.sees("需求已提交")


def decide(person, need, verb, note="同意"):
    page = person.page
    page.goto(f"/needs/{need.pk}/")
    page.locator("summary.btn", has_text=verb).click()
    box = page.locator("details[open]")
    if box.locator("[name=note]").count():
        box.locator("[name=note]").fill(note)
    box.get_by_role("button", name=f"确认{verb}").click()
    person.sees(f"已{verb}")


def test_a_need_becomes_an_accepted_contract(browse, city, do_jobs):
    manager = browse(city["manager"])
    write_need(manager)
    need = TechNeed.objects.get()

    decide(browse(city["endorser"]), need, "推荐", "企业急需，同意推荐")
    officer = browse(city["officer"])
    decide(officer, need, "形式审查通过", "材料齐全")
    officer.page.goto(f"/officer/needs/{need.pk}/appraisers/")
    officer.page.get_by_label("宋专家").check()
    officer.page.get_by_role("button", name="分派", exact=True).click()
    officer.page.wait_for_url(f"**/needs/{need.pk}/")

    expert = browse(city["expert"])
    expert.page.get_by_role("link", name=re.compile("论证需求.*" + TITLE)).click()
    for score in expert.page.locator("[name^=score-]").all():
        score.fill("88")
    expert.page.fill("[name=opinion]", "技术先进，指标可考核，建议入库张榜")
    expert.page.locator("form[data-once] button[type=submit].btn-primary").last.click()
    expert.page.wait_for_url(re.compile(r"/appraisals/$|/appraisals/\d+/$"))

    approver = browse(city["approver"])
    decide(approver, need, "批准入库", "会议审定")

    officer.page.goto(f"/officer/needs/{need.pk}/post/")
    now = timezone.localtime()
    officer.page.fill("[name=opens_at]", f"{now:%Y-%m-%dT%H:%M}")
    officer.page.fill("[name=closes_at]", f"{now + timedelta(days=21):%Y-%m-%dT%H:%M}")
    officer.page.get_by_role("button", name="确认张榜").click()
    officer.page.wait_for_load_state()
    challenge = Challenge.objects.get()
    assert challenge.state_now == "open"

    do_jobs()  # the matcher says who could solve it, and why
    manager.page.goto(f"/needs/{need.pk}/")
    manager.sees("硫化物固态电解质连续成膜装备")
    manager.page.get_by_role("link", name="为什么").first.click()
    manager.sees("为什么匹配")
    manager.page.get_by_role("button", name="有用").click()
    expect(manager.page.get_by_role("button", name="有用")).to_have_attribute(
        "aria-pressed", "true"
    )

    professor = browse(city["professor"])
    page = professor.page
    page.goto(f"/?q={TITLE[:4]}")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="我要揭榜").click()
    page.fill("[name=pi_name]", "林之远")
    for name in ("technical_route", "research_basis", "team", "schedule"):
        page.fill(f"[name={name}]", "湿法合成硫化物粉体，干法成膜，原位包覆降低界面阻抗。")
    page.fill("[name=asked_amount]", "600")
    page.fill("[name=term_months]", "20")
    page.select_option("[name=ip_ownership]", "shared")
    (indicator,) = need.indicators.all()
    page.fill(f"[name=response-{indicator.pk}]", "380")
    page.select_option("[name=relation]", "none")
    page.check("[name=pledged]")
    page.fill("[name=signatory]", "林之远")
    expect(page.locator("#missing")).to_contain_text("内容齐全")
    page.get_by_role("button", name="提交揭榜书").click()
    professor.sees("内容校验码")

    for nosy in (officer, approver, manager):  # sealed until closing
        answer = nosy.page.goto(f"/proposals/{challenge.proposals.get().pk}/")
        assert answer.status == 403
        nosy.sees("揭榜截止前，任何人都不能查看")

    Challenge.objects.update(closes_at=timezone.now())  # the time is up
    approver.page.goto(f"/officer/challenges/{challenge.pk}/")
    approver.sees("珠湾样例大学")
    select_bid(approver.page)
    approver.page.fill("[name=amount]", "600")
    approver.page.fill("[name=grant]", "100")
    approver.page.fill("[name=reason]", "技术路线成熟，指标全部响应，团队经验丰富")
    approver.page.get_by_role("button", name="作出中榜决定").click()
    approver.page.wait_for_load_state()

    contract = Contract.objects.get()
    write_contract(manager, contract)
    for person in (manager, professor, approver):
        person.page.goto(f"/contracts/{contract.pk}/")
        press(person.page, "签署")
    contract.refresh_from_db()
    assert contract.state == "running"

    page.goto("/desk/")
    page.get_by_role("link", name=re.compile("提交进展")).click()
    press(page, "提交进展")
    page.fill(f"[name=measured-{indicator.pk}]", "365")
    page.fill("[name=summary]", "中试线建成，能量密度经第三方检测达到要求")
    page.get_by_role("button", name="提交进展").click()
    page.wait_for_url(re.compile(rf"/contracts/{contract.pk}/"))

    manager.page.goto(f"/contracts/{contract.pk}/")
    press(manager.page, "确认完成", note="符合约定")
    contract.refresh_from_db()
    # How a panel accepts it is a story of its own: test_acceptance.
    contracts.conclude(contract=contract, outcome="passed", actor=None, acceptance_number="YS-1")
    need.refresh_from_db()
    assert (contract.state, need.state, Challenge.objects.get().state) == (
        "accepted", "exited", "completed",
    )  # fmt: skip
    visitor = browse(width=390)
    visitor.page.goto(f"/challenges/{challenge.pk}/")
    visitor.sees("中榜金额")


def select_bid(page):
    field = page.locator("[name=proposal]").first
    if field.evaluate("node => node.tagName") == "SELECT":
        field.select_option(index=1)
    else:
        field.check()


def write_contract(person, contract):
    page = person.page
    today = timezone.localdate()
    page.goto(f"/contracts/{contract.pk}/edit/")
    page.fill("[name=starts_on]", f"{today}")
    page.fill("[name=ends_on]", f"{today + timedelta(days=600)}")
    row = page.locator("tr[data-row]").first
    row.locator("[name$=-title]").fill("完成中试")
    row.locator("[name$=-due_on]").fill(f"{today + timedelta(days=500)}")
    row.locator("[name$=-tranche]").fill("600")
    row.locator("[name$=-indicators]").first.check()
    page.get_by_role("button", name="保存合同").click()
    page.wait_for_url(re.compile(rf"/contracts/{contract.pk}/$"))
    press(page, "送签")


def press(page, verb, note=""):
    """Press an action's button, and agree where it asks again."""
    page.get_by_role("button", name=verb).or_(page.locator("summary.btn", has_text=verb)).or_(
        page.get_by_role("link", name=verb, exact=True)
    ).first.click()
    box = page.locator("details.act[open]")
    if box.count():
        if box.locator("[name=note]").count():
            box.locator("[name=note]").fill(note or "同意")
        box.locator("button[type=submit]").click()
    page.wait_for_load_state()
