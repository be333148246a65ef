"""S2 in a real browser: a consortium's bid, the late bid, and nothing typed is ever lost."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jiebang.challenges.models import Challenge
from jiebang.experts.models import RelatedUnits
from jiebang.proposals.models import Party, Proposal, Receipt
from tests.factories import (
    make_approver,
    make_challenge,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
    proposal_content,
)
from tests.files.made import pdf_file

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = re.compile("^已保存")
PATIENCE = 30_000  # milliseconds: the pages are drawn by a machine that does other things too


def opened(person, path):
    """Go to a page and return the status that it answered with."""
    return person.page.goto(path).status


def saved(page):
    expect(page.locator("[data-save-state]")).to_have_text(SAVED, timeout=PATIENCE)


def write(page, challenge):
    """Fill in everything but what a consortium needs, with the keyboard where it is a sheet."""
    content = proposal_content()
    for name in ("pi_name", "technical_route", "research_basis", "signatory"):
        page.fill(f"[name={name}]", content[name])
    page.fill("[name=asked_amount]", "600")
    page.fill("[name=self_raised]", "100")
    page.fill("[name=term_months]", "20")
    page.select_option("[name=ip_ownership]", "shared")
    page.select_option("[name=relation]", "none")
    page.check("[name=pledged]")
    (indicator,) = challenge.need.indicators.all()
    page.fill(f"[name=response-{indicator.pk}]", "380")
    page.fill("[name=budget-0-poster]", "550")
    page.press("[name=budget-0-poster]", "Tab")
    page.keyboard.type("100")
    expect(page.locator("[data-budget-verdict]")).to_contain_text("比期望金额少 50.00 万元")
    page.fill("[name=budget-1-poster]", "50")
    expect(page.locator("[data-budget-verdict]")).to_contain_text("与期望金额、自筹资金相符")
    page.fill("[name=team-0-name]", "林之远")
    page.fill("[name=team-0-share]", "40")
    page.fill("[name=schedule-0-stage]", "中试")
    page.fill("[name=schedule-0-months]", "20")
    page.fill("[name=schedule-0-goal]", "连续成膜")


def share_out(page):
    page.goto(page.url)
    for n, (task, money, share) in enumerate((("研制", "100", "70"), ("检测", "0", "30"))):
        row = page.locator("table.parties tbody tr").nth(n)
        for name, value in (("task", task), ("money_in", money), ("grant_share", share)):
            row.locator(f"[name$=-{name}]").fill(value)
    page.get_by_role("button", name="保存分工").click()


def test_a_consortium_bids_signs_and_hands_in(browse):
    challenge = make_challenge()
    lead, institute = make_university(name="珠湾样例大学"), make_unit("institute")
    professor = browse(make_user(unit=lead))
    fellow = browse(make_user(unit=institute, email="fellow@example.cn"))
    page, at = professor.page, f"/challenges/{challenge.pk}/"

    # 1. An intention, a draft, and a member with the right to remark.
    page.goto(at)
    page.get_by_role("button", name="登记揭榜意向").click()
    professor.sees("揭榜意向已登记")
    page.get_by_role("button", name="起草揭榜书").click()
    page.wait_for_url("**/edit/")
    page.get_by_role("link", name="联合体与批注").click()
    page.fill("[name=email]", "fellow@example.cn")
    page.get_by_role("button", name="发出邀请").click()
    professor.sees("链接只显示这一次")
    link = page.locator("code").inner_text()
    page.fill("[name=email]", "fellow@example.cn")
    page.get_by_role("button", name="发出邀请").click()
    professor.sees("已向对方发出邀请")
    bid = Proposal.objects.get()
    assert bid.invitations.count() == 1

    # 2. Only whom the address belongs to may accept.
    stranger = browse(make_user(unit=make_university(), email="other@example.cn"))
    stranger.page.goto(link)
    stranger.page.get_by_role("button", name="接受邀请").click()
    stranger.sees("这份邀请发给 fellow@example.cn")
    assert Party.objects.count() == 1
    fellow.page.goto(link)
    fellow.page.get_by_role("button", name="接受邀请").click()
    fellow.sees("已加入联合体")
    edit, consortium = f"/proposals/{bid.pk}/edit/", f"/proposals/{bid.pk}/consortium/"
    assert opened(fellow, edit) == 403
    fellow.page.goto(consortium)
    fellow.page.fill("[name=text]", "建议补充检测方案")
    fellow.page.get_by_role("button", name="发布批注").click()
    page.goto(consortium)
    professor.sees("建议补充检测方案")
    page.select_option("table.parties [name$=-right]", "edit")
    share_out(page)
    professor.sees("分工已保存")
    Party.objects.filter(unit=institute).update(right="edit")
    assert opened(fellow, edit) == 200
    fellow.page.fill("[name=risks]", "原料涨价")
    saved(fellow.page)

    # 3. Handing in waits for the partner's signature; both learn of the receipt.
    page.goto(edit)
    expect(page.locator("[name=risks]")).to_have_value("原料涨价")
    write(page, challenge)
    saved(page)
    page.get_by_role("button", name="提交揭榜书").click()
    professor.sees(f"{institute.name}尚未签署确认")
    professor.sees("联合揭榜须上传各方签署的联合体协议")
    shelf = page.locator("[aria-label=联合体协议]")
    agreement = {"name": "联合体协议.pdf", "mimeType": "application/pdf", "buffer": pdf_file()}
    shelf.locator("input[type=file]").set_input_files(agreement)
    shelf.get_by_role("button", name="上传").click()
    expect(page.locator("[aria-label=联合体协议] a")).to_have_text("联合体协议.pdf")
    assert (Receipt.objects.count(), Proposal.objects.get().state) == (0, "draft")
    fellow.page.goto(consortium)
    fellow.page.check("[name=agreed]")
    fellow.page.fill("[name=signatory]", "王所长")
    fellow.page.get_by_role("button", name="签署确认").click()
    fellow.sees("已签署确认")
    page.goto(edit)
    page.get_by_role("button", name="提交揭榜书").click()
    page.wait_for_url("**/receipts/*/")
    professor.sees(Receipt.objects.get().number)
    fellow.page.goto("/notifications/")
    fellow.sees("揭榜书已提交，回执已生成")

    # 4. Locked; withdrawn, changed, signed again and handed in it is version 2.
    page.goto(edit)
    professor.sees("揭榜书已提交，不能修改")
    page.locator("summary", has_text="撤回").click()
    page.get_by_role("button", name="确认撤回").click()
    page.get_by_role("button", name="重新编辑").click()
    page.fill("[name=risks]", "备选供应商两家")
    saved(page)
    expect(page.locator("#missing")).to_contain_text("原确认失效，须重新签署")
    fellow.page.goto(consortium)
    fellow.sees("原确认已失效")
    fellow.page.check("[name=agreed]")
    fellow.page.fill("[name=signatory]", "王所长")
    fellow.page.get_by_role("button", name="签署确认").click()
    page.goto(edit)
    page.get_by_role("button", name="提交揭榜书").click()
    page.wait_for_url("**/receipts/*/")
    page.goto(f"/proposals/{bid.pk}/versions/")
    expect(page.locator(".diff ins").first).to_contain_text("备选供应商两家")


def test_one_second_late_and_late_by_permission(browse):
    bid = make_proposal()
    author, officer, approver = browse(bid.author), browse(make_officer()), browse(make_approver())
    Challenge.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    page, edit = author.page, f"/proposals/{bid.pk}/edit/"
    page.goto(f"/proposals/{bid.pk}/")
    page.locator("summary", has_text="提交揭榜").click()
    page.get_by_role("button", name="确认提交揭榜").click()
    author.sees("（北京时间）。已填写的内容已为您保留")
    assert (Proposal.objects.get().state, Receipt.objects.count()) == ("draft", 0)

    desk = f"/officer/challenges/{bid.challenge_id}/late/"
    officer.page.goto(desk)
    officer.page.select_option("[name=unit]", label=bid.lead.name)
    until = timezone.localtime() + timedelta(hours=2)
    officer.page.fill("[name=until]", f"{until:%Y-%m-%dT%H:%M}")
    officer.page.fill("[name=reason]", "平台登录故障，有工单记录")
    officer.page.get_by_role("button", name="提出，交另一人复核").click()
    officer.sees("等待另一名工作人员复核")
    assert officer.page.get_by_role("button", name="批准", exact=True).count() == 0
    approver.page.goto(desk)
    approver.page.get_by_role("button", name="批准", exact=True).click()
    approver.sees("已批准")
    page.goto(edit)
    author.sees("科技局批准本单位逾期提交")
    page.get_by_role("button", name="提交揭榜书").click()
    page.wait_for_url("**/receipts/*/")
    author.sees("逾期经批准")
    officer.page.goto(f"/officer/challenges/{bid.challenge_id}/")
    officer.sees("逾期经批准")


def test_a_second_bid_the_poster_and_its_kin_are_refused(browse):
    challenge, unit = make_challenge(), make_university()
    owner, kin = challenge.need.owner, make_unit()
    one, other = sorted([owner.pk, kin.pk])
    RelatedUnits.objects.create(
        one_id=one, other_id=other, basis="同一控股股东", recorded_by=make_officer()
    )
    colleague, daughter = browse(make_user(unit=unit)), browse(make_user(unit=kin))
    poster = browse(make_user(unit=owner))
    for person in (colleague, daughter, poster):
        person.page.goto(f"/challenges/{challenge.pk}/")
    make_proposal(challenge=challenge, lead=unit)  # by another member, while the page is open
    for person, said in (
        (colleague, "一家单位只能有一份"),
        (daughter, "的关联单位（同一控股股东）"),
    ):
        person.page.get_by_role("button", name="我要揭榜").click()
        person.sees(said)
    expect(poster.page.get_by_role("button", name="我要揭榜")).to_have_count(0)
    assert Proposal.objects.count() == 1


def test_nothing_typed_is_lost_without_network_session_or_to_a_colleague(browse):
    bid = make_proposal()
    author = browse(bid.author)
    colleague = browse(make_user(unit=bid.lead, member_role="editor"))
    page, edit = author.page, f"/proposals/{bid.pk}/edit/"
    state, note = page.locator("[data-save-state]"), page.locator("[data-kept-said]")

    page.goto(edit)  # the network fails, and the tab is closed
    author.context.set_offline(True)
    page.fill("[name=risks]", "断网时写下的风险")
    page.fill("[name=team-2-name]", "王工")
    page.locator("[data-sheet=team] [data-sheet-add]").click()
    page.fill("[name=team-3-name]", "第四人")
    expect(state).to_contain_text("网络不通", timeout=PATIENCE)
    author.context.set_offline(False)
    page.goto("about:blank")
    author.errors[:] = [error for error in author.errors if "ERR_" not in error]
    assert Proposal.objects.get().risks == ""
    page.goto(edit)
    expect(note).to_contain_text("已恢复您")
    expect(page.locator("[name=team-3-name]")).to_have_value("第四人")
    saved(page)
    assert Proposal.objects.get().risks == "断网时写下的风险"
    assert list(bid.team_rows.values_list("name", flat=True)) == ["王工", "第四人"]

    page.goto(edit)  # the session runs out
    author.context.clear_cookies(name="sessionid")
    page.fill("[name=risks]", "登录过期后写下的风险")
    expect(state).to_contain_text("登录已过期", timeout=PATIENCE)
    page.goto("about:blank")
    author.sign_in(bid.author)
    page.goto(edit)
    expect(note).to_contain_text("已恢复您")
    saved(page)
    assert Proposal.objects.get().risks == "登录过期后写下的风险"

    page.goto(edit)  # a colleague saves in the same minute
    colleague.page.goto(edit)
    colleague.page.fill("[name=risks]", "同事写下的风险")
    saved(colleague.page)
    page.fill("[name=risks]", "我写下的风险")
    expect(state).to_contain_text("没有保存", timeout=PATIENCE)
    author.sees("同事刚刚保存了更新的内容")
    page.get_by_role("button", name="保存草稿").click()
    author.sees("与同事保存的内容的不同之处")
    expect(page.locator(".diff del").first).to_have_text("同事")
    expect(page.locator("[name=risks]")).to_have_value("我写下的风险")
    assert Proposal.objects.get().risks == "同事写下的风险"
