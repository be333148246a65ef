"""Who may take which step in which state: every role, every action, every state, as a table."""

import pytest
from django.db import transaction

from jiebang.accounts.models import PlatformRole
from jiebang.commissions import policies
from jiebang.commissions.models import Commission, Item
from jiebang.commissions.states import LIFE, Action, State
from tests.factories import (
    make_approver,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db

# What each role can do, by state; a state or a role that is not there can do nothing.
MAY = {
    "officer": {
        "draft": {"propose", "withdraw"},
        "returned": {"propose", "withdraw"},
        "proposed": {"withdraw"},
        "elevated": {"withdraw"},
        "approved": {"withdraw"},
    },
    "approver": {
        "proposed": {"approve", "return", "reject"},
        "approved": {"resolve", "return", "reject"},
        "notice": {"take_effect"},
    },
    "director": {"elevated": {"confirm", "return", "reject"}},
    "proposer who approves": {
        "draft": {"propose", "withdraw"},
        "returned": {"propose", "withdraw"},
        "proposed": {"withdraw"},
        "elevated": {"withdraw"},
        "approved": {"withdraw"},
    },
}
ROLES = (
    *("officer", "approver", "director", "proposer who approves", "auditor", "endorser"),
    *("expert", "owner", "candidate", "member who is officer and approver", "stranger"),
)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        both = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.DIRECTOR)
        need, unit, proposer = make_need("commissioned"), make_university(), make_user(*both)
        people = {
            "officer": make_officer(),
            "approver": make_approver(),
            "director": make_user(PlatformRole.DIRECTOR),
            "proposer who approves": proposer,
            "auditor": make_user(PlatformRole.AUDITOR),
            "endorser": make_endorser(),
            "expert": make_expert(),
            "owner": make_user(unit=need.owner),
            "candidate": make_user(unit=unit),
            "member who is officer and approver": make_user(*both, unit=unit),
            "stranger": make_user(),
        }
        made = Commission.objects.create(
            call=need.call, kind="single", title="定向攻关", candidate=unit, cause="sole",
            reason="国内仅此一家", amount=600, term_months=24, drafted_by=proposer,
            proposed_by=proposer,
        )  # fmt: skip
        Item.objects.create(commission=made, need=need)
        yield people, made
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_can_do_what_the_table_says_and_nothing_else(world, role):
    people, made = world
    found = {}
    for state in State:
        made.state, made.needs_higher = state, state == State.ELEVATED
        if actions := set(policies.actions_for(people[role], made)):
            found[state.value] = actions
    assert found == MAY.get(role, {})


@pytest.mark.parametrize("state", ["proposed"])
def test_above_the_limit_the_approver_reports_upwards_instead(world, state):
    people, made = world
    made.state, made.needs_higher = state, True
    actions = policies.actions_for(people["approver"], made)
    assert set(actions) == {"elevate", "return", "reject"}


def test_every_step_is_somebody_s_or_an_event_s():
    named = {action for states in MAY.values() for actions in states.values() for action in actions}
    assert named | {"elevate"} | set(policies.BY_OTHERS) == set(Action)
    assert {step.action for step in LIFE} == set(Action)


def test_only_the_bureau_reads_the_file_and_everybody_the_notice(world):
    people, made = world
    readers = {role for role, person in people.items() if policies.may_read(person, made)}
    assert readers == {
        "officer", "approver", "director", "proposer who approves", "auditor",
        "member who is officer and approver",
    }  # fmt: skip
