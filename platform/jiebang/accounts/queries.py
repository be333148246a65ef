"""Who plays which part."""

from django.db.models import QuerySet

from jiebang.accounts.models import PlatformRole, RoleGrant, User


def holding(*roles: PlatformRole, scope: str | None = None) -> QuerySet[User]:
    """Return the active people to whom one of these roles was granted, there or anywhere."""
    grants = RoleGrant.objects.filter(role__in=roles)
    if scope is not None:
        grants = grants.filter(scope=scope)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("pk")
