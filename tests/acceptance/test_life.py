"""An acceptance from the application to its conclusion, and what each conclusion brings with it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from jiebang.acceptance import conclusions, queries, services, tasks
from jiebang.acceptance.models import Acceptance, Assessment, Result, TrackItem
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken, Stale, WrongState
from jiebang.contracts.models import Contract
from jiebang.integrity.models import IntegrityRecord
from jiebang.library.models import TechNeed
from tests.acceptance import steps
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def kept():
    return (
        list(Acceptance.objects.values()),
        list(Contract.objects.values()),
        list(TrackItem.objects.values()),
    )


def test_a_passed_acceptance_ends_contract_challenge_and_need_and_plans_the_assessment():
    case = steps.make_case()
    TechNeed.objects.update(state="posted")

    made = steps.concluded(case)

    assert (made.state, made.conclusion, made.turn) == ("passed", "pass", 1)
    contract = Contract.objects.get()
    assert (contract.state, contract.acceptance_number) == ("accepted", made.number)
    assert Challenge.objects.get().state == "completed"
    assert TechNeed.objects.get().state == "exited"
    kinds = set(TrackItem.objects.values_list("kind", flat=True))
    assert kinds == {"accepted", "on_time"}
    assert Assessment.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("conclusion", "state", "of_contract", "kinds", "value"),
    [
        ("close", "closed", "concluded", {"closed", "on_time"}, "355"),
        ("fail", "failed", "failed", {"failed", "on_time"}, "10"),
    ],
)
def test_other_conclusions_end_it_their_way(conclusion, state, of_contract, kinds, value):
    case = steps.make_case()
    TechNeed.objects.update(state="posted")

    made = steps.concluded(case, conclusion, value=value)

    assert (made.state, Contract.objects.get().state) == (state, of_contract)
    assert set(TrackItem.objects.values_list("kind", flat=True)) == kinds
    assert not Assessment.objects.exists()
    assert not IntegrityRecord.objects.exists()


def test_revise_and_recheck_goes_round_once_with_the_same_panel():
    case = steps.make_case()
    TechNeed.objects.update(state="posted")

    made = steps.concluded(case, "revise")
    assert (made.state, made.turn, Contract.objects.get().state) == ("revising", 1, "running")
    steps.submit(case)
    assert steps.fresh(case).turn == 2
    steps.convene(case)
    steps.vote(case, "revise")
    before = kept()
    with pytest.raises(RuleBroken) as caught:
        steps.propose(case, "revise")
    assert (caught.value.code, kept()) == ("recheck_once", before)
    steps.propose(case, "close", departure="专家意见经复议，改作结题")
    assert steps.approve(case).state == "closed"
    assert queries.votes(steps.fresh(case)).count() == 2 * steps.PANEL


def test_who_applied_late_stays_late_after_a_recheck():
    case = steps.make_case()
    case.contract.ends_on = clock.today() + timedelta(days=1)
    case.contract.save()
    with clock.telling(clock.now() + timedelta(days=200)):
        steps.submit(case)
    steps.rate(case)
    steps.convene(case)
    steps.seat_panel(case)
    steps.vote(case, "revise")
    steps.propose(case, "revise")
    steps.approve(case)
    steps.submit(case)
    steps.convene(case)
    steps.vote(case, "close")
    steps.propose(case, "close")
    steps.approve(case)
    assert set(TrackItem.objects.values_list("kind", flat=True)) == {"closed", "late"}


def test_a_notice_runs_before_the_conclusion_takes_effect():
    case = steps.make_case(notice_days=5)
    TechNeed.objects.update(state="posted")
    made = steps.concluded(case)
    assert (made.state, Contract.objects.get().state) == ("notice", "running")
    before = kept()
    with pytest.raises(RuleBroken) as caught:
        conclusions.move(acceptance=made, action="pass", actor=case.approver)
    assert (caught.value.code, kept()) == ("notice_running", before)
    tasks.settle_due()
    assert kept() == before

    later = clock.local(clock.now()) + timedelta(days=30)
    with clock.telling(later):
        tasks.settle_due()
        tasks.settle_due()
    assert (Acceptance.objects.get().state, Contract.objects.get().state) == ("passed", "accepted")


def test_a_missed_binding_indicator_cannot_pass():
    case = steps.make_case()
    steps.to_votes(case, "pass", value="10")
    before = kept()
    with pytest.raises(RuleBroken, match="约束性指标") as caught:
        steps.propose(case, "pass")
    assert (caught.value.code, kept()) == ("core_indicator_missed", before)


def test_leaving_the_votes_takes_a_reason():
    case = steps.make_case()
    steps.to_votes(case, "pass", "pass", "close")
    before = kept()
    with pytest.raises(Invalid) as caught:
        steps.propose(case, "close")
    assert (set(caught.value.fields), kept()) == ({"departure"}, before)
    steps.propose(case, "close", departure="产业化条件尚不具备，宜作结题处理")


def test_without_enough_votes_nothing_is_proposed():
    case = steps.make_case()
    steps.submit(case)
    steps.rate(case)
    steps.convene(case)
    before = kept()
    with pytest.raises(RuleBroken) as caught:
        steps.propose(case)
    assert (caught.value.code, kept()) == ("panel_incomplete", before)


def test_nobody_approves_their_own_proposal():
    case = steps.make_case()
    both = make_officer()
    both.role_grants.create(role="approver")
    case.officer = both
    steps.to_votes(case)
    steps.propose(case)
    before = kept()
    with pytest.raises(NotAllowed) as caught:
        steps.approve(case, actor=both)
    assert (caught.value.code, kept()) == ("own_proposal", before)


def test_what_is_sent_back_is_proposed_anew_and_approved_by_another():
    case = steps.make_case()
    TechNeed.objects.update(state="posted")
    steps.to_votes(case)
    steps.propose(case)
    conclusions.move(
        acceptance=steps.fresh(case), action="send_back", actor=case.approver, note="理由不足"
    )
    assert steps.fresh(case).state == "reviewing"
    steps.propose(case)
    assert steps.approve(case).state == "passed"


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda case: case.contract.milestones.update(state="reported"), "milestones_open"),
        (lambda case: Result.objects.update(evidence=""), "application_incomplete"),
        (lambda case: Acceptance.objects.update(summary=""), "application_incomplete"),
        (lambda case: Acceptance.objects.update(spent=None), "application_incomplete"),
    ],
)
def test_an_incomplete_application_is_not_taken(prepare, code):
    case = steps.make_case()
    steps.write(case)
    prepare(case)
    before = kept()
    with pytest.raises((Invalid, RuleBroken)) as caught:
        services.submit(acceptance=steps.fresh(case), actor=case.solver)
    assert (caught.value.code, kept()) == (code, before)


def test_a_required_paper_must_lie_in_its_place():
    case = steps.make_case(papers=["audit"])
    steps.write(case)
    with pytest.raises(Invalid) as caught:
        services.submit(acceptance=steps.fresh(case), actor=case.solver)
    assert caught.value.fields == {"paper-audit": ["请上传审计报告"]}


def test_the_poster_is_heard_before_the_panel_meets():
    case = steps.make_case()
    steps.submit(case)
    with pytest.raises(RuleBroken) as caught:
        steps.convene(case)
    assert (caught.value.code, steps.fresh(case).state) == ("satisfaction_missing", "submitted")


def test_who_writes_over_newer_text_is_told():
    case = steps.make_case()
    made = steps.write(case)
    old = made.revision
    services.write(
        acceptance=made, actor=case.solver, revision=old, data={"summary": "新"}, results={}
    )
    with pytest.raises(Stale):
        services.write(
            acceptance=made, actor=case.solver, revision=old, data={"summary": "旧"}, results={}
        )
    assert Acceptance.objects.get().summary == "新"


def test_the_acceptance_ends_with_a_contract_that_is_given_up():
    case = steps.make_case()
    steps.submit(case)
    Contract.objects.update(state="terminated")
    case.contract.refresh_from_db()
    services.follow(contract=case.contract)
    assert steps.fresh(case).state == "cancelled"


def test_a_new_end_of_the_contract_moves_the_day_it_is_due():
    case = steps.make_case(due_months=3)
    made = services.open_for(contract=case.contract)
    case.contract.ends_on += timedelta(days=60)
    case.contract.save()
    services.follow(contract=case.contract)
    assert steps.fresh(case).due_on > made.due_on


def test_a_failed_acceptance_proposes_an_integrity_record_that_an_officer_enters():
    case = steps.make_case()
    TechNeed.objects.update(state="posted")
    made = steps.concluded(case, "fail", value="10")
    assert made.integrity == "proposed"
    record = conclusions.enter_integrity(
        acceptance=made, actor=case.officer, conduct="验收不通过", sanction="no_projects",
        holds_until=clock.today() + timedelta(days=365),
    )  # fmt: skip
    assert (record.unit, record.document, record.source) == (
        case.contract.solver,
        made.number,
        "contract",
    )
    assert Acceptance.objects.get().integrity == "entered"
    with pytest.raises(WrongState):
        conclusions.drop_integrity(acceptance=made, actor=case.officer, note="不必")
    assert IntegrityRecord.objects.count() == 1


def test_the_ledger_holds_every_step_and_names_what_was_touched():
    case = steps.make_case()
    TechNeed.objects.update(state="posted")
    steps.concluded(case)
    call_command("verify_ledger")

    Acceptance.objects.update(reason="改过的理由，足够长的一句话")

    with pytest.raises(CommandError):
        call_command("verify_ledger")
