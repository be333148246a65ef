"""Contracts and milestones: every state, every action, every side."""

from decimal import Decimal

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.models import Challenge
from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.contracts import policies, services
from jiebang.contracts.models import Contract, Milestone, MilestoneReport, Signature
from jiebang.contracts.states import Action, MilestoneAction, MilestoneState, Side, State
from jiebang.library.models import TechNeed
from tests.factories import (
    make_approver,
    make_award,
    make_challenge,
    make_contract,
    make_need,
    make_officer,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db

PATHS = {
    (State.DRAFTING, Action.PROPOSE): State.SIGNING,
    (State.SIGNING, Action.REOPEN): State.DRAFTING,
    (State.DRAFTING, Action.TERMINATE): State.TERMINATED,
    (State.SIGNING, Action.TERMINATE): State.TERMINATED,
}
OF_PEOPLE = [Action.PROPOSE, Action.REOPEN, Action.TERMINATE]


def stored(thing):
    return type(thing).objects.get(pk=thing.pk).state


def confirmed(contract):
    contract.milestones.update(state=MilestoneState.CONFIRMED)


def test_a_running_contract_is_terminated_on_request_and_not_at_once():
    contract = make_contract(State.RUNNING)
    with pytest.raises(WrongState) as caught:
        services.move(contract=contract, action="terminate", actor=make_approver(), note="停")
    assert (caught.value.code, stored(contract)) == ("by_request", State.RUNNING)


@pytest.mark.parametrize("action", OF_PEOPLE)
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(state, action):
    contract = make_contract(state)
    confirmed(contract)
    poster = make_user(unit=contract.poster)
    actor = poster if action in (Action.PROPOSE, Action.REOPEN) else make_approver()

    if target := PATHS.get((state, action)):
        services.move(contract=contract, action=action, actor=actor, note="理由")
    else:
        target = state
        with pytest.raises(WrongState):
            services.move(contract=contract, action=action, actor=actor, note="理由")

    assert stored(contract) == target
    ends = {State.TERMINATED: ("failed", "in_library")}
    expected = ends[target] if target != state and target in ends else ("awarded", "posted")
    assert (Challenge.objects.get().state, TechNeed.objects.get().state) == expected


def person(who, contract):
    match who:
        case "poster" | "solver":
            return make_user(unit=getattr(contract, who))
        case "poster editor" | "solver editor":
            return make_user(unit=getattr(contract, who.split()[0]), member_role="editor")
        case role:
            return make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")


PEOPLE = ["poster", "poster editor", "solver", "solver editor", *PlatformRole]
WHOSE = {
    Action.PROPOSE: {"poster", "poster editor"},
    Action.REOPEN: {"poster", "solver", PlatformRole.APPROVER},
    Action.ACTIVATE: {PlatformRole.OFFICER, PlatformRole.APPROVER},
    Action.ACCEPT: set(),
    Action.CONCLUDE: set(),
    Action.FAIL: set(),
    Action.TERMINATE: {PlatformRole.APPROVER},
    Action.REVOKE: set(),
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("action", Action)
def test_only_the_right_side_may(action, who):
    contract = make_contract(next(s for s in State if s in Contract.LIFE.steps[action].sources))
    state = contract.state
    actor = person(who, contract)

    assert bool(policies.may(actor, action, contract)) is (who in WHOSE[action])
    if who not in WHOSE[action]:
        with pytest.raises(NotAllowed):
            services.move(contract=contract, action=action, actor=actor, note="理由")
        assert stored(contract) == state


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("side", Side)
def test_each_side_signs_for_itself(side, who):
    contract = make_contract(State.SIGNING)
    signs = {Side.POSTER: "poster", Side.SOLVER: "solver", Side.BUREAU: PlatformRole.APPROVER}
    actor = person(who, contract)

    if who == signs[side]:
        services.sign(contract=contract, actor=actor, side=side)
        with pytest.raises(Conflict):
            services.sign(contract=contract, actor=actor, side=side)
        assert [s.side for s in Signature.objects.all()] == [side]
    else:
        with pytest.raises(NotAllowed):
            services.sign(contract=contract, actor=actor, side=side)
        assert not Signature.objects.exists()
    assert stored(contract) == State.SIGNING


def test_the_last_signature_starts_the_contract_and_reopening_clears_them_all():
    contract = make_contract(State.SIGNING)
    poster, solver = make_user(unit=contract.poster), make_user(unit=contract.solver)
    services.sign(contract=contract, actor=poster, side=Side.POSTER)
    services.sign(contract=contract, actor=solver, side=Side.SOLVER)

    services.move(contract=contract, action="reopen", actor=solver, note="首付比例有误")
    assert (stored(contract), Signature.objects.count()) == (State.DRAFTING, 0)

    services.move(contract=contract, action="propose", actor=poster)
    for actor, side in ((make_approver(), "bureau"), (solver, "solver"), (poster, "poster")):
        services.sign(contract=contract, actor=actor, side=side)
    row = Contract.objects.get()
    assert (row.state, row.signed_at is not None) == (State.RUNNING, True)


def test_the_last_signature_starts_the_contract_whenever_its_page_was_opened():
    contract = make_contract(State.SIGNING)
    poster, solver = make_user(unit=contract.poster), make_user(unit=contract.solver)
    pages = [Contract.objects.get() for _ in Side]
    signers = ((make_approver(), "bureau"), (solver, "solver"), (poster, "poster"))
    for page, (actor, side) in zip(pages, signers, strict=True):
        services.sign(contract=page, actor=actor, side=side)
    assert stored(contract) == State.RUNNING


def test_nobody_signs_for_two_sides():
    contract = make_contract(State.SIGNING)
    both = make_user(unit=contract.poster)
    contract.solver.memberships.create(user=both, role="administrator")
    services.sign(contract=contract, actor=both, side=Side.POSTER)
    with pytest.raises(NotAllowed) as caught:
        services.sign(contract=contract, actor=both, side=Side.SOLVER)
    assert (caught.value.code, Signature.objects.count()) == ("signed_for_another", 1)


@pytest.mark.parametrize("state", sorted(set(State) - {State.SIGNING}))
def test_a_contract_is_signed_while_it_lies_open_for_it(state):
    contract = make_contract(state)
    with pytest.raises(WrongState):
        services.sign(contract=contract, actor=make_user(unit=contract.poster), side="poster")
    assert not Signature.objects.exists()


@pytest.mark.parametrize("state", MilestoneState)
@pytest.mark.parametrize("action", MilestoneAction)
def test_every_pair_of_milestone_state_and_action(state, action):
    contract = make_contract(State.RUNNING)
    milestone = contract.milestones.first()
    Milestone.objects.filter(pk=milestone.pk).update(
        state=state, rectify_by=contract.ends_on if state == "rectifying" else None
    )
    milestone.refresh_from_db()
    MilestoneReport.objects.create(
        milestone=milestone, summary="上一次", reported_by=make_user(unit=contract.solver)
    )
    paths = {
        (MilestoneState.PENDING, MilestoneAction.REPORT): MilestoneState.REPORTED,
        (MilestoneState.RETURNED, MilestoneAction.REPORT): MilestoneState.REPORTED,
        (MilestoneState.RECTIFYING, MilestoneAction.REPORT): MilestoneState.REPORTED,
        (MilestoneState.REPORTED, MilestoneAction.REPORT): MilestoneState.REPORTED,
        (MilestoneState.REPORTED, MilestoneAction.RETURN): MilestoneState.RETURNED,
        (MilestoneState.REPORTED, MilestoneAction.CONFIRM): MilestoneState.CONFIRMED,
        (MilestoneState.REPORTED, MilestoneAction.RECTIFY): MilestoneState.RECTIFYING,
        (MilestoneState.REPORTED, MilestoneAction.GIVE_UP): MilestoneState.REPORTED,
    }

    def act():
        if action == MilestoneAction.REPORT:
            solver = make_user(unit=contract.solver)
            services.report(milestone=milestone, actor=solver, summary="完成", measurements={})
        else:
            poster = make_user(unit=contract.poster)
            term = {"rectify_by": contract.ends_on} if action == "rectify" else {}
            services.judge(milestone=milestone, action=action, actor=poster, note="意见", **term)

    if target := paths.get((state, action)):
        act()
    else:
        target = state
        with pytest.raises(WrongState):
            act()
    assert stored(milestone) == target
    assert contract.milestones.count() == 2


def test_nobody_accepts_by_hand():
    contract = make_contract(State.RUNNING)
    with pytest.raises(NotAllowed) as caught:
        services.move(contract=contract, action="accept", actor=make_approver(), note="好")
    assert (caught.value.code, stored(contract)) == ("by_acceptance", State.RUNNING)


def test_a_report_answers_every_indicator_and_confirming_releases_the_tranche():
    contract = make_contract(State.RUNNING)
    milestone = contract.milestones.last()
    (indicator,) = milestone.indicators.all()
    solver, poster = make_user(unit=contract.solver), make_user(unit=contract.poster)

    with pytest.raises(Invalid) as caught:
        services.report(milestone=milestone, actor=solver, summary=" ", measurements={})
    assert set(caught.value.fields) == {"summary", f"measured-{indicator.pk}"}
    assert (stored(milestone), MilestoneReport.objects.count()) == (MilestoneState.PENDING, 0)

    measured = {indicator.pk: {"value": Decimal(340), "evidence": "检测报告"}}
    services.report(milestone=milestone, actor=solver, summary="完成", measurements=measured)
    services.judge(milestone=milestone, action="confirm", actor=poster, note="符合约定")

    report = MilestoneReport.objects.get()
    row = report.measurements.get()
    assert (row.measured, row.indicator.is_met_by(row.value)) == ("340 Wh/kg", False)
    assert (report.opinion, Contract.objects.get().released) == ("符合约定", Decimal(300))


@pytest.mark.parametrize("state", sorted(set(State) - {State.RUNNING}))
def test_progress_is_reported_and_judged_while_the_contract_runs(state):
    contract = make_contract(state)
    milestone = contract.milestones.first()
    solver, poster = make_user(unit=contract.solver), make_user(unit=contract.poster)
    with pytest.raises(WrongState):
        services.report(milestone=milestone, actor=solver, summary="完成", measurements={})
    with pytest.raises(WrongState):
        services.judge(milestone=milestone, action="confirm", actor=poster)
    assert stored(milestone) == MilestoneState.PENDING


def test_solver_reports_and_poster_judges_and_not_the_other_way_round():
    contract = make_contract(State.RUNNING)
    milestone = contract.milestones.first()
    solver, poster = make_user(unit=contract.solver), make_user(unit=contract.poster)
    with pytest.raises(NotAllowed):
        services.report(milestone=milestone, actor=poster, summary="完成", measurements={})
    services.report(milestone=milestone, actor=solver, summary="完成", measurements={})
    for actor in (solver, make_officer()):
        with pytest.raises(NotAllowed):
            services.judge(milestone=milestone, action="confirm", actor=actor)
    assert stored(milestone) == MilestoneState.REPORTED


def test_a_contract_is_read_by_its_parties_and_the_bureau():
    contract = make_contract()
    readers = {"poster", "poster editor", "solver", "solver editor"}
    readers |= {PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR}
    for who in PEOPLE:
        assert policies.may_read(person(who, contract), contract) is (who in readers)
    rival = make_proposal(challenge=make_challenge(need=make_need("posted"))).author
    assert not policies.may_read(rival, contract)
    assert not policies.may_read(None, contract)


def test_drawing_up_twice_gives_the_same_contract():
    award = make_award()
    assert services.draw_up(award=award) == services.draw_up(award=award)
    assert Contract.objects.count() == 1
