"""Who may do what to a unit and its members."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.organizations.models import Organization
from jiebang.organizations.roles import role_in
from jiebang.organizations.states import LIFE, Action, MemberRole

BUREAU = frozenset({Action.VERIFY, Action.RETURN, Action.SUSPEND, Action.RESTORE})


def may(actor: User, action: str, organization: Organization) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    if action in BUREAU:
        if not actor.has_role(PlatformRole.OFFICER):
            return Decision("单位核验由科技局经办人员办理", code="role_required")
        if role_in(actor, organization):
            return Decision("您是该单位成员，应当回避，请由其他经办人员办理", code="recusal")
        return ALLOWED
    return may_administer(actor, organization)


def may_administer(actor: User, organization: Organization) -> Decision:
    """Say whether the actor may change the unit's data, members and invitations."""
    if role_in(actor, organization) != MemberRole.ADMINISTRATOR:
        return Decision("只有本单位管理员可以办理", code="not_administrator")
    return ALLOWED


def may_invite(actor: User, organization: Organization) -> Decision:
    """Say whether the actor may offer places: its administrators; the bureau while it has none.

    A unit that the bureau took in from a register has nobody yet who could invite anybody.
    """
    if actor.has_role(PlatformRole.OFFICER) and not has_administrator(organization):
        return ALLOWED
    return may_administer(actor, organization)


def has_administrator(organization: Organization) -> bool:
    """Say whether somebody administers the unit."""
    active = organization.memberships.filter(active=True, role=MemberRole.ADMINISTRATOR)
    return active.exists()


def may_write_for(actor: User, organization: Organization) -> Decision:
    """Say whether the actor may write in the unit's name: needs, solutions, achievements."""
    role = role_in(actor, organization)
    if role is None:
        return Decision("您不是该单位的成员", code="not_member")
    if role == MemberRole.VIEWER:
        return Decision("您在本单位只有查看权限，请联系单位管理员", code="viewer_only")
    if not organization.is_verified:
        label = organization.get_state_display()
        return Decision(f"单位{label}，科技局核验通过后才能办理", code="unit_not_verified")
    return ALLOWED


def may_see_contact(actor: User | None, organization: Organization) -> bool:
    """Say whether the actor sees the private contact: the unit itself and the bureau."""
    if actor is None or not actor.is_authenticated:
        return False
    bureau = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)
    return actor.has_role(*bureau) or role_in(actor, organization) is not None


def actions_for(actor: User, organization: Organization) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    return [a for a in LIFE.actions_from(organization.state) if may(actor, a, organization)]
