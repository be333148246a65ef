"""The city's expert with a seat and a waiver in every state."""

from datetime import timedelta

from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.experts.models import Seat, Waiver
from jiebang.experts.states import SeatOrigin, SeatState, WaiverState
from tests import factories as make


def add(world):
    """Put them into the city."""
    officer = world.people["经办"]
    expert = world.add("expert", "pooled", make.make_pooled(user=world.people["专家"]))
    world.add("draw", "published", make.make_draw(1))
    soon = clock.now() + timedelta(days=3)
    for state in SeatState:
        seat = Seat.objects.create(
            expert=expert,
            challenge=make.make_challenge(ChallengeState.CLOSED),
            origin=SeatOrigin.HAND,
            state=state,
            invited_by=officer,
            answer_by=soon,
            review_by=soon,
        )
        world.add("seat", state.value, seat)
    for state in WaiverState:
        waiver = Waiver.objects.create(
            expert=expert,
            challenge=make.make_challenge(ChallengeState.CLOSED),
            state=state,
            edges=[],
            reason="领域内别无他人",
            proposed_by=make.make_officer(),
        )
        world.add("waiver", state.value, waiver)
