"""The city's acceptances, panels, assessments and track record, one in every state."""

from datetime import timedelta

from jiebang.acceptance.models import Acceptance, Assessment, Member, PanelDraw, TrackItem
from jiebang.acceptance.states import AssessmentState, State
from jiebang.common import clock
from jiebang.contracts.states import State as ContractState
from jiebang.experts.states import SeatState
from jiebang.library.states import State as NeedState
from jiebang.notifications import subscriptions
from jiebang.proposals.states import State as BidState
from tests import factories as make

OF_CONTRACT = {
    State.PASSED: ContractState.ACCEPTED,
    State.CLOSED: ContractState.CONCLUDED,
    State.FAILED: ContractState.FAILED,
    State.CANCELLED: ContractState.TERMINATED,
}
CONCLUSIONS = {State.CLOSED: "close", State.FAILED: "fail", State.REVISING: "revise"}
ANNOUNCED = (State.NOTICE, State.PASSED, State.CLOSED, State.FAILED)
BEFORE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.REVIEWING)


def add(world):
    """Put them into the city."""
    officer = world.people["经办"]
    for state in State:
        contract = _contract(world, OF_CONTRACT.get(state, ContractState.RUNNING))
        made = Acceptance.objects.create(
            contract=contract,
            state=state,
            due_on=clock.today(),
            conclusion="" if state in BEFORE else CONCLUSIONS.get(state, "pass"),
            integrity="proposed" if state == State.FAILED else "",
            notice_ends_on=clock.today() if state in ANNOUNCED else None,
            proposed_by=officer,
        )
        world.add("acceptance", state.value, made)
        if state in (State.DRAFT, State.PASSED):
            args = {"pk": made.pk, "kind": "dossier", "ending": "docx"}
            world.add("dossier", state.value, made, **args)
    expert = world.kinds["expert"]["pooled"].thing
    soon = clock.now() + timedelta(days=3)
    for state in SeatState:
        contract = _contract(world, ContractState.RUNNING)
        made = Acceptance.objects.create(contract=contract, state=State.REVIEWING)
        draw = PanelDraw.objects.create(
            acceptance=made,
            round=1,
            seed="1",
            pool=[],
            pool_digest="0",
            key={},
            key_digest="0",
            quotas=[],
            most_of_a_unit=1,
            drawn=[],
            drawn_by=officer,
        )
        member = Member.objects.create(
            acceptance=made,
            expert=expert,
            draw=draw,
            origin="draw",
            state=state,
            invited_by=officer,
            answer_by=soon,
            review_by=soon,
        )
        world.add("panelseat", state.value, member)
    world.add("paneldraw", "published", draw)
    for state in AssessmentState:
        contract = _contract(world, ContractState.ACCEPTED)
        made = Assessment.objects.create(
            contract=contract,
            state=state,
            opens_on=clock.today(),
            due_on=clock.today() + timedelta(days=60),
            score=80 if state in ("scored", "replied") else None,
        )
        world.add("assessment", state.value, made)
    item = TrackItem.objects.create(
        organization=world.units.bidder,
        contract=contract,
        kind="accepted",
        happened_on=clock.today(),
    )
    world.add("track", "any", item)
    secret = subscriptions.renew(person=world.people["揭榜方管理员"])
    world.add("calendar", "any", item, secret=secret)


def _contract(world, state):
    need = make.make_need(NeedState.POSTED, owner=world.units.poster)
    challenge = make.make_challenge("awarded", need=need)
    bid = make.make_proposal(BidState.AWARDED, challenge=challenge, lead=world.units.bidder)
    contract = make.make_contract(state.value, milestones=1, award=make.make_award(bid))
    contract.milestones.update(state="confirmed")
    return contract
