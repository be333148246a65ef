"""Story S5 in a real browser: a blocked conflict, an exception, a draw, answers, an assignment."""

import re

import pytest
from playwright.sync_api import expect

from jiebang.audit.models import Entry
from jiebang.challenges.states import State as ChallengeState
from jiebang.experts.models import Draw, Seat, Waiver
from jiebang.proposals.states import State as ProposalState
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
INTERESTED = "与揭榜单位有合作意向"


@pytest.fixture
def challenge():
    closed = make.make_challenge(ChallengeState.CLOSED)
    make.make_proposal(ProposalState.SUBMITTED, challenge=closed, lead=make.make_university())
    return closed


def counts():
    return [kind.objects.count() for kind in (Draw, Seat, Waiver, Entry)]


def row_of(person, expert):
    return person.page.locator("tr", has_text=str(expert)).last


def sign(person, seat):
    page = person.page
    page.goto(f"/seats/{seat.pk}/")
    page.get_by_role("button", name="接受邀请").click()
    person.sees("签署评审承诺")
    page.fill("[name=signed_name]", "别人")
    page.get_by_role("button", name="签署承诺").click()
    person.sees(f"请填写您的姓名“{seat.expert}”作为签名")
    page.fill("[name=signed_name]", str(seat.expert))
    page.get_by_role("button", name="签署承诺").click()
    person.sees("评审材料已开放")


def test_the_blocked_conflict_the_exception_and_the_draw(browse, challenge):
    lead = challenge.proposals.get().lead
    barred = make.make_pooled(unit=lead)
    for _ in range(6):
        make.make_pooled()
    officer, desk = browse(make.make_officer()), f"/officer/challenges/{challenge.pk}/panel/"
    page = officer.page

    # the conflicted expert cannot be asked, and the edge is named
    page.goto(desk)
    expect(row_of(officer, barred)).to_contain_text(f"与揭榜牵头单位“{lead.name}”同属一个单位")
    expect(row_of(officer, barred).get_by_role("button", name=f"邀请{barred}")).to_have_count(0)

    # too many are refused on the page, three are drawn
    before = counts()
    page.fill("[name=quotas-0-count]", "9")
    page.get_by_role("button", name="抽取专家").click()
    officer.sees("按领域和单位限制只能抽出 6 名")
    assert counts() == before
    page.fill("[name=quotas-0-count]", "3")
    page.get_by_role("button", name="抽取专家").click()
    officer.sees("已抽出 3 名专家并发出邀请")
    officer.sees("排除了 1 名专家")

    # an exception: proposed by one officer, who cannot decide; approved by another
    row = row_of(officer, barred)
    row.locator("summary", has_text="申请例外").click()
    row.locator("[name=note]").fill("国内仅此一家从事这一方向")
    row.get_by_role("button", name="提出例外").click()
    officer.sees("等待另一名工作人员复核")
    expect(page.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    second = browse(make.make_officer())
    second.page.goto(desk)
    second.page.get_by_role("button", name="同意", exact=True).click()
    second.sees("回避例外已同意")
    assert Seat.objects.get(expert=barred).origin == "hand"

    # everybody can read the draw, and nobody's name
    stranger = browse(width=390)
    stranger.page.goto("/draws/")
    stranger.page.get_by_role("link", name=Draw.objects.get().number).click()
    stranger.sees(Draw.objects.get().seed)
    stranger.sees("1 项经两名工作人员办理的回避例外")
    expect(stranger.page.get_by_text(str(barred))).to_have_count(0)


def test_an_expert_signs_reads_and_leaves_and_the_next_one_comes(browse, challenge):
    for _ in range(5):
        make.make_pooled()
    officer = browse(make.make_officer())
    officer.page.goto(f"/officer/challenges/{challenge.pk}/panel/")
    officer.page.fill("[name=quotas-0-count]", "1")
    officer.page.get_by_role("button", name="抽取专家").click()
    officer.sees("已抽出 1 名专家并发出邀请")
    seat, bid = Seat.objects.get(), challenge.proposals.get()
    expert = browse(seat.expert.user)

    # no material before the signature
    assert expert.page.goto(f"/reviewed-bids/{bid.pk}/").status == 403
    sign(expert, seat)
    expert.page.get_by_role("link", name=re.compile(f"阅读.*{bid.lead.name}")).click()
    expert.sees("以湿法合成硫化物粉体")

    # an interest ends it, and the next in the order is asked
    expert.page.goto(f"/seats/{seat.pk}/")
    expert.page.locator("summary.btn", has_text="申报回避").click()
    expert.page.locator("details[open] [name=note]").fill(INTERESTED)
    expert.page.get_by_role("button", name="确认申报回避").click()
    expert.sees("主动回避")
    assert expert.page.goto(f"/reviewed-bids/{bid.pk}/").status == 403
    came = Seat.objects.get(origin="substitute")
    officer.page.reload()
    officer.sees(str(came.expert))


def test_the_best_assignment_is_tried_and_then_sent(browse, challenge):
    for text in ("硫化物固态电池电解质", "机器人减速器", "固态电池界面"):
        make.make_pooled(keywords=text)
    officer = browse(make.make_officer())
    page = officer.page
    page.goto(f"/officer/calls/{challenge.call_id}/panels/")
    page.get_by_role("link", name="试算").click()
    officer.sees("可用专家不足")
    page.fill("[name=panel_size]", "2")
    page.get_by_role("button", name="保存").click()
    officer.sees("评审规则已保存")
    page.get_by_role("link", name="试算").click()
    officer.sees("契合度总和")
    assert Seat.objects.count() == 0
    page.get_by_role("button", name="按此分派并发出邀请").click()
    officer.sees("已按最优分派向 2 个席位发出邀请")

    chosen = {seat.expert.keywords for seat in Seat.objects.all()}
    assert chosen == {"硫化物固态电池电解质", "固态电池界面"}


def test_an_expert_writes_the_own_profile_on_a_phone(browse):
    make.make_field()
    expert = browse(make.make_expert(), width=390)
    page = expert.page
    page.goto("/expert-profile/")
    page.get_by_role("button", name="保存").click()
    expert.sees("请填写所在单位")
    page.fill("[name=unit_name]", "江海材料研究所")
    page.select_option("[name=tech_fields]", "F01")
    page.select_option("[name=ties-0-kind]", "coauthor")
    page.fill("[name=ties-0-person]", "陈一")
    page.get_by_role("button", name="保存").click()
    expert.sees("专家信息已保存")
    expect(page.locator("[name=ties-0-person]")).to_have_value("陈一")
