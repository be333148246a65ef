"""A unit's registration: every state, every action, every role."""

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.organizations import policies, services
from jiebang.organizations.models import Membership, Organization
from jiebang.organizations.states import Action, MemberRole, State
from tests.factories import make_district, make_officer, make_unit, make_uscc, make_user

pytestmark = pytest.mark.django_db

PATHS = {
    (State.PENDING, Action.VERIFY): State.VERIFIED,
    (State.PENDING, Action.RETURN): State.RETURNED,
    (State.RETURNED, Action.RESUBMIT): State.PENDING,
    (State.VERIFIED, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.RESTORE): State.VERIFIED,
}


def data(**fields):
    return {
        "name": "莞芯样例有限公司",
        "uscc": make_uscc(9000001),
        "kind": "enterprise",
        "district": make_district(),
        **fields,
    }


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(state, action):
    unit = make_unit(state=state)
    actor = make_user(unit=unit) if action == Action.RESUBMIT else make_officer()

    if target := PATHS.get((state, action)):
        services.move(organization=unit, action=action, actor=actor, note="理由")
    else:
        target = state
        with pytest.raises(WrongState):
            services.move(organization=unit, action=action, actor=actor, note="理由")

    assert Organization.objects.get(pk=unit.pk).state == target
    assert Entry.objects.count() == (state != target)


@pytest.mark.parametrize("role", [*PlatformRole, *MemberRole])
@pytest.mark.parametrize("action", Action)
def test_only_the_right_role_may(role, action):
    unit = make_unit()
    if role in set(PlatformRole):
        actor = make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")
    else:
        actor = make_user(unit=unit, member_role=role)
    wanted = MemberRole.ADMINISTRATOR if action == Action.RESUBMIT else PlatformRole.OFFICER

    assert bool(policies.may(actor, action, unit)) is (role == wanted)
    if role != wanted:
        with pytest.raises(NotAllowed):
            services.move(organization=unit, action=action, actor=actor, note="理由")
        assert Organization.objects.get(pk=unit.pk).state == State.VERIFIED
        assert Entry.objects.count() == 0


def test_an_officer_who_belongs_to_the_unit_stands_aside():
    unit = make_unit(state=State.PENDING)
    officer = make_officer(unit=unit)

    with pytest.raises(NotAllowed) as caught:
        services.move(organization=unit, action=Action.VERIFY, actor=officer)

    assert caught.value.code == "recusal"
    assert Organization.objects.get(pk=unit.pk).state == State.PENDING


def test_who_registers_becomes_the_administrator_and_the_bureau_verifies():
    actor = make_user()
    unit = services.register(actor=actor, data=data(), qualifications=["high_tech"])

    assert unit.state == State.PENDING
    assert [(m.user, m.role) for m in unit.memberships.all()] == [(actor, MemberRole.ADMINISTRATOR)]
    assert [q.kind for q in unit.qualifications.all()] == ["high_tech"]
    assert not policies.may_write_for(actor, unit), "not before the bureau has verified it"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uscc": "91441900MA0000001X"}, "uscc"),
        ({"uscc": "123"}, "uscc"),
        ({"name": ""}, "name"),
        ({"kind": "club"}, "kind"),
        ({"contact_email": "no"}, "contact_email"),
        ({"website": "not a page"}, "website"),
    ],
)
def test_a_faulty_registration_says_where_and_makes_nothing(change, field):
    with pytest.raises(Invalid) as caught:
        services.register(actor=make_user(), data=data(**change))

    assert list(caught.value.fields) == [field]
    assert Organization.objects.count() == Membership.objects.count() == 0


def test_a_code_is_registered_once():
    services.register(actor=make_user(), data=data())
    with pytest.raises(Conflict) as caught:
        services.register(actor=make_user(), data=data(name="另一个名称"))
    assert caught.value.code == "uscc_taken"
    assert Organization.objects.count() == Membership.objects.count() == 1


def test_lower_case_codes_are_kept_in_capitals():
    unit = services.register(actor=make_user(), data=data(uscc=make_uscc(9000001).lower()))
    assert unit.uscc == make_uscc(9000001)


def test_what_the_bureau_verified_is_not_changed_by_the_unit():
    unit = make_unit(name="原名称")
    admin = make_user(unit=unit)

    services.edit(organization=unit, actor=admin, data={"name": "原名称", "intro": "新的简介"})
    for change in ({"name": "新名称"}, {"uscc": make_uscc(77)}, {"kind": "university"}):
        with pytest.raises(Invalid) as caught:
            services.edit(organization=unit, actor=admin, data=change)
        assert list(caught.value.fields) == list(change)
    with pytest.raises(Invalid):
        services.edit(organization=unit, actor=admin, data={}, qualifications=["chain_leader"])

    row = Organization.objects.get(pk=unit.pk)
    assert (row.name, row.kind, row.intro) == ("原名称", "enterprise", "新的简介")
    assert not row.qualifications.exists()


def test_titles_are_recognised_by_the_bureau():
    unit = make_unit()
    services.recognise(
        organization=unit, actor=make_officer(), qualifications=["chain_leader", "high_tech"]
    )
    services.recognise(organization=unit, actor=make_officer(), qualifications=["chain_leader"])

    assert [q.kind for q in unit.qualifications.all()] == ["chain_leader"]
    with pytest.raises(NotAllowed):
        services.recognise(organization=unit, actor=make_user(unit=unit), qualifications=[])
    with pytest.raises(Invalid):
        services.recognise(organization=unit, actor=make_officer(), qualifications=["best"])
    assert [q.kind for q in unit.qualifications.all()] == ["chain_leader"]
