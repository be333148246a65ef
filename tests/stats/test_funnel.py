"""The funnel, added up by hand for a small city, and the same numbers cut three ways."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.audit import services as audit
from jiebang.challenges import services as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.library.models import NeedVersion
from jiebang.library.states import State
from jiebang.proposals.states import State as BidState
from jiebang.stats import queries
from jiebang.stats.stages import Stage
from tests.factories import (
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_district,
    make_field,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def need_at(stage, call, **fields):
    """A need that came exactly as far as the stage."""
    if stage == Stage.COLLECTED:
        return make_need(State.SUBMITTED, call=call, **fields)
    if stage == Stage.LIBRARY:
        return make_need(State.IN_LIBRARY, call=call, **fields)
    need = make_need(State.POSTED, call=call, **fields)
    if stage in (Stage.POSTED, Stage.BID):
        challenge = make_challenge(need=need)
        make_proposal(
            BidState.SUBMITTED if stage == Stage.BID else BidState.DRAFT, challenge=challenge
        )
        return need
    challenge = make_challenge(ChallengeState.AWARDED, need=need)
    award = make_award(make_proposal(BidState.AWARDED, challenge=challenge), amount=Decimal(500))
    if stage == Stage.RUNNING:
        make_contract("running", award=award)
    if stage == Stage.ACCEPTED:
        make_contract("accepted", award=award)
    return need


def counts(steps):
    return [step.count for step in steps]


def test_the_funnel_counts_what_ever_reached_each_step_with_its_money():
    call = make_call()
    for stage in Stage:
        need_at(stage, call)
    make_need(State.DRAFT, call=call)
    make_need(State.WITHDRAWN, call=call)

    steps = queries.funnel()

    assert [step.stage for step in steps] == list(Stage)
    assert counts(steps) == [7, 6, 5, 4, 3, 2, 1]
    assert [(step.money_label, step.money) for step in steps] == [
        ("拟投入", 8400),
        ("拟投入", 7200),
        ("榜单金额", 4000),
        ("榜单金额", 3200),
        ("中榜金额", 1500),
        ("合同金额", 1000),
        ("合同金额", 500),
    ]


def test_a_city_without_needs_has_a_funnel_of_zeros():
    assert [(step.count, step.money) for step in queries.funnel()] == [(0, 0)] * 7


@pytest.mark.parametrize(
    ("state", "reached"),
    [
        (State.RETURNED, [1, 0, 0, 0, 0, 0, 0]),
        (State.REJECTED, [1, 0, 0, 0, 0, 0, 0]),
        (State.LAPSED, [1, 1, 0, 0, 0, 0, 0]),
        (State.WITHDRAWN, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_what_ended_early_counts_where_it_had_come(state, reached):
    make_need(state)

    assert counts(queries.funnel()) == reached


def test_a_terminated_contract_was_awarded_and_ran_only_if_it_was_ever_signed():
    for signed_at in (None, timezone.now()):
        challenge = make_challenge(ChallengeState.FAILED)
        award = make_award(make_proposal(BidState.AWARDED, challenge=challenge))
        make_contract("terminated", award=award, signed_at=signed_at)

    assert counts(queries.funnel()) == [2, 2, 2, 2, 2, 1, 0]


def test_a_need_awarded_twice_is_one_need_with_the_money_of_the_last_award():
    need = make_need(State.POSTED)
    for amount in (300, 450):
        challenge = make_challenge(ChallengeState.FAILED, need=need)
        bid = make_proposal(BidState.AWARDED, challenge=challenge)
        make_contract(
            "terminated",
            award=make_award(bid, amount=Decimal(amount)),
            signed_at=timezone.now(),
        )

    steps = queries.funnel()

    assert counts(steps) == [1, 1, 1, 1, 1, 1, 0]
    assert [step.money for step in steps[4:]] == [450, 450, 0]


def test_a_challenge_that_waits_for_its_day_is_not_on_the_board():
    make_challenge(ChallengeState.SCHEDULED)

    assert counts(queries.funnel()) == [1, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("opens_in", "posted"), [(0, 1), (5, 0)])
def test_a_withdrawn_challenge_counts_if_it_had_been_opened(opens_in, posted):
    officer, need = make_officer(), make_need(State.IN_LIBRARY)
    opens_at = timezone.now() + timedelta(days=opens_in)
    challenge = challenges.post(
        need=need, actor=officer, opens_at=opens_at, closes_at=opens_at + timedelta(days=30)
    )
    challenges.move(challenge=challenge, action="withdraw", actor=officer, note="指标有误")

    assert counts(queries.funnel()) == [1, 1, posted, 0, 0, 0, 0]


def test_one_call_counts_only_its_own():
    spring, autumn = make_call(), make_call()
    need_at(Stage.RUNNING, spring)
    need_at(Stage.LIBRARY, autumn)

    assert counts(queries.funnel(spring)) == [1, 1, 1, 1, 1, 1, 0]
    assert counts(queries.funnel(autumn)) == [1, 1, 0, 0, 0, 0, 0]
    assert [(g.label, g.counts[Stage.COLLECTED]) for g in queries.by_call()] == [
        (spring.name, 1),
        (autumn.name, 1),
    ]


def test_fields_and_districts_are_counted_by_their_top_and_the_groups_add_up_to_the_funnel():
    top, call = make_field("F1", "新材料"), make_call()
    branch = make_field("F1-1", "高分子材料")
    branch.parent = top
    branch.save()
    other = make_field("F2", "新型显示")
    hilly = make_unit(district=make_district("T2", "丘陵镇"))
    need_at(Stage.AWARDED, call, tech_field=branch)
    need_at(Stage.COLLECTED, call, tech_field=top)
    need_at(Stage.POSTED, call, tech_field=other, owner=hilly)

    fields, districts = queries.by_field(call), queries.by_district(call)

    assert [(g.code, g.label, *g.counts.values()) for g in fields] == [
        ("F1", "新材料", 2, 1, 1, 1, 1, 0, 0),
        ("F2", "新型显示", 1, 1, 1, 0, 0, 0, 0),
    ]
    assert [(g.label, *g.counts.values()) for g in districts] == [
        ("松木镇", 2, 1, 1, 1, 1, 0, 0),
        ("丘陵镇", 1, 1, 1, 0, 0, 0, 0),
    ]
    for groups in (fields, districts):
        total = [sum(group.counts[stage] for group in groups) for stage in Stage]
        assert total == counts(queries.funnel(call))


def test_a_month_counts_what_happened_in_it():
    call, user = make_call(), make_user()
    noon = timezone.localtime().replace(year=2026, month=3, day=31, hour=23, minute=30)
    with clock.telling(noon):
        handed_in = make_need(State.SUBMITTED, call=call)
        NeedVersion.objects.create(need=handed_in, number=1, content={}, submitted_by=user)
        NeedVersion.objects.create(need=handed_in, number=2, content={}, submitted_by=user)
        admitted = make_need(State.APPRAISAL, call=call)
        audit.advance(thing=admitted, action="admit", actor=user, note="会议审定")
        make_challenge(need=make_need(State.POSTED, call=call), opens_at=noon)
        make_award(
            make_proposal(BidState.AWARDED, challenge=make_challenge(ChallengeState.AWARDED))
        )

    with clock.telling(noon + timedelta(hours=1)):  # in the next month by the city's clock
        march, april = queries.monthly(2)
        only_this_call = queries.monthly(2, call)

    assert (march.first, april.first) == (date(2026, 3, 1), date(2026, 4, 1))
    happened = {stage: count for stage, count in march.counts.items() if count}
    assert happened == {Stage.COLLECTED: 1, Stage.LIBRARY: 1, Stage.POSTED: 1, Stage.AWARDED: 1}
    assert set(april.counts.values()) == {0}
    assert only_this_call[0].counts[Stage.AWARDED] == 0


@pytest.mark.parametrize(
    ("ask", "expected"),
    [(queries.funnel, 1), (queries.by_field, 1), (queries.by_district, 1), (queries.monthly, 7)],
)
def test_more_needs_take_no_more_queries(django_assert_num_queries, ask, expected):
    for rows in (1, 2):
        for _ in range(rows):
            need_at(Stage.ACCEPTED, make_call())
        with django_assert_num_queries(expected):
            ask()
