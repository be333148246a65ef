"""The main job, end to end, through the services: what pages and API drive later."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.audit.queries import history
from jiebang.awards import services as awards
from jiebang.challenges import services as challenges
from jiebang.common import clock
from jiebang.contracts import services as contracts
from jiebang.library import screening
from jiebang.library import services as library
from jiebang.proposals import services as proposals
from tests.factories import (
    indicator_row,
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
    proposal_content,
)

pytestmark = pytest.mark.django_db


def test_a_need_becomes_an_accepted_contract():
    firm, university = make_unit(), make_university()
    manager, professor = make_user(unit=firm), make_user(unit=university)
    officer, approver, expert, endorser = (
        make_officer(), make_approver(), make_expert(), make_endorser(firm.district),
    )  # fmt: skip
    content = {**need_content(), "tech_field": make_field(), "call": make_call()}

    need = library.create_need(
        owner=firm, actor=manager, data=content, indicators=[indicator_row()]
    )
    library.submit(need=need, actor=manager)
    screening.move(need=need, action="endorse", actor=endorser, note="同意推荐")
    screening.move(need=need, action="pass_check", actor=officer)
    (appraisal,) = screening.assign_appraisers(need=need, actor=officer, experts=[expert])
    scores = {str(c.pk): "85" for c in need.call.criteria.all()}
    screening.appraise(
        appraisal=appraisal, actor=expert, scores=scores, opinion="技术先进，市场前景明确，建议入库"
    )
    screening.move(need=need, action="admit", actor=approver, note="会议审定")
    assert (need.state, appraisal.total) == ("in_library", Decimal("85.00"))

    now = timezone.now()
    challenge = challenges.post(
        need=need, actor=officer, opens_at=now, closes_at=now + timedelta(days=30)
    )
    assert (challenge.state, need.state) == ("open", "posted")

    bid = proposals.start(challenge=challenge, lead=university, actor=professor)
    (indicator,) = need.indicators.all()
    answer = {indicator.pk: {"value": Decimal(380), "method": "第三方检测"}}
    proposals.save(proposal=bid, actor=professor, data=proposal_content(), responses=answer)
    receipt = proposals.submit(proposal=bid, actor=professor)
    assert len(receipt.digest) == 64

    with clock.telling(now + timedelta(days=31)):
        made = awards.award(
            challenge=challenge,
            proposal=bid,
            actor=approver,
            amount=Decimal(600),
            grant=Decimal(100),
            reason="技术路线成熟，指标全部响应，团队经验丰富",
        )
        contract = made.contract
        today = clock.today()
        contracts.write(
            contract=contract,
            actor=manager,
            data={"starts_on": today, "ends_on": today + timedelta(days=600)},
            milestones=[
                {
                    "title": "完成中试",
                    "due_on": today + timedelta(days=500),
                    "tranche": Decimal(600),
                    "indicators": [indicator.pk],
                }
            ],
        )
        contracts.move(contract=contract, action="propose", actor=manager)
        for signer, side in ((manager, "poster"), (professor, "solver"), (approver, "bureau")):
            contracts.sign(contract=contract, actor=signer, side=side)
        assert contract.state == "running"
        (milestone,) = contract.milestones.all()
        contracts.report(
            milestone=milestone,
            actor=professor,
            summary="中试线建成",
            measurements={indicator.pk: {"value": Decimal(365), "evidence": "检测报告"}},
        )
        contracts.judge(milestone=milestone, action="confirm", actor=manager, note="同意")
        contract = type(contract).objects.get(pk=contract.pk)
        contracts.conclude(
            contract=contract, outcome="passed", actor=approver, acceptance_number="YS-1"
        )

    for thing in (need, challenge, bid, contract):
        thing.refresh_from_db()
    states = (need.state, challenge.state, bid.state, contract.state)
    assert states == ("exited", "completed", "awarded", "accepted")
    assert [entry.action for entry in history(need)] == [
        "create", "submit", "endorse", "pass_check", "assign", "appraise", "admit", "post", "exit",
    ]  # fmt: skip
