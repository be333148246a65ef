"""What an acceptance concludes about a contract, and what follows for its challenge."""

import pytest

from jiebang.audit.models import Entry
from jiebang.challenges.models import Challenge
from jiebang.common.errors import Invalid, RuleBroken, WrongState
from jiebang.contracts import services
from jiebang.contracts.models import Contract
from jiebang.contracts.states import MilestoneState, Outcome, State
from tests.factories import make_approver, make_contract

pytestmark = pytest.mark.django_db

BECOMES = {
    Outcome.PASSED: (State.ACCEPTED, "completed"),
    Outcome.CLOSED: (State.CONCLUDED, "completed"),
    Outcome.FAILED: (State.FAILED, "failed"),
}


def concluded(contract, outcome, number="YS-2026-00001"):
    return services.conclude(
        contract=contract, outcome=outcome, actor=make_approver(), acceptance_number=number
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_each_conclusion_ends_the_contract_its_way_and_keeps_the_number(outcome):
    contract = make_contract("running")
    contract.milestones.update(state=MilestoneState.CONFIRMED)

    concluded(contract, outcome)

    row = Contract.objects.get()
    assert (row.state, Challenge.objects.get().state) == BECOMES[outcome]
    assert row.acceptance_number == "YS-2026-00001"
    entry = Entry.objects.filter(thing_type="contracts.contract").latest("pk")
    assert entry.detail == {"acceptance_number": "YS-2026-00001"}


@pytest.mark.parametrize("state", sorted(set(State) - {State.RUNNING}))
def test_only_a_running_contract_is_concluded(state):
    contract = make_contract(state)
    contract.milestones.update(state=MilestoneState.CONFIRMED)
    with pytest.raises(WrongState):
        concluded(contract, Outcome.PASSED)
    assert Contract.objects.get().state == state


def test_a_pass_wants_every_milestone_confirmed_and_every_conclusion_its_number():
    contract = make_contract("running")
    with pytest.raises(RuleBroken) as caught:
        concluded(contract, Outcome.PASSED)
    assert caught.value.code == "milestones_open"
    with pytest.raises(Invalid) as caught:
        concluded(contract, Outcome.FAILED, number=" ")
    assert caught.value.code == "acceptance_required"
    assert (Contract.objects.get().state, Challenge.objects.get().state) == ("running", "awarded")
