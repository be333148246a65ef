"""Two officers fill panels in the same moment: nobody sits twice, nobody gets too much."""

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.experts import draws, seats, services
from jiebang.experts.models import Draw, Seat, Waiver
from jiebang.proposals.states import State as ProposalState
from tests import factories as make
from tests.concurrency.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def closed(call=None):
    need = make.make_need("posted", call=call) if call else None
    challenge = make.make_challenge(ChallengeState.CLOSED, need=need)
    make.make_proposal(ProposalState.SUBMITTED, challenge=challenge)
    return challenge


def test_of_four_draws_at_once_one_is_held():
    challenge = closed()
    for _ in range(8):
        make.make_pooled()
    officers = [make.make_officer() for _ in range(4)]

    def draw(officer):
        quotas = [{"field": "", "count": 2}]
        return lambda: draws.hold(challenge=challenge, actor=officer, quotas=quotas)

    ends = at_once(*map(draw, officers))

    assert ends == ["ok", "reason_required", "reason_required", "reason_required"]
    assert (Draw.objects.count(), Seat.objects.count()) == (1, 2)


def test_an_expert_asked_for_four_challenges_at_once_gets_what_the_call_allows():
    first = closed()
    challenges = [first, *(closed(first.call) for _ in range(3))]
    services.set_rules(call=first.call, actor=make.make_officer(), values={"load_most": 2})
    expert, officers = make.make_pooled(), [make.make_officer() for _ in challenges]

    def ask(challenge, officer):
        return lambda: seats.invite(expert=expert, challenge=challenge, actor=officer)

    ends = at_once(*map(ask, challenges, officers))

    assert ends == ["ok", "ok", "over_load", "over_load"]
    assert Seat.objects.filter(expert=expert).count() == 2


def test_an_exception_decided_by_two_at_once_seats_the_expert_once():
    challenge = closed()
    expert = make.make_pooled(unit=challenge.proposals.get().lead)
    waiver = services.propose_waiver(
        expert=expert, challenge=challenge, actor=make.make_officer(), reason="国内仅此一家"
    )
    seen = [Waiver.objects.get(pk=waiver.pk) for _ in range(4)]
    officers = [make.make_officer() for _ in seen]

    def approve(own, officer):
        return lambda: services.decide_waiver(waiver=own, action="approve", actor=officer)

    ends = at_once(*map(approve, seen, officers))

    assert ends == ["ok", "stale", "stale", "stale"]
    assert Seat.objects.count() == 1


def test_two_who_leave_at_once_are_followed_by_two():
    challenge = closed()
    for _ in range(8):
        make.make_pooled()
    quotas = [{"field": "", "count": 3}]
    draws.hold(challenge=challenge, actor=make.make_officer(), quotas=quotas)
    leaving = list(Seat.objects.select_related("expert__user", "challenge")[:2])

    def decline(seat):
        user = seat.expert.user
        return lambda: seats.move(seat=seat, action="decline", actor=user, note="出差")

    assert at_once(*map(decline, leaving)) == ["ok", "ok"]
    assert Seat.objects.filter(state="invited").count() == 3
    assert Seat.objects.filter(origin="substitute").count() == 2
