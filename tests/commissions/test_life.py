"""The chain of a commission: draft, approval, minutes, notice, effect, contract; refusals."""

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.commissions import decisions, services
from jiebang.commissions.models import Commission, Item, Version
from jiebang.commissions.states import LIFE, RUNNING, State
from jiebang.commissions.tasks import conclude_due
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts import services as contracts
from jiebang.contracts.models import Contract
from jiebang.library.models import TechNeed
from tests.commissions import steps
from tests.factories import (
    make_approver,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def everything():
    kinds = (Entry, Version, Item, Contract)
    needs = list(TechNeed.objects.order_by("pk").values("pk", "state"))
    return (
        list(Commission.objects.order_by("pk").values()),
        needs,
        [k.objects.count() for k in kinds],
    )


def refused(kind, code, act):
    """Say that the call was refused by this code and that nothing was written."""
    before = everything()
    with pytest.raises(kind) as refusal:
        act()
    assert (refusal.value.code, everything()) == (code, before)
    return refusal.value


def test_from_draft_to_contract_over_the_notice():
    with clock.telling(steps.at(11, 23)):
        made = steps.notice()
        (need,) = made.needs
        assert (made.state, f"{made.notice_ends_on}") == ("notice", "2026-11-30")
        assert need.state == "commissioned"
        said = refused(RuleBroken, "notice_running", lambda: decisions.conclude(commission=made))
        assert "2026年11月30日" in str(said)
    with clock.telling(steps.at(11, 30, 23)):
        conclude_due()
        assert not Contract.objects.exists()
    with clock.telling(steps.at(12, 1, 0)):
        conclude_due()
    made = Commission.objects.get()
    contract = Contract.objects.get()
    assert made.state == "effective"
    assert (contract.commission, contract.amount) == (made, made.amount)
    assert (contract.poster, contract.solver) == (need.owner, made.candidate)
    assert contract.needs == [need]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"cause": ""}, {"cause"}),
        ({"reason": ""}, {"reason"}),
        ({"reason": "只此一家"}, {"reason"}),
        ({"amount": 0}, {"amount"}),
        ({"grant": 700}, {"grant"}),
        ({"term_months": 0}, {"term_months"}),
        ({"title": ""}, {"title"}),
        ({"kind": "package"}, {"needs", "parts"}),
        ({"cause": "package"}, {"cause"}),
    ],
)
def test_a_draft_without_cause_reason_or_sound_money_is_refused_at_the_field(fields, faults):
    need, officer, unit = make_need("in_library"), make_officer(), make_university()
    said = refused(
        Invalid,
        "commission_invalid",
        lambda: steps.draft(needs=[need], actor=officer, candidate=unit, **fields),
    )
    assert set(said.fields) == faults


def test_the_reason_is_as_long_as_the_call_wants():
    need = make_need("in_library", call=make_call(rules={"commission_reason_length": 5}))
    steps.draft(needs=[need], reason="只此一家单位")
    assert Commission.objects.get().reason == "只此一家单位"


def test_money_of_sub_projects_and_members_adds_up_exactly():
    assert steps.package().parts.count() == 2
    for wrong in ({"amounts": (400, 199)}, {"shares": (350, 251)}):
        with pytest.raises(Invalid) as refusal:
            steps.package(**wrong)
        (sentence,) = next(iter(refusal.value.fields.values()))
        assert "1.00 万元，须完全相等" in sentence
    assert Commission.objects.count() == 1


def test_only_an_officer_outside_the_parties_drafts():
    need, unit = make_need("in_library"), make_university()
    for actor, code in (
        (make_approver(), "role_required"),
        (make_user(PlatformRole.OFFICER, unit=unit), "recusal"),
        (make_user(PlatformRole.OFFICER, unit=need.owner), "recusal"),
    ):
        refused(
            NotAllowed, code, lambda a=actor: steps.draft(needs=[need], actor=a, candidate=unit)
        )


@pytest.mark.parametrize("standing", ["scheduled", "open", "closed", "awarded"])
def test_nothing_is_commissioned_while_a_round_runs_on_the_need(standing):
    challenge = make_challenge(standing)
    officer, unit = make_officer(), make_university()
    refused(
        RuleBroken,
        "open_round_running",
        lambda: steps.draft(needs=[challenge.need], actor=officer, candidate=unit),
    )


def test_a_round_withdrawn_with_bids_in_it_opens_no_way_round_and_a_failed_one_does():
    need = make_need("in_library")
    challenge = make_challenge("withdrawn", need=need)
    make_proposal("submitted", challenge=challenge)
    officer, unit = make_officer(), make_university()
    start = lambda: steps.draft(  # noqa: E731
        needs=[need], actor=officer, candidate=unit, cause="failed_round"
    )
    refused(RuleBroken, "round_withdrawn_with_bids", start)
    make_challenge("failed", need=need)
    assert steps.propose(start()).state == "proposed"


def test_a_failed_round_as_cause_needs_one():
    made = steps.draft(cause="failed_round")
    steps.support(made)
    officer = make_officer()
    refused(
        RuleBroken,
        "no_failed_round",
        lambda: decisions.propose(commission=made, actor=officer),
    )


def test_a_need_belongs_to_one_running_commission():
    need = make_need("in_library")
    first, second = steps.draft(needs=[need]), steps.draft(needs=[need])
    steps.support(second)
    steps.propose(first)
    officer = make_officer()
    refused(
        Conflict,
        "commissioned_already",
        lambda: decisions.propose(commission=Commission.objects.get(pk=second.pk), actor=officer),
    )


def test_nobody_approves_their_own_proposal_and_nobody_of_the_candidate():
    both = make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    made = steps.propose(actor=both)
    refused(NotAllowed, "own_proposal", lambda: steps.move(made, "approve", both))
    insider = make_user(PlatformRole.APPROVER, unit=made.candidate)
    refused(NotAllowed, "recusal", lambda: steps.move(made, "approve", insider))
    steps.move(made, "approve")
    assert Commission.objects.get().state == "approved"


def test_without_enough_experts_who_find_competition_pointless_nothing_is_proposed():
    made, officer = steps.draft(), make_officer()
    propose = lambda: decisions.propose(commission=made, actor=officer)  # noqa: E731
    refused(RuleBroken, "opinions_missing", propose)
    steps.support(made)
    steps.support(made, "possible")
    refused(RuleBroken, "opinions_against", propose)
    steps.support(made)
    propose()
    assert Commission.objects.get().state == "proposed"


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"minutes_number": " "}, {"minutes_number"}),
        ({"minutes_on": None}, {"minutes_on"}),
        ({"members": ["陈一", "陈一", "陈二"]}, {"members"}),
    ],
)
def test_a_collective_decision_has_number_date_and_members(fields, faults):
    made, actor = steps.approve(steps.propose()), make_approver()
    said = refused(Invalid, "minutes_incomplete", lambda: steps.resolve(made, actor, **fields))
    assert set(said.fields) == faults


@pytest.mark.parametrize(
    ("action", "actor", "state"),
    [
        ("withdraw", make_officer, "withdrawn"),
        ("reject", make_approver, "rejected"),
    ],
)
def test_what_is_withdrawn_or_rejected_lets_its_needs_go(action, actor, state):
    made, who = steps.propose(), actor()
    refused(Invalid, "reason_required", lambda: steps.move(made, action, who, note=" "))
    steps.move(made, action, who, note="另行张榜更为合适")
    assert Commission.objects.get().state == state
    assert TechNeed.objects.get().state == "in_library"
    assert not Item.objects.filter(running=True).exists()


def test_what_is_locked_is_not_written():
    made, officer = steps.propose(), make_officer()
    refused(
        WrongState,
        "wrong_state",
        lambda: services.write(
            commission=made,
            actor=officer,
            data=steps.data(candidate=made.candidate),
            needs=made.needs,
        ),
    )


@pytest.mark.parametrize(
    ("action", "state", "need"),
    [
        ("passed", "completed", "exited"),
        ("closed", "completed", "exited"),
        ("failed", "released", "in_library"),
        ("terminate", "released", "in_library"),
    ],
)
def test_the_end_of_the_contract_ends_the_commission(action, state, need):
    steps.effective()
    contract = Contract.objects.get()
    if action != "terminate":
        Contract.objects.filter(pk=contract.pk).update(state="running")
        contract.refresh_from_db()
    if action == "terminate":
        contracts.move(contract=contract, action=action, actor=make_approver(), note="按约定办理")
    else:
        contracts.conclude(
            contract=contract, outcome=action, actor=make_approver(), acceptance_number="YS-1"
        )
    assert Commission.objects.get().state == state
    assert TechNeed.objects.get().state == need
    assert not Item.objects.filter(running=True).exists()


def test_a_package_of_several_owners_has_no_poster_and_one_of_one_owner_has():
    assert steps.package().poster is None
    call, owner = make_call(), make_unit()
    needs = [make_need("in_library", call=call, owner=owner) for _ in range(2)]
    lead = make_university()
    parts = [{"title": "子课题", "unit": lead, "amount": 300, "needs": [need]} for need in needs]
    made = steps.draft(kind="package", cause="package", candidate=lead, parts=parts)
    assert made.poster == owner


def test_every_state_that_runs_holds_and_every_other_does_not():
    assert set(State) - RUNNING == {
        State.DRAFT, State.COMPLETED, State.RELEASED, State.WITHDRAWN, State.REJECTED,
        State.CANCELLED,
    }  # fmt: skip
    assert {step.target for step in LIFE} == set(State) - {State.DRAFT}
