"""Objections: who, when, with what; the notice stands still; what each answer brings about."""

import pytest

from jiebang.awards import decisions, objections, queries
from jiebang.awards.models import Award, Decision, Objection
from jiebang.awards.states import DecisionState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from tests.awards import steps
from tests.factories import make_approver, make_officer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def running():
    """A notice from Monday 23 to Monday 30 November, and the losing bidder."""
    challenge, bids = steps.challenge_in_steps()
    with clock.telling(steps.at(11, 23)):
        decision = steps.notice(challenge, bids[0])
    return decision, bids[1].author


def object_to(decision, actor, **fields):
    said = {"signed_name": actor.display_name, "text": steps.TEXT, "evidence": "检测报告第三页"}
    return objections.object_to(decision=decision, actor=actor, **{**said, **fields})


def answer(made, action, actor=None, note=steps.REPLY):
    return objections.answer(
        objection=made, action=action, actor=actor or make_approver(), note=note
    )


def refused(kind, code, call):
    before = list(Objection.objects.values()), list(Decision.objects.values())
    with pytest.raises(kind) as refusal:
        call()
    after = list(Objection.objects.values()), list(Decision.objects.values())
    assert (refusal.value.code, after) == (code, before)
    return refusal.value


def test_an_objection_stops_the_clock_and_its_rejection_lets_it_go_on(running):
    decision, loser = running
    with clock.telling(steps.at(11, 25)):  # three working days were left
        made = object_to(decision, loser)
        decision.refresh_from_db()
        assert (decision.state, decision.days_left) == (DecisionState.FROZEN, 3)
        assert f"{made.reply_by}" == "2026-12-02"
    with clock.telling(steps.at(12, 1)):
        refused(WrongState, "objection_open", lambda: decisions.conclude(decision=decision))
        answer(made, "reject")
    decision.refresh_from_db()
    assert (decision.state, f"{decision.notice_ends_on}") == (DecisionState.NOTICE, "2026-12-04")
    assert not Award.objects.exists()


def test_an_objection_that_is_upheld_cancels_the_decision_and_opens_the_ranking(running):
    decision, loser = running
    with clock.telling(steps.at(11, 25)):
        answer(object_to(decision, loser), "uphold")
    decision.refresh_from_db()
    assert decision.state == DecisionState.CANCELLED
    assert decision.challenge.state == "closed"
    assert queries.current(decision.challenge) is None
    again = steps.propose(decision.challenge, decision.choices.get().proposal)
    assert again.state == DecisionState.PROPOSED


def test_with_two_objections_the_notice_goes_on_after_both_are_answered(running):
    decision, loser = running
    winner = decision.choices.get().proposal.author
    with clock.telling(steps.at(11, 25)):
        one, other = object_to(decision, loser), object_to(decision, winner)
        answer(one, "reject")
        decision.refresh_from_db()
        assert decision.state == DecisionState.FROZEN
        answer(other, "reject")
    decision.refresh_from_db()
    assert decision.state == DecisionState.NOTICE


def test_who_did_not_bid_does_not_object(running):
    decision, _ = running
    stranger = make_user()
    with clock.telling(steps.at(11, 25)):
        refused(NotAllowed, "not_a_bidder", lambda: object_to(decision, stranger))


def test_an_objection_after_the_last_day_is_refused(running):
    decision, loser = running
    with clock.telling(steps.at(12, 1, 0)):
        refused(RuleBroken, "objection_closed", lambda: object_to(decision, loser))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"signed_name": "匿名"}, "signed_name"),
        ({"text": "不公"}, "text"),
        ({"evidence": " "}, "evidence"),
    ],
)
def test_an_objection_has_a_real_name_reasons_and_evidence(running, fields, field):
    decision, loser = running
    with clock.telling(steps.at(11, 25)):
        said = refused(Invalid, "objection_invalid", lambda: object_to(decision, loser, **fields))
    assert list(said.fields) == [field]


def test_a_unit_has_one_open_objection(running):
    decision, loser = running
    with clock.telling(steps.at(11, 25)):
        object_to(decision, loser)
        refused(Conflict, "objected_already", lambda: object_to(decision, loser))


def test_the_answer_is_an_approver_s_in_writing_and_long_enough(running):
    decision, loser = running
    officer, approver = make_officer(), make_approver()
    with clock.telling(steps.at(11, 25)):
        made = object_to(decision, loser)
        refused(NotAllowed, "role_required", lambda: answer(made, "reject", officer))
        refused(Invalid, "reply_too_short", lambda: answer(made, "reject", approver, "不成立"))
        answer(made, "reject", approver)
        refused(WrongState, "wrong_state", lambda: answer(made, "uphold", approver))


def test_who_objects_is_known_to_who_handles_it_and_to_nobody_else(running):
    decision, loser = running
    winner = decision.choices.get().proposal.author
    with clock.telling(steps.at(11, 25)):
        made = object_to(decision, loser)
    assert list(queries.objections_visible_to(loser)) == [made]
    assert list(queries.objections_visible_to(make_approver())) == [made]
    assert list(queries.objections_visible_to(make_officer())) == []
    assert list(queries.objections_visible_to(winner)) == []
