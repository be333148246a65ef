"""A button is there when it can be used; what it waits for is said until then."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from jiebang.commissions.models import Commission
from jiebang.common import clock
from jiebang.contracts import progress
from jiebang.contracts.models import Contract, MilestoneReport
from tests.acceptance import steps as acceptances
from tests.commissions import steps as commissions
from tests.contracts import steps as contracts
from tests.factories import (
    make_approver,
    make_award,
    make_contract,
    make_draw,
    make_officer,
    make_user,
)
from tests.web.test_contract_pages import buttons as of_contract

pytestmark = pytest.mark.django_db


def page(client, user, name, pk):
    client.force_login(user)
    return client.get(reverse(f"web:{name}", args=[pk])).content.decode()


def offers(text, label):
    return f">{label}<" in text


def api(client, address):
    return {each["action"] for each in client.get(address).json()["actions"]}


def test_a_commission_is_made_when_its_notice_is_over_and_the_day_is_said_before(client):
    approver = make_approver()
    with clock.telling(commissions.at(11, 23)):
        made = commissions.notice()
        text = page(client, approver, "officer-commission", made.pk)
        assert not offers(text, "正式委托")
        assert "公示至2026年11月30日，期满无异议后自动生效" in text
        assert "take_effect" not in api(client, f"/api/v1/commissions/{made.pk}/")
    with clock.telling(commissions.at(12, 1)):
        text = page(client, approver, "officer-commission", made.pk)
        assert offers(text, "正式委托")
        assert "期满无异议后自动生效" not in text
        assert "take_effect" in api(client, f"/api/v1/commissions/{made.pk}/")
    assert Commission.objects.get().state == "notice"


def test_the_panel_is_convened_when_the_poster_has_spoken_and_concludes_when_it_has_voted(client):
    case = acceptances.make_case()
    acceptances.submit(case)

    def look():
        return page(client, case.officer, "acceptance", acceptances.fresh(case).pk)

    waiting = look()
    assert not offers(waiting, "受理并组织评议")
    assert "发榜单位还没有评价满意度" in waiting
    acceptances.rate(case)
    assert offers(look(), "受理并组织评议")
    acceptances.convene(case)
    acceptances.seat_panel(case)
    waiting = look()
    assert not offers(waiting, "提出结论")
    assert f"须有 {acceptances.PANEL} 名专家提交意见，现有 0 名" in waiting
    acceptances.vote(case, "pass")
    assert offers(look(), "提出结论")


def test_a_conclusion_takes_effect_when_its_notice_is_over(client):
    case = acceptances.make_case(notice_days=5)
    acceptances.concluded(case)
    thing = acceptances.fresh(case)
    text = page(client, case.approver, "acceptance", thing.pk)
    assert (offers(text, "验收通过"), "期满后自动生效" in text) == (False, True)
    assert api(client, f"/api/v1/acceptances/{thing.pk}/") == set()
    with clock.telling(clock.now() + timedelta(days=30)):
        text = page(client, case.approver, "acceptance", thing.pk)
        assert (offers(text, "验收通过"), "期满后自动生效" in text) == (True, False)


def test_a_contract_is_closed_when_nothing_of_it_is_open(client):
    officer, contract = make_officer(), make_contract("accepted")
    assert "办结" not in of_contract(client, officer, contract)
    assert "还没有验收结论，验收后才能办结" in page(client, officer, "contract", contract.pk)
    Contract.objects.update(acceptance_number="YS-1")
    assert "办结" in of_contract(client, officer, contract)


def test_a_contract_broken_off_after_money_was_paid_is_settled_first(client):
    officer, contract = make_officer(), make_contract("running")
    contract.milestones.update(state="confirmed")
    contracts.pay(contract.milestones.first(), 100)
    contracts.end(Contract.objects.get())
    assert "办结" not in of_contract(client, officer, contract)
    assert "结算还没有核定" in page(client, officer, "contract", contract.pk)
    contracts.settle(Contract.objects.get(), spent=100)
    assert "办结" in of_contract(client, officer, contract)


def test_an_extension_is_asked_for_once_and_in_time(client):
    contract = make_contract("running")
    solver = make_user(unit=contract.solver)
    assert "申请延期" in of_contract(client, solver, contract)
    Contract.objects.update(extensions=1)
    assert "申请延期" not in of_contract(client, solver, contract)
    assert "本合同已延期 1 次，本批次最多延期 1 次" in page(client, solver, "contract", contract.pk)
    Contract.objects.update(extensions=0, ends_on=clock.today() + timedelta(days=20))
    assert "申请延期" not in of_contract(client, solver, contract)
    assert "延期须在合同结束前 3 个月提出" in page(client, solver, "contract", contract.pk)


def test_nothing_more_is_asked_while_a_request_is_pending(client):
    contract = make_contract("running")
    solver = make_user(unit=contract.solver)
    request = contracts.ask(contract, solver)
    assert "申请变更" not in of_contract(client, solver, contract)
    said = f"变更申请 {request.number} 正在办理，办结或撤回后才能再提申请"
    assert said in page(client, solver, "contract", contract.pk)


def test_a_report_is_judged_when_the_experts_have_spoken(client):
    draw = make_draw(1)
    bid = draw.challenge.proposals.get()
    bid.challenge.__class__.objects.update(state="awarded")
    contract = make_contract("running", award=make_award(bid, amount=Decimal(600)))
    stone = contract.milestones.first()
    contract.milestones.filter(pk=stone.pk).update(expert_check=True, state="reported")
    MilestoneReport.objects.create(
        milestone=stone, summary="完成", reported_by=make_user(unit=contract.solver)
    )
    poster, solver = make_user(unit=contract.poster), make_user(unit=contract.solver)
    said = "等待专家阶段检查，意见收齐后才能确认或责令整改"
    offered = set(of_contract(client, poster, contract))
    assert ("退回补正" in offered, offered & {"确认完成", "责令整改", "建议终止"}) == (True, set())
    assert said in page(client, poster, "contract", contract.pk)
    seat = draw.challenge.seats.get()
    draw.challenge.seats.update(state="undertaken")
    (opinion,) = progress.ask_experts(
        milestone=stone, actor=make_officer(), people=[seat.expert.user]
    )
    assert "重新提交进展" not in of_contract(client, solver, contract)
    progress.give_opinion(
        opinion=opinion, actor=seat.expert.user, advice="continue", text="数据可信"
    )
    assert {"确认完成", "责令整改"} <= set(of_contract(client, poster, contract))
    assert said not in page(client, poster, "contract", contract.pk)
