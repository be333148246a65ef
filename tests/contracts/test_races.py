"""Races: budgets that always add up to the cap, ranks without ties, and who is cut."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.common.errors import Conflict, DomainError, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts import lanes, payments, races, services
from jiebang.contracts.models import Checkpoint, Contract, Race, Standing
from tests.contracts import steps
from tests.factories import (
    make_approver,
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=30)


def make_race(count=3, state="running", rules=None, each=200):
    """Return a race of so many contracts of 200, of which 20 may be asked for at once."""
    need = make_need("posted", call=make_call(rules or {}), bounty=Decimal(800))
    challenge = make_challenge("awarded", need=need)
    awards = []
    for lane in range(1, count + 1):
        bid = make_proposal("awarded", challenge=challenge)
        awards.append(make_award(bid, lane=lane, amount=Decimal(each), grant=Decimal(50)))
    for award in awards:
        contract = make_contract(state, award=award)
        contract.milestones.filter(position=1).update(upfront=20)
    return lanes.begin(challenge)


def scored(race, *scores):
    return [
        {"contract": each.pk, "score": Decimal(score), "opinion": "指标完成情况较好"}
        for each, score in zip(races.running(race), scores, strict=True)
    ]


def checkpoint_of(race, *scores, keep=1):
    officer = make_officer()
    made = races.plan(race=race, actor=officer, title="中期评比", due_on=SOON, keep=keep)
    return races.rank(checkpoint=made, actor=officer, rows=scored(race, *scores))


def books():
    row = Race.objects.get()
    return [*lanes.budgets(row), row.reserve]


def test_the_budgets_and_the_reserve_are_the_cap_whatever_anybody_writes():
    race = make_race()
    assert (books(), race.cap) == ([200, 200, 200, 200], 800)
    for wrong in ({"lane_1": 201}, {"reserve": 0}, {"lane_2": -1, "lane_1": 401}):
        with pytest.raises(IntegrityError, match="race_"), transaction.atomic():
            Race.objects.update(**wrong)
    assert books() == [200, 200, 200, 200]


def test_a_single_award_is_no_race_and_several_are_one():
    assert lanes.begin(make_award().challenge) is None
    race = make_race(2)
    assert lanes.begin(race.challenge) == race
    assert (Race.objects.count(), books()) == (1, [200, 200, 0, 400])


def test_those_behind_are_cut_and_what_they_did_not_draw_goes_to_the_reserve():
    race = make_race()
    first, second, third = races.running(race)
    steps.pay(second.milestones.first(), 20)
    checkpoint = checkpoint_of(race, 90, 70, 80, keep=2)
    races.decide(checkpoint=checkpoint, actor=make_approver(), note="按名次决定")

    assert books() == [200, 20, 200, 380]
    states = dict(Contract.objects.values_list("pk", "state"))
    assert states == {first.pk: "running", second.pk: "terminated", third.pk: "running"}
    rows = list(Standing.objects.values_list("contract", "place", "result", "freed"))
    assert rows == [
        (first.pk, 1, "stays", 0),
        (third.pk, 2, "stays", 0),
        (second.pk, 3, "cut", 180),
    ]
    assert race.challenge.state == "awarded"


def test_what_is_freed_may_be_merged_into_who_stays_with_the_work():
    race = make_race(2)
    first, second = races.running(race)
    steps.pay(second.milestones.first(), 20, 5)
    checkpoint = checkpoint_of(race, 90, 70)
    races.decide(checkpoint=checkpoint, actor=make_approver(), note="并入", merge_into=first.pk)
    row = Contract.objects.get(pk=first.pk)
    tranches = [stone.tranche for stone in row.milestones.all()]
    assert (row.amount, row.ceiling, row.grant, row.version) == (380, 380, 95, 1)
    assert (tranches, books()) == ([100, 280], [380, 20, 0, 400])
    assert Standing.objects.get(contract=second).merged_into == first


@pytest.mark.parametrize(
    ("scores", "field"),
    [((90, 90, 80), "rows"), ((101, 50, 40), "score-"), ((-1, 50, 40), "score-")],
)
def test_scores_are_between_0_and_100_and_never_tied(scores, field):
    race = make_race()
    with pytest.raises(Invalid) as caught:
        checkpoint_of(race, *scores)
    assert any(name.startswith(field) for name in caught.value.fields)
    assert not Standing.objects.exists()


def test_every_running_contract_is_ranked_once():
    race = make_race()
    made = races.plan(race=race, actor=make_officer(), title="评比", due_on=SOON, keep=1)
    rows = scored(race, 90, 80, 70)
    for wrong in (rows[:2], [*rows, rows[0]], []):
        with pytest.raises(Invalid):
            races.rank(checkpoint=made, actor=make_officer(), rows=wrong)
    assert Checkpoint.objects.get().state == "planned"


@pytest.mark.parametrize("keep", [0, 3, 4])
def test_a_checkpoint_keeps_some_and_not_all(keep):
    race = make_race()
    with pytest.raises(Invalid):
        races.plan(race=race, actor=make_officer(), title="评比", due_on=SOON, keep=keep)
    assert not Checkpoint.objects.exists()


def test_one_checkpoint_at_a_time_and_officers_rank_what_another_person_decides():
    race = make_race()
    with pytest.raises(NotAllowed):
        races.plan(race=race, actor=make_approver(), title="评比", due_on=SOON, keep=1)
    checkpoint = checkpoint_of(race, 90, 80, 70)
    with pytest.raises(Conflict):
        races.plan(race=race, actor=make_officer(), title="评比", due_on=SOON, keep=1)
    both = User.objects.get(pk=checkpoint.ranked_by_id)
    both.role_grants.create(role="approver")
    with pytest.raises(NotAllowed) as caught:
        races.decide(checkpoint=checkpoint, actor=both, note="按名次")
    assert caught.value.code == "same_person"
    with pytest.raises(Invalid):
        races.decide(checkpoint=checkpoint, actor=make_approver(), note="")
    assert Checkpoint.objects.get().state == "ranked"


def test_nobody_is_cut_over_open_payments_or_requests_and_nobody_merges_into_who_is_cut():
    race = make_race(2)
    first, second = races.running(race)
    checkpoint = checkpoint_of(race, 90, 70)
    before = books()
    with pytest.raises(Invalid):
        races.decide(checkpoint=checkpoint, actor=make_approver(), note="并", merge_into=second.pk)
    waiting = payments.request(
        milestone=second.milestones.first(),
        actor=make_user(unit=second.solver),
        amount=Decimal(5),
        purpose="启动",
    )
    with pytest.raises(RuleBroken) as caught:
        races.decide(checkpoint=checkpoint, actor=make_approver(), note="按名次")
    assert (caught.value.code, books()) == ("payments_open", before)
    payments.move(payment=waiting, action="decline", actor=make_approver(), note="评比期间")
    Contract.objects.filter(pk=first.pk).update(state="terminated")
    with pytest.raises(WrongState) as caught:
        races.decide(checkpoint=checkpoint, actor=make_approver(), note="按名次")
    assert (caught.value.code, books()) == ("ranking_outdated", before)


def test_a_contract_that_is_broken_off_gives_its_budget_back():
    race = make_race(2)
    steps.end(races.running(race)[0])
    assert books() == [0, 200, 0, 600]
    assert race.challenge.state == "awarded"


def test_each_contract_of_a_race_has_its_start_money():
    race = make_race(2, state="drafting", rules={"race_start_share": 10})
    contract = Contract.objects.order_by("pk").first()
    poster = make_user(unit=contract.poster)
    contract.milestones.update(upfront=0)
    with pytest.raises(Invalid, match="送签") as caught:
        services.move(contract=contract, action="propose", actor=poster)
    assert "启动经费至少 20.00 万元" in caught.value.fields["milestones"][0]
    contract.milestones.filter(position=1).update(upfront=20)
    services.move(contract=contract, action="propose", actor=poster)
    with pytest.raises(DomainError):
        services.write(contract=contract, actor=poster, data={"amount": 100}, milestones=[])
    assert books() == [race.lane_1, race.lane_2, 0, race.reserve]
