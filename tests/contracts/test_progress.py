"""Milestones: newest report, spending, experts, and the three decisions."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, Stale, WrongState
from jiebang.contracts import progress, queries, reporting
from jiebang.contracts.models import ChangeRequest, Contract, Milestone, StageOpinion
from jiebang.experts.models import Seat
from tests.factories import make_contract, make_officer, make_pooled, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def running():
    return make_contract("running")


@pytest.fixture
def stone(running):
    return running.milestones.first()


@pytest.fixture
def solver(running):
    return make_user(unit=running.solver)


@pytest.fixture
def poster(running):
    return make_user(unit=running.poster)


def reported(stone, solver, **more):
    stone.refresh_from_db()
    return progress.report(milestone=stone, actor=solver, summary="完成", measurements={}, **more)


def seated(contract, state="done"):
    expert, soon = make_pooled(), timezone.now() + 9 * DAY
    Seat.objects.create(
        expert=expert,
        challenge=contract.award.challenge,
        origin="hand",
        state=state,
        invited_by=make_officer(),
        answer_by=soon,
        review_by=soon,
    )
    return expert.user


def test_the_newest_report_counts_and_an_older_one_is_not_judged(stone, solver, poster):
    old = reported(stone, solver)
    new = reported(stone, solver)
    with pytest.raises(Stale) as caught:
        progress.judge(milestone=stone, action="confirm", actor=poster, report=old.pk)
    assert (caught.value.code, Milestone.objects.get(pk=stone.pk).state) == (
        "old_version",
        "reported",
    )
    progress.judge(milestone=stone, action="confirm", actor=poster, report=new.pk, note="好")
    new.refresh_from_db()
    assert (new.decision, new.opinion, new.judged_by) == ("confirm", "好", poster)


@pytest.mark.parametrize("days", [None, 0, -1, 601])
def test_rectifying_has_a_term_between_today_and_the_end(stone, solver, poster, days):
    reported(stone, solver)
    term = None if days is None else timezone.localdate() + days * DAY
    with pytest.raises(Invalid) as caught:
        progress.judge(
            milestone=stone, action="rectify", actor=poster, note="补测", rectify_by=term
        )
    assert caught.value.code == "term_required"
    assert Milestone.objects.get(pk=stone.pk).state == "reported"


def test_what_is_rectified_late_is_late_by_its_term_and_can_be_reported_again(
    stone, solver, poster
):
    reported(stone, solver)
    term = timezone.localdate() + 20 * DAY
    progress.judge(milestone=stone, action="rectify", actor=poster, note="补测", rectify_by=term)
    stone.refresh_from_db()
    assert (stone.state, stone.deadline) == ("rectifying", term)
    assert [stone.is_late(term), stone.is_late(term + DAY)] == [False, True]
    assert list(queries.late(term + DAY)) == [stone]
    reported(stone, solver)
    progress.judge(milestone=stone, action="confirm", actor=poster)
    stone.refresh_from_db()
    assert (stone.state, stone.rectify_by) == ("confirmed", None)
    with pytest.raises(IntegrityError, match="rectifying_has_a_term"), transaction.atomic():
        Milestone.objects.filter(pk=stone.pk).update(state="rectifying")


def test_giving_up_asks_the_bureau_to_terminate_and_decides_nothing_itself(stone, solver, poster):
    reported(stone, solver)
    with pytest.raises(Invalid):
        progress.judge(milestone=stone, action="give_up", actor=poster, note=" ")
    progress.judge(milestone=stone, action="give_up", actor=poster, note="路线走不通")
    request = ChangeRequest.objects.get()
    assert (request.kind, request.reason, request.state) == ("termination", "missed", "agreed")
    assert (Contract.objects.get().state, Milestone.objects.get(pk=stone.pk).state) == (
        "running",
        "reported",
    )
    with pytest.raises(Conflict):
        progress.judge(milestone=stone, action="give_up", actor=poster, note="再次")


@pytest.mark.parametrize(
    ("spent", "spending", "field"),
    [
        (100, {"item": {"equipment": 60, "labour": 39}}, "spent"),
        (None, {"source": {"grant": 1}}, "spent"),
        (100, {"item": {"gold": 100}}, "spending-item"),
        (100, {"source": {"equipment": 100}}, "spending-source"),
        (0, {"item": {"equipment": -5, "labour": 5}}, "spending-item"),
    ],
)
def test_spending_adds_up_by_item_and_by_source(stone, solver, spent, spending, field):
    rows = {
        axis: {code: Decimal(value) for code, value in row.items()}
        for axis, row in spending.items()
    }
    with pytest.raises(Invalid) as caught:
        reported(stone, solver, spent=None if spent is None else Decimal(spent), spending=rows)
    assert field in caught.value.fields
    assert not stone.reports.exists()


def test_own_money_that_lags_behind_the_grant_and_an_item_over_budget_are_warned_of(
    running, stone, solver
):
    Contract.objects.update(self_raised=200)
    running.budget.create(item="equipment", amount=30)
    rows = {
        "item": {"equipment": Decimal(40), "labour": Decimal(60)},
        "source": {"grant": Decimal(50), "own": Decimal(50)},
    }
    made = reported(stone, solver, spent=Decimal(100), spending=rows)
    assert reporting.warnings(Contract.objects.get(), made) == [
        "设备费累计支出 40.00 万元，超出预算 30.00 万元",
        "乙方自筹累计投入 50.00 万元，按财政补助的使用进度应到位 100.00 万元（承诺 200.00 万元）",
    ]
    Contract.objects.update(self_raised=100)
    assert len(reporting.warnings(Contract.objects.get(), made)) == 1


def test_where_the_contract_wants_experts_the_poster_waits_for_them(running, stone, solver, poster):
    running.milestones.filter(pk=stone.pk).update(expert_check=True)
    reported(stone, solver)
    expert, officer = seated(running), make_officer()

    def confirm():
        progress.judge(milestone=Milestone.objects.get(pk=stone.pk), action="confirm", actor=poster)

    with pytest.raises(RuleBroken) as caught:
        confirm()
    assert caught.value.code == "check_required"
    stone.refresh_from_db()
    assert list(queries.to_arrange_check()) == [stone]
    outsider = make_pooled().user
    with pytest.raises(RuleBroken) as caught:
        progress.ask_experts(milestone=stone, actor=officer, people=[outsider])
    assert caught.value.code == "not_on_the_panel"
    (opinion,) = progress.ask_experts(milestone=stone, actor=officer, people=[expert])
    assert list(queries.to_arrange_check()) == []
    for act, code in (
        (confirm, "check_open"),
        (lambda: reported(stone, solver), "check_open"),
        (
            lambda: progress.ask_experts(milestone=stone, actor=officer, people=[expert]),
            "asked_already",
        ),
    ):
        with pytest.raises((RuleBroken, WrongState, Conflict)) as caught:
            act()
        assert caught.value.code == code
    with pytest.raises(NotAllowed):
        progress.give_opinion(opinion=opinion, actor=outsider, advice="continue", text="好")
    with pytest.raises(Invalid):
        progress.give_opinion(opinion=opinion, actor=expert, advice="", text=" ")
    progress.give_opinion(opinion=opinion, actor=expert, advice="continue", text="进展符合预期")
    with pytest.raises(Conflict):
        progress.give_opinion(opinion=opinion, actor=expert, advice="rectify", text="改主意")
    assert StageOpinion.objects.get().advice == "continue"
    confirm()
    assert Milestone.objects.get(pk=stone.pk).state == "confirmed"


def test_experts_who_never_signed_or_are_no_longer_seated_are_not_asked(running):
    for state in ("invited", "declined", "barred"):
        seated(running, state)
    signed = seated(running, "undertaken")
    assert [each.user for each in queries.stage_experts(running)] == [signed]


def test_evidence_that_the_contract_asks_for_is_there_before_the_report(running, stone, solver):
    running.milestones.update(evidence_asked="检测报告")
    with pytest.raises(Invalid) as caught:
        reported(stone, solver)
    assert set(caught.value.fields) == {"evidence"}
