"""Budget, team and schedule: they add up, nobody is promised twice, drafts may be unfinished."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiebang.common.errors import Invalid
from jiebang.proposals import checks, services, snapshots
from jiebang.proposals.models import BudgetRow, Proposal, TeamRow
from jiebang.proposals.states import BudgetItem, State
from tests.factories import make_call, make_challenge, make_need, make_proposal

pytestmark = pytest.mark.django_db


def saved(proposal, **tables):
    services.save(proposal=proposal, actor=proposal.author, data={}, tables=tables)
    return Proposal.objects.get(pk=proposal.pk)


def test_a_draft_may_be_unfinished_and_says_what_it_lacks_at_its_cell():
    bid = saved(
        make_proposal(),
        team=[{"name": "林之远"}, {"share": 30}],
        schedule=[{"stage": "小试", "months": 30, "goal": ""}],
    )
    assert checks.missing(bid) == {
        "team-0-share": ["请填写林之远的投入工时占比"],
        "team-1-name": ["请填写姓名"],
        "schedule-0-goal": ["请填写第 1 阶段的阶段目标"],
        "schedule-0-months": ["各阶段合计 30 个月，超过完成期限 20 个月"],
    }


@pytest.mark.parametrize(
    ("tables", "cell"),
    [
        ({"budget": [{"item": "people", "own": Decimal(-1)}]}, "budget-0-own"),
        ({"budget": [{"item": "people"}, {"item": "people"}]}, "budget-1-item"),
        ({"budget": [{"item": "gold"}]}, "budget-0-item"),
        ({"team": [{"name": "林"}, {"name": "王", "share": 101}]}, "team-1-share"),
        ({"team": [{"name": "林", "share": 0}]}, "team-0-share"),
        ({"schedule": [{"stage": "长" * 41}]}, "schedule-0-stage"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_cell_and_nothing_is_kept(tables, cell):
    bid = make_proposal()
    with pytest.raises(Invalid) as caught:
        saved(bid, **tables)
    assert (caught.value.code, list(caught.value.fields)) == ("rows_invalid", [cell])
    assert (BudgetRow.objects.count(), TeamRow.objects.count()) == (0, 0)
    assert Proposal.objects.get().revision == 0


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=len(BudgetItem)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_amounts_add_up_exactly(millionths):
    amounts = [Decimal(each).scaleb(-6) for each in millionths]
    bid = make_proposal(asked_amount=sum(amounts))
    items = zip(BudgetItem.values, amounts, strict=False)
    bid = saved(bid, budget=[{"item": item, "poster": amount} for item, amount in items])
    assert checks.missing(bid) == {}
    Proposal.objects.filter(pk=bid.pk).update(asked_amount=sum(amounts) + Decimal("0.000001"))
    bid.refresh_from_db()
    assert list(checks.missing(bid)) == [f"budget-{len(amounts) - 1}-poster"]


def test_a_person_gives_no_more_than_the_whole_of_their_time():
    bid = saved(make_proposal(), team=[{"name": "林", "share": 60}, {"name": "林", "share": 41}])
    assert checks.missing(bid) == {"team-1-share": ["林在本揭榜书中投入工时合计超过 100%"]}


@pytest.mark.parametrize("state", State)
def test_time_promised_in_running_solutions_of_the_same_unit_counts(state):
    need = make_need("posted", call=make_call(rules={"max_time_share": 100}))
    bid = make_proposal(challenge=make_challenge(need=need))
    other = make_proposal(state, lead=bid.lead)
    TeamRow.objects.create(proposal=other, name="林", share=70)
    stranger = make_proposal(State.SUBMITTED)  # somebody else of the same name
    TeamRow.objects.create(proposal=stranger, name="林", share=70)

    gaps = checks.missing(saved(bid, team=[{"name": "林", "share": 40}]))

    counts = state in (State.SUBMITTED, State.AWARDED)
    said = ["林在各揭榜书中投入工时合计 110%，超过本批次上限 100%"]
    assert gaps == ({"team-0-share": said} if counts else {})


def test_a_call_may_want_all_tables():
    need = make_need("posted", call=make_call(rules={"require_bid_tables": 1}))
    bid = make_proposal(challenge=make_challenge(need=need))
    assert set(checks.missing(bid)) == {
        "budget", "team_rows", "schedule_rows", *checks.BY_TABLES,
    }  # fmt: skip


def test_two_versions_differ_row_by_row_in_words():
    bid = make_proposal(relation="none")
    before = snapshots.take(bid)
    bid.relation, bid.trl_end = "some", 8
    bid = saved(bid, budget=[{"item": "people", "poster": Decimal(600)}])
    bid.relation = "some"
    changes = snapshots.differences(before, snapshots.take(bid))
    assert [(c.label, c.before, c.after) for c in changes] == [
        ("关联关系声明", "与发榜方无关联关系", "存在关联单位，已列明"),
        ("经费预算第 1 行", "", "科目：人员；发榜方：600"),
    ]
