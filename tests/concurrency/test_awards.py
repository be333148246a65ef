"""Fifty people award one challenge in one moment: one award, and everybody else is told."""

from decimal import Decimal

import pytest

from jiebang.awards import decisions
from jiebang.awards import services as awards
from jiebang.awards.models import Award, Decision
from jiebang.challenges.models import Challenge
from jiebang.contracts.models import Contract
from jiebang.proposals.models import Proposal
from tests.awards import steps
from tests.concurrency.test_races import again, at_once
from tests.factories import make_approver, make_challenge, make_officer, make_proposal

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def test_of_fifty_simultaneous_awards_on_one_challenge_exactly_one_is_made():
    challenge = make_challenge("closed")
    bids = [make_proposal("submitted", challenge=challenge) for _ in range(5)]
    approver = make_approver()

    def decide(n):
        seen = again(challenge), again(bids[n % 5])
        said = {"amount": Decimal(500), "reason": steps.REASON}
        return lambda: awards.award(challenge=seen[0], proposal=seen[1], actor=approver, **said)

    ends = at_once(*map(decide, range(MANY)))

    assert ends.count("ok") == 1
    assert set(ends) <= {"ok", "stale", "awarded_already"}
    won = Award.objects.get()
    states = dict(Proposal.objects.values_list("pk", "state"))
    assert states.pop(won.proposal_id) == "awarded"
    assert set(states.values()) == {"not_awarded"}
    assert Challenge.objects.get().state == "awarded"
    assert Contract.objects.get().award == won


def test_of_fifty_who_let_one_decision_take_effect_one_does():
    challenge, bids = steps.challenge_in_steps(notice_days=0)
    decision, approver = steps.notice(challenge, bids[0]), make_approver()

    def conclude(_):
        seen = again(decision)
        return lambda: decisions.conclude(decision=seen, actor=approver)

    ends = at_once(*map(conclude, range(MANY)))

    assert (ends.count("ok"), set(ends)) == (1, {"ok", "stale"})
    assert Award.objects.count() == Contract.objects.count() == 1


def test_of_ten_officers_who_propose_in_one_moment_one_does():
    challenge, bids = steps.challenge_in_steps()
    officer = make_officer()

    def propose(n):
        seen = again(challenge)
        return lambda: steps.propose(seen, bids[n % 2], actor=officer)

    ends = at_once(*map(propose, range(10)))

    assert (ends.count("ok"), set(ends)) == (1, {"ok", "decision_under_way"})
    assert Decision.objects.get().choices.count() == 1
