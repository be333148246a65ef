"""Reviews: once, in range, in time; disagreement; the ranking and departing from it; feedback."""

from datetime import timedelta
from decimal import Decimal

import pytest

from jiebang.awards import decisions, queries, reviews
from jiebang.awards.models import BidCriterion, Decision, DecisionRules, Review
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.experts import seats
from jiebang.experts.models import Seat
from tests.awards import steps
from tests.factories import make_approver, make_call, make_expert, make_officer, make_user

pytestmark = pytest.mark.django_db


def refused(kind, code, call):
    before = list(Review.objects.values()), Decision.objects.count()
    with pytest.raises(kind) as refusal:
        call()
    assert (refusal.value.code, (list(Review.objects.values()), Decision.objects.count())) == (
        code,
        before,
    )
    return refusal.value


@pytest.fixture
def panel():
    challenge, bids = steps.challenge_in_steps()
    return challenge, bids, steps.seat(challenge, bids)


def test_the_last_review_of_a_seat_ends_it(panel):
    _, bids, user = panel
    assert steps.review(bids[0], user).total == Decimal(80)
    assert Seat.objects.get().state == "undertaken"
    steps.review(bids[1], user)
    assert Seat.objects.get().state == "done"


def test_a_review_is_handed_in_once(panel):
    _, bids, user = panel
    steps.review(bids[0], user)
    refused(RuleBroken, "reviewed_already", lambda: steps.review(bids[0], user))


def test_a_review_after_its_time_is_refused(panel):
    _, bids, user = panel
    with clock.telling(clock.now() + timedelta(days=6)):
        refused(RuleBroken, "review_closed", lambda: steps.review(bids[0], user))


def test_who_is_not_assigned_does_not_review(panel):
    _, bids, _ = panel
    stranger = make_expert()
    refused(NotAllowed, "not_assigned", lambda: steps.review(bids[0], stranger))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"points": {**steps.POINTS, "团队": Decimal(16)}}, "points-团队"),
        ({"points": {**steps.POINTS, "团队": Decimal(-1)}}, "points-团队"),
        ({"points": {**steps.POINTS, "团队": Decimal("NaN")}}, "points-团队"),
        ({"points": {**steps.POINTS, "相貌": Decimal(1)}}, "points"),
        ({"comment": "好"}, "comment"),
        ({"advice": "maybe"}, "advice"),
    ],
)
def test_a_review_with_a_fault_is_refused_at_its_place(panel, fields, field):
    _, bids, user = panel
    said = refused(Invalid, "review_invalid", lambda: steps.review(bids[0], user, **fields))
    assert list(said.fields) == [field]


def test_an_expert_who_has_scored_does_not_leave_the_panel(panel):
    _, bids, user = panel
    steps.review(bids[0], user)
    seat, officer = Seat.objects.get(), make_officer()
    with pytest.raises(WrongState) as refusal:
        seats.move(seat=seat, action="remove", actor=officer, note="临时有事")
    assert (refusal.value.code, Seat.objects.get().state) == ("scored_already", "undertaken")


def test_an_expert_reads_only_their_own_reviews(panel):
    challenge, bids, user = panel
    other = steps.seat(challenge, bids)
    mine, theirs = steps.review(bids[0], user), steps.review(bids[0], other)
    assert list(queries.reviews_visible_to(user)) == [mine]
    assert list(queries.reviews_visible_to(make_officer())) == [mine, theirs]
    assert list(queries.reviews_visible_to(make_user())) == []


def test_disagreement_asks_for_another_expert_before_anything_is_proposed():
    challenge, bids = steps.challenge_in_steps(
        1, reviews_least=2, spread_most=5, reviews_if_spread=3
    )
    users = [steps.seat(challenge, bids) for _ in range(3)]
    officer = make_officer()
    ask = lambda: steps.propose(challenge, bids[0], actor=officer)  # noqa: E731
    steps.review(bids[0], users[0])
    refused(RuleBroken, "review_incomplete", ask)
    steps.review(bids[0], users[1], less=6)
    assert [row.disputed for row in queries.standings(challenge)] == [True]
    refused(RuleBroken, "review_incomplete", ask)
    steps.review(bids[0], users[2])
    assert ask().standing == [
        {
            "place": 1,
            "tied": False,
            "lead": bids[0].lead.name,
            "score": "78.00",
            "reviews": 3,
            "late": False,
        }
    ]


def test_departing_from_the_ranking_needs_a_reason():
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    user = steps.seat(challenge, bids)
    steps.review(bids[0], user, less=3)
    steps.review(bids[1], user)
    officer = make_officer()

    said = refused(
        Invalid,
        "departure_reason_required",
        lambda: steps.propose(challenge, bids[0], actor=officer, departure=" "),
    )
    assert list(said.fields) == ["departure"]
    made = steps.propose(challenge, bids[0], actor=officer, departure="第一名放弃本地产业化")
    assert [row["place"] for row in made.standing] == [1, 2]


def test_of_two_with_the_same_score_either_can_be_chosen():
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    user = steps.seat(challenge, bids)
    for bid in bids:
        steps.review(bid, user)
    assert [row["tied"] for row in steps.propose(challenge, bids[1]).standing] == [True, True]


def test_bidders_read_the_feedback_after_the_decision_only():
    challenge, bids = steps.challenge_in_steps(reviews_least=1, notice_days=0)
    user = steps.seat(challenge, bids)
    steps.review(bids[0], user, feedback="建议补充中试数据")
    steps.review(bids[1], user)
    assert queries.feedback_on(bids[0]) == []
    decision = steps.notice(challenge, bids[0])
    assert queries.feedback_on(bids[0]) == []
    decisions.conclude(decision=decision, actor=make_approver())
    assert queries.feedback_on(bids[0]) == ["建议补充中试数据"]


def test_the_poster_appraises_where_the_call_asks_for_it_and_nobody_else_does():
    challenge, bids = steps.challenge_in_steps(1, opinion_required=True)
    officer, poster = make_officer(), make_user(unit=challenge.need.owner)
    refused(
        RuleBroken, "review_incomplete", lambda: steps.propose(challenge, bids[0], actor=officer)
    )
    with pytest.raises(NotAllowed):
        reviews.give_opinion(proposal=bids[0], actor=officer, advice="yes", text="可行")
    made = reviews.give_opinion(proposal=bids[0], actor=poster, advice="yes", text="可行")
    assert (made.proposal, made.text) == (bids[0], "可行")
    challenge.refresh_from_db()
    assert steps.propose(challenge, bids[0], actor=officer).state == "proposed"


@pytest.mark.parametrize("criteria", [[("技术", 60), ("团队", 30)], [("技术", 50), ("技术", 50)]])
def test_weights_that_do_not_sum_to_a_hundred_are_refused(criteria):
    call, officer = make_call(), make_officer()
    with pytest.raises(Invalid) as refusal:
        reviews.set_rules(call=call, actor=officer, rules={}, criteria=criteria)
    assert refusal.value.code == "weights_invalid"
    assert DecisionRules.objects.get() == call.decision_rules
    assert not BidCriterion.objects.exists()


def test_a_call_scores_by_its_own_criteria():
    call, officer = make_call(), make_officer()
    reviews.set_rules(
        call=call, actor=officer, rules={"winners": 2}, criteria=[("技术", 60), ("团队", 40)]
    )
    assert queries.criteria_of(call) == [("技术", 60), ("团队", 40)]
    assert queries.rules_of(call).winners == 2


def test_a_call_that_set_nothing_decides_in_steps_by_the_standard_rules():
    call = make_call()
    DecisionRules.objects.filter(call=call).delete()
    rules = queries.rules_of(call)

    told = (rules.in_steps, rules.notice_days, rules.members_least, rules.reviews_least)
    assert told == (True, 5, 3, 3)


def test_awarding_in_one_step_names_its_basis():
    call, officer = make_call(), make_officer()
    before = list(DecisionRules.objects.values())
    with pytest.raises(Invalid) as refusal:
        reviews.set_rules(call=call, actor=officer, rules={"in_steps": False, "basis": " "})
    assert (refusal.value.code, list(refusal.value.fields)) == ("basis_required", ["basis"])
    assert list(DecisionRules.objects.values()) == before
