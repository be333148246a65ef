"""The life of a need: every pair of state and action, every role, and the race."""

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.common.errors import NotAllowed, Stale, WrongState
from jiebang.library import policies, screening, services
from jiebang.library.models import Appraisal, NeedVersion, TechNeed
from jiebang.library.states import Action, State
from jiebang.organizations.states import MemberRole
from tests.factories import (
    make_approver,
    make_district,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

PATHS = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.ENDORSE): State.ENDORSED,
    (State.ENDORSED, Action.PASS_CHECK): State.APPRAISAL,
    (State.APPRAISAL, Action.ADMIT): State.IN_LIBRARY,
    (State.SUBMITTED, Action.RETURN): State.RETURNED,
    (State.ENDORSED, Action.RETURN): State.RETURNED,
    (State.APPRAISAL, Action.RETURN): State.RETURNED,
    (State.ENDORSED, Action.REJECT): State.REJECTED,
    (State.APPRAISAL, Action.REJECT): State.REJECTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
}
BY_PEOPLE = [
    Action.SUBMIT, Action.ENDORSE, Action.PASS_CHECK, Action.ADMIT, Action.RETURN,
    Action.REJECT, Action.WITHDRAW,
]  # fmt: skip


def stored(need):
    return TechNeed.objects.get(pk=need.pk).state


def actor_for(action, need):
    if action in (Action.SUBMIT, Action.WITHDRAW):
        return make_user(unit=need.owner)
    if action == Action.ENDORSE or (action == Action.RETURN and need.state == State.SUBMITTED):
        return make_endorser(need.owner.district)
    return make_approver() if action == Action.ADMIT else make_officer()


def act(need, action, actor):
    if action == Action.SUBMIT:
        services.submit(need=need, actor=actor)
    elif action == Action.WITHDRAW:
        services.withdraw(need=need, actor=actor)
    else:
        screening.move(need=need, action=action, actor=actor, note="理由")


def appraised(need, total=80):
    return Appraisal.objects.create(
        need=need,
        expert=make_expert(),
        version=need.version,
        total=total,
        submitted_at=need.created_at,
    )


@pytest.mark.parametrize("action", BY_PEOPLE)
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(state, action):
    need = make_need(state)
    appraised(need)
    actor = actor_for(action, need)

    if target := PATHS.get((state, action)):
        act(need, action, actor)
    else:
        target = state
        with pytest.raises(WrongState):
            act(need, action, actor)

    assert stored(need) == target
    assert Entry.objects.count() == (state != target)
    assert NeedVersion.objects.count() == (target == State.SUBMITTED != state)


WHOSE = {
    Action.SUBMIT: {MemberRole.ADMINISTRATOR, MemberRole.EDITOR},
    Action.WITHDRAW: {MemberRole.ADMINISTRATOR, MemberRole.EDITOR},
    Action.ENDORSE: {PlatformRole.ENDORSER},
    Action.PASS_CHECK: {PlatformRole.OFFICER},
    Action.RETURN: {PlatformRole.OFFICER},
    Action.REJECT: {PlatformRole.OFFICER},
    Action.ADMIT: {PlatformRole.APPROVER},
    Action.LAPSE: set(),
    Action.POST: set(),
    Action.TAKE_BACK: set(),
    Action.EXIT: set(),
    Action.COMMISSION: set(),
}


@pytest.mark.parametrize("role", [*PlatformRole, *MemberRole, None])
@pytest.mark.parametrize("action", Action)
def test_only_the_right_role_may(role, action):
    state = next(s for s in reversed(State.values) if s in TechNeed.LIFE.steps[action].sources)
    need = make_need(state)
    if role in set(PlatformRole):
        scope = need.owner.district.code if role == PlatformRole.ENDORSER else ""
        actor = make_user(role, scope=scope)
    else:
        unit = need.owner if role else make_unit()
        actor = make_user(unit=unit, member_role=role or MemberRole.ADMINISTRATOR)

    allowed = policies.may(actor, action, need)

    assert bool(allowed) is (role in WHOSE[action])
    if not allowed:
        with pytest.raises(NotAllowed):
            act(need, action, actor)
        assert (stored(need), Entry.objects.count()) == (state, 0)


def test_an_endorser_of_another_town_may_not_endorse():
    need = make_need(State.SUBMITTED)
    stranger = make_endorser(make_district("T02", "石杉镇"))

    with pytest.raises(NotAllowed, match="松木镇的归口推荐人员") as caught:
        screening.move(need=need, action=Action.ENDORSE, actor=stranger)

    assert (caught.value.code, stored(need)) == ("not_endorser", State.SUBMITTED)


@pytest.mark.parametrize(
    ("state", "action", "role"),
    [
        (State.ENDORSED, Action.PASS_CHECK, PlatformRole.OFFICER),
        (State.APPRAISAL, Action.ADMIT, PlatformRole.APPROVER),
    ],
)
def test_bureau_people_who_belong_to_the_owner_stand_aside(state, action, role):
    need = make_need(state)
    appraised(need)
    insider = make_user(role, unit=need.owner)

    with pytest.raises(NotAllowed) as caught:
        screening.move(need=need, action=action, actor=insider, note="同意")

    assert (caught.value.code, stored(need)) == ("recusal", state)


def test_of_two_officers_at_once_one_is_told_to_look_again():
    need = make_need(State.ENDORSED)
    seen_by_other = TechNeed.objects.get(pk=need.pk)
    screening.move(need=need, action=Action.PASS_CHECK, actor=make_officer())

    with pytest.raises(Stale):
        screening.move(
            need=seen_by_other, action=Action.REJECT, actor=make_officer(), note="不符合"
        )

    assert stored(need) == State.APPRAISAL
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("state", State)
def test_the_buttons_are_what_the_table_and_the_policies_say(state):
    need = make_need(state)
    owner, officer = make_user(unit=need.owner), make_officer()
    offered = {action for s, action in PATHS if s == state}

    assert set(policies.actions_for(owner, need)) == offered & {Action.SUBMIT, Action.WITHDRAW}
    bureau = {Action.PASS_CHECK, Action.REJECT}
    if state != State.SUBMITTED:
        bureau |= {Action.RETURN}
    assert set(policies.actions_for(officer, need)) == offered & bureau
