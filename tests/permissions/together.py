"""Bids of several units, and being late by permission, in every state."""

from datetime import timedelta

from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.library.states import State as NeedState
from jiebang.proposals import consortium
from jiebang.proposals.models import LatePermission
from jiebang.proposals.states import LateState
from tests import factories as make
from tests.proposals.made import make_partner


def add(world):
    """A bid of another unit that the bidder joined, a place offered to it, and late permissions."""
    need = make.make_need(NeedState.POSTED, owner=world.units.poster)
    challenge = make.make_challenge(ChallengeState.OPEN, need=need)
    bid = make.make_proposal(challenge=challenge, lead=world.units.other)
    party = make_partner(
        bid, world.units.bidder, joined_by=world.people["揭榜方管理员"], right="comment"
    )
    world.add("party", "partner", party)
    offering = make.make_proposal(lead=world.units.other)
    offer, token = consortium.invite(
        proposal=offering, actor=offering.author, unit=world.units.bidder, right="view"
    )
    world.add("partner", "waiting", offer)
    world.add("partnership", "waiting", offer, reference=token)
    for state in LateState:
        decided_by = None if state == LateState.PROPOSED else make.make_approver()
        permission = LatePermission.objects.create(
            challenge=make.make_challenge(ChallengeState.CLOSED),
            unit=world.units.bidder,
            state=state,
            reason="平台登录故障",
            until=clock.now() + timedelta(hours=2),
            proposed_by=make.make_officer(),
            decided_by=decided_by,
        )
        world.add("late", state.value, permission)
