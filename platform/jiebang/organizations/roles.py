"""A person's roles in units, read once a request."""

from jiebang.accounts.models import User
from jiebang.organizations.models import Membership, Organization


def roles_of(user: User) -> dict[int, str]:
    """Return the person's role in each unit, by the unit's key; read once a request."""
    known: dict[int, str] | None = user.__dict__.get("_unit_roles")
    if known is None:
        mine = Membership.objects.filter(user=user, active=True)
        known = dict(mine.values_list("organization_id", "role"))
        user.__dict__["_unit_roles"] = known
    return known


def role_in(user: User, organization: Organization | int) -> str | None:
    """Return the person's role in the unit, or None for a stranger."""
    if not user.is_authenticated:
        return None
    key = organization if isinstance(organization, int) else organization.pk
    return roles_of(user).get(key)
