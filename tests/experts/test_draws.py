"""Filling panels by draw and by assignment; nothing changes by a refusal."""

import pytest

from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.experts import affinity, draws, lottery, queries, seats, services
from jiebang.experts.states import SeatOrigin
from jiebang.lexicons import services as lexicons
from jiebang.proposals.states import State as ProposalState
from matching import Index
from tests import factories as make
from tests.experts.steps import drawn, refused


def test_a_draw_invites_its_experts_leaves_out_the_conflicted_and_says_why(
    challenge, lead, officer
):
    barred = make.make_pooled(unit=lead)

    draw = drawn(challenge, officer)

    assert [seat.expert.number for seat in queries.panel(challenge)] == draw.numbers(draw.drawn)
    assert draw.exclusions == {draw.label_of(barred): [f"与揭榜牵头单位“{lead.name}”同属一个单位"]}
    assert [e["excluded"] for e in draw.pool if e["number"] == draw.label_of(barred)] == [
        ["same_unit"]
    ]
    assert draws.replayed(draw) == draw.drawn
    assert {s.assignments.count() for s in queries.panel(challenge)} == {2}


def test_quotas_by_field_are_filled_from_that_field(challenge, officer):
    display = make.make_field("F02", "智能制造")
    makers = {make.make_pooled(fields=[display]).number for _ in range(2)}

    draw = drawn(
        challenge, officer, quotas=[{"field": "F02", "count": 2}, {"field": "F01", "count": 1}]
    )

    assert len(draw.drawn) == 3
    assert len(makers & set(draw.numbers(draw.drawn))) == 2


@pytest.mark.parametrize(
    ("quotas", "kind", "code"),
    [
        ([{"field": "", "count": 9}], RuleBroken, "pool_too_small"),
        ([{"field": "F02", "count": 1}], RuleBroken, "pool_too_small"),
        ([{"field": "F99", "count": 1}], Invalid, "invalid"),
        ([{"field": "", "count": 0}], Invalid, "invalid"),
    ],
)
def test_quotas_that_cannot_be_filled_are_refused(challenge, officer, quotas, kind, code):
    make.make_field("F02", "智能制造")
    for _ in range(8):
        make.make_pooled()

    refused(kind, code, lambda: draws.hold(challenge=challenge, actor=officer, quotas=quotas))


def test_nobody_is_drawn_while_bids_are_sealed(officer):
    challenge = make.make_challenge(ChallengeState.OPEN)
    make.make_proposal(ProposalState.SUBMITTED, challenge=challenge)
    expert = make.make_pooled()

    refused(WrongState, "sealed", lambda: draws.hold(challenge=challenge, actor=officer))
    refused(
        WrongState,
        "sealed",
        lambda: seats.invite(expert=expert, challenge=challenge, actor=officer),
    )


def test_only_an_officer_without_a_part_in_it_fills_a_panel(challenge, lead):
    expert = make.make_pooled()
    tied = make.make_officer(unit=lead)
    for actor, code in [
        (make.make_user(unit=lead), "role_required"),
        (make.make_approver(), "role_required"),
        (expert.user, "role_required"),
        (tied, "recusal"),
    ]:
        refused(NotAllowed, code, lambda a=actor: draws.hold(challenge=challenge, actor=a))
        refused(
            NotAllowed,
            code,
            lambda a=actor: seats.invite(expert=expert, challenge=challenge, actor=a),
        )


def test_a_second_round_needs_a_reason_and_leaves_out_who_was_asked(challenge, officer):
    first = drawn(challenge, officer)

    refused(Invalid, "reason_required", lambda: draws.hold(challenge=challenge, actor=officer))

    second = draws.hold(
        challenge=challenge, actor=officer, quotas=[{"field": "", "count": 1}], reason="分歧较大"
    )
    assert (second.round, set(first.numbers(first.drawn)) & set(second.numbers(second.drawn))) == (
        2,
        set(),
    )


@pytest.mark.parametrize("action", ["decline", "recuse", "remove"])
def test_who_leaves_is_followed_by_the_next_in_the_order(challenge, officer, action):
    draw = drawn(challenge, officer)
    first = queries.panel(challenge)[0]
    actor = officer if action == "remove" else first.expert.user

    came = seats.move(seat=first, action=action, actor=actor, note="与本单位有合作")

    assert (came.origin, came.draw) == (SeatOrigin.SUBSTITUTE, draw)
    assert came.expert.number not in draw.numbers(draw.drawn)
    assert queries.size(challenge) == 3


def test_a_substitute_who_meanwhile_has_a_conflict_is_passed_over(challenge, officer, lead):
    draw = drawn(challenge, officer)
    first, *_ = queries.panel(challenge)
    order = draw.numbers(e["number"] for e in lottery.order(draw.seed, draw.pool))
    next_one = next(e for e in queries.pool() if e.number == order[3])
    type(next_one).objects.filter(pk=next_one.pk).update(unit=lead)

    came = seats.move(seat=first, action="decline", actor=first.expert.user, note="出差")

    assert came.expert.number == order[4]


def test_nobody_comes_when_the_pool_is_used_up(challenge, officer):
    drawn(challenge, officer, count=3)
    first, *_ = queries.panel(challenge)

    assert seats.move(seat=first, action="decline", actor=first.expert.user, note="出差") is None
    assert queries.size(challenge) == 2


def test_the_best_assignment_serves_every_solution_within_the_loads(challenge, officer, lead):
    services.set_rules(call=challenge.call, actor=officer, values={"panel_size": 2, "load_most": 2})
    texts = ["硫化物固态电池电解质", "固态电池界面修饰", "机器人减速器", "水稻育种"]
    good = [make.make_pooled(keywords=text) for text in texts]
    make.make_pooled(unit=lead, keywords="高比能固态电池电解质制备技术")

    refused(
        NotAllowed,
        "role_required",
        lambda: draws.assign(call=challenge.call, actor=make.make_approver()),
    )
    made = draws.assign(call=challenge.call, actor=officer)

    assert sorted(seat.expert_id for seat in made) == [good[0].pk, good[1].pk]
    assert [seat.assignments.count() for seat in made] == [2, 2]
    assert all(a.affinity > 0 for seat in made for a in seat.assignments.all())
    refused(
        RuleBroken,
        "nothing_to_assign",
        lambda: draws.assign(call=challenge.call, actor=officer),
    )


def test_who_leaves_an_assignment_is_followed_by_the_best_fit(challenge, officer):
    services.set_rules(call=challenge.call, actor=officer, values={"panel_size": 1})
    texts = ["硫化物固态电池电解质", "固态电池", "机器人减速器"]
    for text in texts:
        make.make_pooled(keywords=text)
    (first,) = draws.assign(call=challenge.call, actor=officer)

    came = seats.move(seat=first, action="decline", actor=first.expert.user, note="出差")

    assert [first.expert.keywords, came.expert.keywords] == texts[:2]
    assert (came.origin, came.assignments.count()) == (SeatOrigin.ASSIGNMENT, 2)


def test_too_few_experts_for_an_assignment_are_named(challenge, officer):
    make.make_pooled()

    refusal = refused(
        RuleBroken, "experts_too_few", lambda: draws.assign(call=challenge.call, actor=officer)
    )

    assert challenge.proposals.first().number in str(refusal)


def test_a_decided_challenge_takes_nobody_more(challenge, officer):
    challenge.state = ChallengeState.AWARDED
    challenge.save()

    refused(WrongState, "wrong_state", lambda: draws.hold(challenge=challenge, actor=officer))


def test_an_expert_fits_a_need_as_the_matcher_says(db):
    experts = [make.make_pooled(keywords=text) for text in ("硫化物电解质", "减速器")]
    need = make.make_need()

    known = affinity.fits(experts, [need])[need.pk]

    index = Index.build(affinity.offered(expert) for expert in experts)
    said = index.search(affinity.asked(need), k=2, floor=0.0).matches
    assert {key: round(fit, 6) for key, fit in known.items()} == {
        experts[0].pk: round(said[0].score, 6),
        experts[1].pk: 0,
    }


def test_the_bureau_s_words_count_for_experts_too(db):
    officer = make.make_officer()
    experts = [make.make_pooled(keywords="灵犀膜"), make.make_pooled(keywords="减速器")]
    need = make.make_need(title="固态电解质薄膜", keywords="固态电解质薄膜", main_problem="x")
    before = affinity.fits(experts, [need])[need.pk][experts[0].pk]
    lexicons.add(
        actor=officer, kind="synonym", word="灵犀膜", canonical="固态电解质薄膜", why="企业叫法"
    )
    choice = lexicons.publish(actor=officer, why="试用")
    assert affinity.fits(experts, [need])[need.pk][experts[0].pk] == before

    lexicons.took_effect(choice_id=choice.pk)

    assert affinity.fits(experts, [need])[need.pk][experts[0].pk] > before + 0.3
