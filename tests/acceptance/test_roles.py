"""Who can do what with an acceptance in which state."""

import pytest

from jiebang.acceptance import policies, services
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.states import LIFE, Action, State
from tests.acceptance import steps
from tests.factories import make_approver, make_user

pytestmark = pytest.mark.django_db


ALLOWED = {
    Action.SUBMIT: {"solver"},
    Action.RETURN: {"officer"},
    Action.CONVENE: {"officer"},
    Action.PROPOSE: {"officer"},
    Action.SEND_BACK: {"approver"},
    Action.APPROVE: {"approver"},
    Action.ANNOUNCE: set(),
    Action.PASS: {"approver"},
    Action.CLOSE: {"approver"},
    Action.FAIL: {"approver"},
    Action.REVISE: {"approver"},
    Action.CANCEL: set(),
}


EFFECTS = {"pass", "close", "fail", "revise"}


@pytest.mark.parametrize("state", State)
def test_who_can_do_what_in_each_state(state):
    case = steps.make_case()
    made = services.open_for(contract=case.contract)
    conclusion = {"passed": "pass", "closed": "close", "failed": "fail"}.get(state, "pass")
    Acceptance.objects.update(state=state, conclusion=conclusion)
    made = Acceptance.objects.get()
    people = {
        "solver": case.solver,
        "poster": case.poster,
        "officer": case.officer,
        "approver": case.approver,
        "stranger": make_user(),
        "tied": make_approver(),
    }
    people["tied"].memberships.create(organization=case.contract.solver, role="viewer")
    for who, person in people.items():
        possible = {a for a in LIFE.actions_from(state) if who in ALLOWED[Action(a)]}
        if state in ("approved", "notice"):
            possible -= EFFECTS - {conclusion}
        assert set(policies.actions_for(person, made)) == possible, who
