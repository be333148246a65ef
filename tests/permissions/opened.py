"""Emergency openings in the city, one in every state, and files of bids, sealed and opened."""

import io

from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.files import services
from jiebang.library.states import State as NeedState
from jiebang.openings.models import Opening
from jiebang.openings.states import State
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State as BidState
from tests import factories as make


def add(world):
    """Put them into the city."""
    officer, approver = world.people["经办"], world.people["审批"]
    for state in State:
        decided = state in (State.OPENED, State.DECLINED)
        opening = Opening.objects.create(
            challenge=_bid(world, ChallengeState.OPEN)[0].challenge,
            state=state,
            reason="系统疑似故障，须核对揭榜书",
            proposed_by=officer,
            decided_by=approver if decided else None,
            decided_at=clock.now() if decided else None,
        )
        world.add("opening", state.value, opening)
    for label, standing in (("sealed", ChallengeState.OPEN), ("opened", ChallengeState.CLOSED)):
        world.add("attachment", label, _bid(world, standing)[1])


def _bid(world, standing):
    need = make.make_need(NeedState.POSTED, owner=world.units.poster)
    challenge = make.make_challenge(standing, need=need)
    author = world.people["揭榜方管理员"]
    bid = make.make_proposal(challenge=challenge, lead=world.units.bidder, author=author)
    file = services.attach(
        thing=bid, slot="other", upload=io.BytesIO("方案".encode()), name="方案.txt", actor=author
    )
    Proposal.objects.filter(pk=bid.pk).update(state=BidState.SUBMITTED, version=1)
    bid.refresh_from_db()
    return bid, file
