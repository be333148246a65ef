"""Who is told of what: the owner, the next to handle it, the bidder, the parties, once each."""

from datetime import timedelta
from decimal import Decimal

import pytest

from jiebang.awards import services as awards
from jiebang.challenges import services as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.contracts import services as contracts
from jiebang.library import screening
from jiebang.library import services as library
from jiebang.library.states import Action as NeedAction
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from jiebang.organizations import services as units
from jiebang.organizations.states import Action as UnitAction
from jiebang.organizations.states import MemberRole
from jiebang.organizations.states import State as UnitState
from jiebang.proposals import services as proposals
from jiebang.proposals.states import State as BidState
from tests.factories import (
    make_approver,
    make_challenge,
    make_contract,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def heard():
    """Everything told so far: who, and the words before the title."""
    rows = Notification.objects.order_by("pk").values_list("person", "subject")
    return [(person, subject.partition("：")[0]) for person, subject in rows]


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def head(unit):
    return make_user(unit=unit)


def test_a_need_on_its_way_is_told_to_whoever_handles_it_next(unit, head):
    endorser, officer = make_endorser(), make_officer()
    need = make_need(owner=unit)
    library.submit(need=need, actor=head)
    screening.move(need=need, action=NeedAction.ENDORSE, actor=endorser)

    assert heard() == [(endorser.pk, "需求待推荐"), (officer.pk, "需求待形式审查")]


def test_a_returned_need_is_told_with_its_reason_to_those_who_write(unit, head):
    editor = make_user(unit=unit, member_role=MemberRole.EDITOR)
    make_user(unit=unit, member_role=MemberRole.VIEWER)
    need = make_need(NeedState.SUBMITTED, owner=unit)
    screening.move(
        need=need, action=NeedAction.RETURN, actor=make_endorser(), note="请补充预算明细"
    )

    assert heard() == [(head.pk, "需求被退回修改"), (editor.pk, "需求被退回修改")]
    told = Notification.objects.first()
    assert (told.text, told.link) == ("请补充预算明细", f"/needs/{need.pk}/")


def test_being_returned_again_is_told_again(unit, head):
    need, endorser = make_need(NeedState.SUBMITTED, owner=unit), make_endorser()
    for _ in range(2):
        screening.move(need=need, action=NeedAction.RETURN, actor=endorser, note="请补充")
        library.submit(need=need, actor=head)

    assert [words for person, words in heard() if person == head.pk] == ["需求被退回修改"] * 2


def test_a_unit_s_heads_hear_what_the_bureau_decided_and_edits_say_nothing():
    unit = make_unit(state=UnitState.PENDING)
    head = make_user(unit=unit)
    make_user(unit=unit, member_role=MemberRole.EDITOR)
    units.move(organization=unit, action=UnitAction.VERIFY, actor=make_officer())
    units.edit(organization=unit, actor=head, data={"address": "科技路 8 号"})

    assert heard() == [(head.pk, "单位已通过核验")]


def test_an_opened_challenge_is_told_to_its_poster(unit, head):
    make_user(unit=make_university())
    challenge = make_challenge(ChallengeState.SCHEDULED, need=make_need("posted", owner=unit))
    with clock.telling(challenge.opens_at):
        challenges.settle(challenge=challenge)

    assert heard() == [(head.pk, "榜题已张榜")]


def test_closing_is_told_to_the_bureau_and_the_poster(unit, head):
    officer, approver = make_officer(), make_approver()
    challenge = make_challenge(need=make_need("posted", owner=unit), posted_by=officer)
    with clock.telling(challenge.closes_at + timedelta(seconds=1)):
        challenges.settle(challenge=challenge)

    assert sorted(heard()) == sorted(
        (person.pk, "榜题已截止揭榜") for person in (officer, approver, head)
    )


def test_a_receipt_is_told_to_the_bidder_and_to_nobody_else(unit, head):
    make_officer()
    challenge = make_challenge(need=make_need("posted", owner=unit))
    bid = make_proposal(challenge=challenge)
    proposals.submit(proposal=bid, actor=bid.author)

    assert heard() == [(bid.author_id, "揭榜书已提交，回执已生成")]


def test_the_decision_is_told_to_winner_and_others(unit, head):
    challenge = make_challenge(ChallengeState.CLOSED, need=make_need("posted", owner=unit))
    won, lost = (make_proposal(BidState.SUBMITTED, challenge=challenge) for _ in range(2))
    awards.award(
        challenge=challenge,
        proposal=won,
        actor=make_approver(),
        amount=Decimal(600),
        reason="技术路线成熟，指标全部响应，团队稳定",
    )

    bidders = {won.author_id, lost.author_id}
    assert [line for line in heard() if line[0] in bidders] == [
        (won.author_id, "揭榜书中榜"),
        (lost.author_id, "揭榜书未中榜"),
    ]


def test_an_expert_asked_to_appraise_is_told_until_when():
    expert, need = make_expert(), make_need(NeedState.APPRAISAL)
    due = clock.now() + timedelta(days=14)
    screening.assign_appraisers(need=need, experts=[expert], actor=make_officer(), due_at=due)

    [told] = Notification.objects.all()
    assert (told.person, told.subject, told.due) == (expert, f"请论证需求：{need.title}", due)


def test_a_milestone_on_its_way_is_told_to_the_side_that_acts_next():
    contract = make_contract("running")
    poster, solver = make_user(unit=contract.poster), contract.award.proposal.author
    stone = contract.milestones.first()
    for action in ("return", "confirm"):
        contracts.report(milestone=stone, actor=solver, summary="按计划完成", measurements={})
        contracts.judge(milestone=stone, action=action, actor=poster, note="请核对数据")

    assert [line for line in heard() if line[1].startswith("里程碑")] == [
        (poster.pk, "里程碑进展待确认"),
        (solver.pk, "里程碑进展被退回"),
        (poster.pk, "里程碑进展待确认"),
        (solver.pk, "里程碑已确认"),
    ]


def test_a_refused_step_tells_nobody(unit, head):
    need = make_need(NeedState.SUBMITTED, owner=unit)
    with pytest.raises(Exception, match="写明理由"):
        screening.move(need=need, action=NeedAction.RETURN, actor=make_endorser(), note="")

    assert heard() == []
