"""Requests, settlements, stage checks and races in the city of the table."""

from datetime import timedelta

from jiebang.common import clock
from jiebang.contracts import lanes, versions
from jiebang.contracts.models import ChangeRequest, Checkpoint, MilestoneReport, StageOpinion
from jiebang.contracts.models import Settlement as Settled
from jiebang.contracts.states import (
    CheckpointState,
    RequestKind,
    RequestState,
    SettlementState,
)
from jiebang.library.states import State as NeedState
from jiebang.proposals.states import State as BidState
from tests import factories as make


def add(world):
    """Put them into the city, each on contracts of its own."""
    for state in RequestState:
        request = ChangeRequest.objects.create(
            contract=_contract(world, "running"), kind="termination", state=state,
            reason="mutual", explanation="协商一致", version=0,
            asked_by=world.people["揭榜方管理员"],
        )  # fmt: skip
        world.add("request", state.value, request)
    for state in SettlementState:
        settlement = Settled.objects.create(
            contract=_contract(world, "terminated"), state=state, paid=0, spent=0, to_return=0,
            basis="凭证核对", proposed_by=make.make_officer(),
        )  # fmt: skip
        world.add("settlement", state.value, settlement)
    running = world.kinds["contract"]["running"].thing
    versions.keep(running, why="送签", actor=None)
    world.add("terms", "first", running, pk=running.pk, number=running.version)
    for kind in RequestKind:
        world.add("asking", kind.value, running, pk=running.pk, kind=kind.value)
    stone = world.kinds["milestone"]["reported"].thing
    report = MilestoneReport.objects.filter(milestone=stone).last()
    expert = world.people["专家"]
    opinion = StageOpinion.objects.create(
        report=report, expert=expert, asked_by=make.make_officer(), due_on=clock.today()
    )
    world.add("opinion", "open", opinion)
    _races(world)


def _races(world):
    for state in CheckpointState:
        need = make.make_need(NeedState.POSTED, owner=world.units.poster)
        challenge = make.make_challenge("awarded", need=need)
        awards = []
        for lane, lead in enumerate((world.units.bidder, world.units.other), 1):
            bid = make.make_proposal(BidState.AWARDED, challenge=challenge, lead=lead)
            awards.append(make.make_award(bid, lane=lane, amount=300))
        contracts = [make.make_contract("running", award=award) for award in awards]
        race = lanes.begin(challenge)
        checkpoint = Checkpoint.objects.create(
            race=race, position=1, title="中期评比", keep=1, state=state,
            due_on=clock.today() + timedelta(days=9), ranked_by=make.make_officer(),
        )  # fmt: skip
        for place, contract in enumerate(contracts, 1):
            checkpoint.standings.create(
                contract=contract, place=place, score=90 - place, opinion="评价"
            )
        world.add("checkpoint", state.value, checkpoint)
    world.add("race", "running", race)


def _contract(world, state):
    need = make.make_need(NeedState.POSTED, owner=world.units.poster)
    challenge = make.make_challenge("awarded", need=need)
    bid = make.make_proposal(BidState.AWARDED, challenge=challenge, lead=world.units.bidder)
    return make.make_contract(state, award=make.make_award(bid))
