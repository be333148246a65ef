"""Members and invitations; a unit never loses its last administrator."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, NotFound
from jiebang.organizations import policies, queries, services
from jiebang.organizations.models import Invitation, Membership
from jiebang.organizations.states import MemberRole, State
from tests.factories import make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def admin(unit):
    return make_user(unit=unit, email="admin@example.cn")


def members(unit):
    return {m.user.username: m.role for m in queries.members(unit)}


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.VIEWER, None])
def test_the_last_administrator_can_neither_leave_nor_step_down(unit, admin, role):
    (membership,) = unit.memberships.all()

    act = services.change_member if role else services.remove_member
    wanted = {"role": role} if role else {}

    with pytest.raises(NotAllowed) as caught:
        act(membership=membership, actor=admin, **wanted)

    assert caught.value.code == "last_administrator"
    assert members(unit) == {admin.username: MemberRole.ADMINISTRATOR}


def test_with_a_second_administrator_the_first_may_leave(unit, admin):
    other = make_user(unit=unit)
    services.remove_member(membership=unit.memberships.get(user=admin), actor=admin)
    assert members(unit) == {other.username: MemberRole.ADMINISTRATOR}
    assert queries.role_in(admin, unit) is None


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.VIEWER])
def test_only_administrators_change_members_but_anybody_may_leave(unit, admin, role):
    colleague = make_user(unit=unit, member_role=role)
    with pytest.raises(NotAllowed):
        services.remove_member(membership=unit.memberships.get(user=admin), actor=colleague)
    with pytest.raises(NotAllowed):
        services.change_member(
            membership=unit.memberships.get(user=colleague),
            actor=colleague,
            role=MemberRole.ADMINISTRATOR,
        )
    assert len(members(unit)) == 2

    services.remove_member(membership=unit.memberships.get(user=colleague), actor=colleague)
    assert members(unit) == {admin.username: MemberRole.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("state", "role", "code"),
    [
        (State.VERIFIED, MemberRole.ADMINISTRATOR, ""),
        (State.VERIFIED, MemberRole.EDITOR, ""),
        (State.VERIFIED, MemberRole.VIEWER, "viewer_only"),
        (State.PENDING, MemberRole.EDITOR, "unit_not_verified"),
        (State.RETURNED, MemberRole.EDITOR, "unit_not_verified"),
        (State.SUSPENDED, MemberRole.ADMINISTRATOR, "unit_not_verified"),
        (State.VERIFIED, None, "not_member"),
    ],
)
def test_who_may_write_in_the_name_of_a_unit(state, role, code):
    unit = make_unit(state=state)
    user = make_user(unit=unit, member_role=role) if role else make_user()
    decision = policies.may_write_for(user, unit)
    assert (bool(decision), decision.code) == (not code, code or "not_allowed")


def test_an_invitation_is_mailed_and_accepted_by_its_address_only(
    unit, admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        _, token = services.invite(
            organization=unit,
            actor=admin,
            email="New@Example.cn",
            role=MemberRole.EDITOR,
            link="https://example.cn/invitations/{token}/",
        )
    (sent,) = mail.outbox
    assert sent.to == ["new@example.cn"]
    assert f"https://example.cn/invitations/{token}/" in sent.body
    assert not Invitation.objects.filter(token_digest=token).exists(), "only a digest is kept"

    with pytest.raises(NotAllowed) as caught:
        services.accept_invitation(token=token, actor=make_user(email="else@example.cn"))
    assert caught.value.code == "not_invited"
    assert len(members(unit)) == 1

    guest = make_user(email="new@example.cn")
    services.accept_invitation(token=token, actor=guest)
    assert members(unit)[guest.username] == MemberRole.EDITOR
    with pytest.raises(Invalid) as caught:
        services.accept_invitation(token=token, actor=guest)
    assert caught.value.code == "invitation_spent"


def test_an_expired_revoked_or_unknown_invitation_lets_nobody_in(unit, admin):
    guest = make_user(email="new@example.cn")
    invitation, token = services.invite(
        organization=unit, actor=admin, email="new@example.cn", role=MemberRole.VIEWER
    )
    later = timezone.now() + timedelta(days=services.INVITATION_DAYS)
    with clock.telling(later), pytest.raises(Invalid) as caught:
        services.accept_invitation(token=token, actor=guest)
    assert caught.value.code == "invitation_expired"

    services.revoke_invitation(invitation=invitation, actor=admin)
    with pytest.raises(Invalid) as caught:
        services.accept_invitation(token=token, actor=guest)
    assert caught.value.code == "invitation_spent"
    with pytest.raises(NotFound):
        services.accept_invitation(token="guessed", actor=guest)
    assert Membership.objects.filter(user=guest).count() == 0


def test_an_address_has_one_open_invitation_at_a_time(unit, admin):
    invitation, _ = services.invite(
        organization=unit, actor=admin, email="new@example.cn", role=MemberRole.VIEWER
    )
    with pytest.raises(Conflict):
        services.invite(
            organization=unit, actor=admin, email="NEW@example.cn", role=MemberRole.EDITOR
        )
    assert [i.role for i in queries.open_invitations(unit)] == [MemberRole.VIEWER]

    services.revoke_invitation(invitation=invitation, actor=admin)
    services.invite(organization=unit, actor=admin, email="new@example.cn", role="editor")
    assert [i.role for i in queries.open_invitations(unit)] == [MemberRole.EDITOR]


def test_only_administrators_invite(unit, admin):
    editor = make_user(unit=unit, member_role=MemberRole.EDITOR)
    with pytest.raises(NotAllowed):
        services.invite(organization=unit, actor=editor, email="a@b.cn", role="viewer")
    assert not Invitation.objects.exists()


def test_the_bureau_invites_the_first_administrator_of_a_unit_taken_in_and_nobody_after():
    officer, unit = make_officer(), make_unit()
    with pytest.raises(Invalid) as caught:
        services.invite(organization=unit, actor=officer, email="a@example.cn", role="editor")
    assert caught.value.code == "administrator_first"

    services.invite(organization=unit, actor=officer, email="a@example.cn", role="administrator")
    make_user(unit=unit)
    with pytest.raises(NotAllowed):
        services.invite(organization=unit, actor=officer, email="b@example.cn", role="editor")
    assert list(unit.invitations.values_list("email", flat=True)) == ["a@example.cn"]
