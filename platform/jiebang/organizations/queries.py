"""Questions asked of units and members."""

import re
from collections.abc import Collection

from django.db.models import QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.organizations.models import Invitation, Membership, Organization
from jiebang.organizations.roles import role_in as role_in
from jiebang.organizations.roles import roles_of as roles_of
from jiebang.organizations.states import MemberRole, State

_LEGAL = re.compile(r"(集团)?(股份|有限责任|科技|技术)*(有限)?(公司|集团)$")
_CITY = re.compile(r"^[\u4e00-\u9fff]{2,3}市")


def units_of(user: User) -> QuerySet[Organization]:
    """Return the units the person belongs to, oldest membership first."""
    mine = Membership.objects.filter(user=user, active=True).order_by("pk")
    return Organization.objects.filter(memberships__in=mine).order_by("memberships__pk")


def units_written_by(user: User) -> QuerySet[Organization]:
    """Return the verified units in whose name the person may write."""
    return Organization.objects.filter(
        state=State.VERIFIED,
        memberships__user=user,
        memberships__active=True,
        memberships__role__in=(MemberRole.ADMINISTRATOR, MemberRole.EDITOR),
    ).order_by("memberships__pk")


def in_public() -> QuerySet[Organization]:
    """Return the verified units, which everybody may see."""
    return (
        Organization.objects.filter(state=State.VERIFIED)
        .select_related("district", "chain", "node")
        .prefetch_related("qualifications")
        .order_by("name", "pk")
    )


def visible_to(user: User | None) -> QuerySet[Organization]:
    """Return what this person may see: the verified units, and one's own; the bureau sees all."""
    if user is None or not user.is_authenticated:
        return in_public()
    everything = (
        Organization.objects.select_related("district", "chain", "node")
        .prefetch_related("qualifications")
        .order_by("name", "pk")
    )
    if user.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR):
        return everything
    return everything.filter(state=State.VERIFIED) | everything.filter(pk__in=roles_of(user))


def to_verify() -> QuerySet[Organization]:
    """Return the units that wait for the bureau, oldest first."""
    waiting = Organization.objects.filter(state=State.PENDING)
    return waiting.select_related("district", "chain").order_by("created_at", "pk")


def members(organization: Organization) -> QuerySet[Membership]:
    """Return the active members, with their people."""
    return organization.memberships.filter(active=True).select_related("user").order_by("pk")


def people_of(*organizations: int | None, writing: bool = True) -> QuerySet[User]:
    """Return the active people who write for these units; only their heads without `writing`."""
    roles = [MemberRole.ADMINISTRATOR, *([MemberRole.EDITOR] if writing else [])]
    keys = [key for key in organizations if key is not None]
    places = Membership.objects.filter(organization__in=keys, active=True, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=places.values("user")).order_by("pk")


def places_of(people: Collection[int]) -> dict[int, set[int]]:
    """Return by person the verified units for which they write; one query."""
    places = Membership.objects.filter(
        user__in=list(people),
        active=True,
        role__in=(MemberRole.ADMINISTRATOR, MemberRole.EDITOR),
        organization__state=State.VERIFIED,
    ).order_by("pk")
    found: dict[int, set[int]] = {}
    for person, unit in places.values_list("user", "organization"):
        found.setdefault(person, set()).add(unit)
    return found


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Return the invitations that nobody has answered."""
    return organization.invitations.filter(state=Invitation.State.OPEN).order_by("-pk")


def short_names(name: str) -> tuple[str, ...]:
    """Return how people shorten a unit's name: without its legal form, without its city."""
    stem = _LEGAL.sub("", name)
    return (stem, _CITY.sub("", stem)) if stem != name else (_CITY.sub("", name),)
