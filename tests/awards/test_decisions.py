"""The decision's chain: proposal, approval, collective decision, notice, effect; races."""

from decimal import Decimal

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.awards import decisions, services
from jiebang.awards.models import Award, Decision
from jiebang.awards.states import DecisionState
from jiebang.awards.tasks import conclude_due
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts.models import Contract
from jiebang.proposals.models import Proposal
from tests.awards import steps
from tests.factories import make_approver, make_officer, make_user
from tests.integrity.steps import make_record

pytestmark = pytest.mark.django_db


def stored(decision):
    return Decision.objects.get(pk=decision.pk)


def states_of(challenge):
    bids = Proposal.objects.filter(challenge=challenge).order_by("pk")
    return Challenge.objects.get(pk=challenge.pk).state, list(bids.values_list("state", flat=True))


def refused(kind, code, call):
    """Say that the call was refused by this code and that nothing was written."""
    before = Entry.objects.count(), Award.objects.count(), list(Decision.objects.values())
    with pytest.raises(kind) as refusal:
        call()
    after = Entry.objects.count(), Award.objects.count(), list(Decision.objects.values())
    assert (refusal.value.code, after) == (code, before)
    return refusal.value


def test_from_proposal_to_contract_over_the_notice():
    challenge, (first, _) = steps.challenge_in_steps()
    with clock.telling(steps.at(11, 23)):
        decision = steps.notice(challenge, first)
        assert stored(decision).state == DecisionState.NOTICE
        assert f"{decision.notice_ends_on}" == "2026-11-30"
        assert states_of(challenge) == ("closed", ["submitted", "submitted"])
    with clock.telling(steps.at(11, 30, 23)):
        conclude_due()
        assert not Award.objects.exists()
    with clock.telling(steps.at(12, 1, 0)):
        conclude_due()
    assert stored(decision).state == DecisionState.EFFECTIVE
    assert states_of(challenge) == ("awarded", ["awarded", "not_awarded"])
    assert Contract.objects.get().award.proposal == first


def test_nothing_is_awarded_and_so_no_contract_begun_before_the_notice_ends():
    challenge, bids = steps.challenge_in_steps()
    with clock.telling(steps.at(11, 23)):
        decision = steps.notice(challenge, bids[0])

        said = refused(RuleBroken, "notice_running", lambda: decisions.conclude(decision=decision))
    assert "2026年11月30日" in str(said)
    assert not Contract.objects.exists()


def test_where_a_call_decides_in_steps_nobody_awards_in_one():
    challenge, bids = steps.challenge_in_steps()
    award = {"proposal": bids[0], "actor": make_approver(), "reason": steps.REASON}
    refused(
        RuleBroken,
        "decision_in_steps",
        lambda: services.award(challenge=challenge, amount=Decimal(500), **award),
    )
    assert states_of(challenge) == ("closed", ["submitted", "submitted"])


def test_nobody_approves_their_own_proposal():
    challenge, bids = steps.challenge_in_steps()
    both = make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    decision = steps.propose(challenge, bids[0], actor=both)

    refused(NotAllowed, "own_proposal", lambda: steps.approve(decision, both))

    steps.approve(decision)
    assert stored(decision).state == DecisionState.APPROVED


@pytest.mark.parametrize("make", [make_approver, make_user])
def test_only_an_officer_proposes(make):
    challenge, bids = steps.challenge_in_steps()
    actor = make()
    refused(NotAllowed, "role_required", lambda: steps.propose(challenge, bids[0], actor=actor))


def test_what_is_sent_back_is_proposed_anew_by_whoever_then_cannot_approve_it():
    challenge, bids = steps.challenge_in_steps()
    decision = steps.propose(challenge, bids[0])
    decisions.move(decision=decision, action="return", actor=make_approver(), note="金额偏高")
    both = make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    decisions.revise(
        decision=decision, chosen=steps.chosen(bids[1], amount=400), reason=steps.REASON, actor=both
    )

    assert stored(decision).state == DecisionState.PROPOSED
    assert list(decision.choices.values_list("proposal", "amount")) == [(bids[1].pk, 400)]
    refused(NotAllowed, "own_proposal", lambda: steps.approve(decision, both))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minutes_number": " "}, "minutes_number"),
        ({"members": ["陈一", "陈一", "陈二"]}, "members"),
    ],
)
def test_a_collective_decision_has_minutes_and_enough_members(fields, field):
    challenge, bids = steps.challenge_in_steps()
    decision = steps.approve(steps.propose(challenge, bids[0]))
    actor = make_approver()
    said = refused(Invalid, "minutes_incomplete", lambda: steps.resolve(decision, actor, **fields))
    assert list(said.fields) == [field]


def test_a_second_decision_is_refused_while_one_is_under_way_and_after_it():
    challenge, bids = steps.challenge_in_steps(notice_days=0)
    officer = make_officer()
    decision = steps.propose(challenge, bids[0])
    again = lambda: steps.propose(Challenge.objects.get(), bids[1], actor=officer)  # noqa: E731
    refused(Conflict, "decision_under_way", again)

    decisions.conclude(decision=steps.resolve(steps.approve(decision)), actor=make_approver())
    refused(Conflict, "awarded_already", again)


@pytest.mark.parametrize("winners", [1, 2])
def test_a_race_awards_as_many_as_the_call_allows(winners):
    challenge, bids = steps.challenge_in_steps(3, winners=winners, notice_days=0)
    officer = make_officer()
    refused(
        Invalid,
        "too_many_winners",
        lambda: steps.propose(challenge, *bids[: winners + 1], actor=officer, amount=100),
    )

    decision = steps.propose(challenge, *bids[:winners], amount=100)
    decisions.conclude(decision=steps.resolve(steps.approve(decision)), actor=make_approver())

    awarded = list(Award.objects.order_by("lane").values_list("lane", "proposal"))
    assert awarded == [(n, bid.pk) for n, bid in enumerate(bids[:winners], 1)]
    assert Contract.objects.count() == winners


@pytest.mark.parametrize("gate", ["propose", "approve", "resolve", "conclude"])
def test_an_integrity_record_stops_a_decision_at_every_gate(gate):
    challenge, bids = steps.challenge_in_steps(notice_days=0)
    officer, approver = make_officer(), make_approver()
    made = {}
    gates = {
        "propose": lambda: steps.propose(challenge, bids[0], actor=officer),
        "approve": lambda: steps.approve(made["it"], approver),
        "resolve": lambda: steps.resolve(made["it"], approver),
        "conclude": lambda: decisions.conclude(decision=made["it"], actor=approver),
    }
    for name, call in gates.items():
        if name == gate:
            break
        made["it"] = call()
    make_record(bids[0].lead)

    refused(RuleBroken, "integrity_record", gates[gate])


def test_what_is_under_notice_cannot_be_cancelled_by_hand():
    challenge, bids = steps.challenge_in_steps()
    decision = steps.notice(challenge, bids[0])
    officer = make_officer()
    refused(
        WrongState,
        "notice_begun",
        lambda: decisions.move(decision=decision, action="cancel", actor=officer, note="不办了"),
    )
