"""The panel: drawn so that anybody can repeat it, without anyone who has an interest."""

import json

import pytest
from django.core.management import call_command

from jiebang.acceptance import draws, queries, seats, tasks, votes
from jiebang.acceptance.models import Member, PanelDraw, Vote
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.experts.states import SEAT, SeatAction, SeatState
from tests.acceptance import steps
from tests.factories import make_officer, make_pooled

pytestmark = pytest.mark.django_db


@pytest.fixture
def convened():
    case = steps.make_case()
    steps.submit(case)
    steps.rate(case)
    steps.convene(case)
    return case


def test_a_draw_can_be_repeated_from_what_is_published(convened, tmp_path, capsys):
    draw = steps.seat_panel(convened)

    assert draws.replayed(draw) == draw.drawn
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(draws.document(draw)), "utf-8")
    call_command("replay_draw", file=file)
    names = {str(member.expert) for member in queries.panel(steps.fresh(convened))}
    assert not any(name in file.read_text("utf-8") for name in names)


def test_who_has_an_interest_is_never_drawn(convened):
    contract = convened.contract
    tied = [
        make_pooled(unit=contract.solver),
        make_pooled(unit=contract.poster),
        make_pooled(ties=[{"kind": "past_unit", "unit": contract.solver,
                           "unit_name": contract.solver.name, "year": clock.today().year}]),
    ]  # fmt: skip
    draw = steps.seat_panel(convened)

    drawn = set(draw.numbers(draw.drawn)) if hasattr(draw, "numbers") else set()
    seated = {member.expert_id for member in queries.panel(steps.fresh(convened))}
    assert seated & {expert.pk for expert in tied} == set()
    assert len(draw.exclusions) == len(tied)
    assert not drawn & {expert.number for expert in tied}


def test_the_next_of_the_draw_follows_who_leaves(convened):
    for _ in range(steps.PANEL + 1):
        make_pooled()
    draws.hold(acceptance=steps.fresh(convened), actor=convened.officer)
    first = queries.panel(steps.fresh(convened)).first()

    came = seats.move(member=first, action="decline", actor=first.expert.user, note="出差")

    assert (came.origin, came.state) == ("substitute", "invited")
    states = [m.state for m in queries.panel(steps.fresh(convened))]
    assert sorted(states) == ["declined", *["invited"] * steps.PANEL]


def test_who_does_not_answer_in_time_makes_room(convened):
    for _ in range(steps.PANEL + 1):
        make_pooled()
    draws.hold(acceptance=steps.fresh(convened), actor=convened.officer)
    Member.objects.filter(pk=Member.objects.first().pk).update(answer_by=clock.now())
    tasks.settle_due()
    tasks.settle_due()
    states = sorted(Member.objects.values_list("state", flat=True))
    assert states == [*["invited"] * steps.PANEL, "lapsed"]


@pytest.mark.parametrize(
    ("pool", "quotas", "kind", "code"),
    [
        (1, (), RuleBroken, "pool_too_small"),
        (5, [{"field": "", "count": 2}], RuleBroken, "panel_too_small"),
        (5, [{"field": "没有", "count": 3}], Invalid, "invalid"),
    ],
)
def test_a_panel_that_cannot_be_filled_is_not_drawn(convened, pool, quotas, kind, code):
    for _ in range(pool):
        make_pooled()
    with pytest.raises(kind) as caught:
        draws.hold(acceptance=steps.fresh(convened), actor=convened.officer, quotas=quotas)
    assert (caught.value.code, PanelDraw.objects.count(), Member.objects.count()) == (code, 0, 0)


def test_a_further_draw_needs_a_reason(convened):
    steps.seat_panel(convened, spare=4)
    with pytest.raises(Invalid) as caught:
        draws.hold(acceptance=steps.fresh(convened), actor=convened.officer)
    assert caught.value.code == "reason_required"
    more = [{"field": "", "count": 1}]
    draws.hold(
        acceptance=steps.fresh(convened), actor=convened.officer, quotas=more, reason="补充专业"
    )
    assert (PanelDraw.objects.count(), Member.objects.count()) == (2, steps.PANEL + 1)


def test_no_panel_is_drawn_before_the_application_is_taken_up():
    case = steps.make_case()
    steps.submit(case)
    with pytest.raises(WrongState):
        draws.hold(acceptance=steps.fresh(case), actor=case.officer)
    with pytest.raises(NotAllowed):
        draws.hold(acceptance=steps.fresh(case), actor=case.solver)
    assert not PanelDraw.objects.exists()


def test_a_vote_is_given_once_and_never_left(convened):
    steps.seat_panel(convened)
    member = queries.panel(steps.fresh(convened)).first()
    give = {"member": member, "advice": "pass", "text": steps.TEXT}
    with pytest.raises(NotAllowed):
        votes.give(actor=make_officer(), **give)
    with pytest.raises(Invalid) as caught:
        votes.give(actor=member.expert.user, member=member, advice="", text="好")
    assert set(caught.value.fields) == {"advice", "text"}
    votes.give(actor=member.expert.user, **give)
    with pytest.raises(Conflict):
        votes.give(actor=member.expert.user, **give)
    assert Member.objects.get(pk=member.pk).state == "done"
    with pytest.raises(WrongState):
        seats.move(member=member, action="remove", actor=convened.officer, note="撤换")
    assert Vote.objects.count() == 1


def test_after_the_deadline_no_vote_is_taken(convened):
    steps.seat_panel(convened)
    Member.objects.update(review_by=clock.now())
    member = queries.panel(steps.fresh(convened)).first()
    with pytest.raises(RuleBroken) as caught:
        votes.give(member=member, actor=member.expert.user, advice="pass", text=steps.TEXT)
    assert (caught.value.code, Vote.objects.count()) == ("review_closed", 0)


@pytest.mark.parametrize("state", SeatState)
def test_each_step_of_a_seat_is_its_owners_or_the_officers(convened, state):
    from jiebang.acceptance import policies  # noqa: PLC0415

    steps.seat_panel(convened)
    Member.objects.update(state=state)
    member = queries.panel(steps.fresh(convened)).first()
    possible = set(SEAT.actions_from(state))
    own = {SeatAction.ACCEPT, SeatAction.UNDERTAKE, SeatAction.DECLINE, SeatAction.RECUSE}
    for who, theirs in (
        (member.expert.user, own),
        (convened.officer, {SeatAction.REMOVE}),
        (convened.approver, set()),
        (convened.solver, set()),
    ):
        assert set(policies.member_actions_for(who, member)) == possible & theirs
