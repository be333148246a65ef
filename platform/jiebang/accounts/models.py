"""Users, and the platform roles granted to them; roles in a unit are `organizations`' affair."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from jiebang.common.errors import NotAllowed


class PlatformRole(models.TextChoices):
    """The parts that people play for the whole platform."""

    OFFICER = "officer", "科技局经办"
    APPROVER = "approver", "科技局审批"
    DIRECTOR = "director", "科技局分管领导"
    ENDORSER = "endorser", "归口推荐"
    EXPERT = "expert", "评审专家"
    AUDITOR = "auditor", "审计"


class User(AbstractUser):
    """Someone who signs in. The e-mail, when given, signs in too and so belongs to one person."""

    display_name = models.CharField("姓名", max_length=40)
    phone = models.CharField("手机", max_length=20, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "用户"
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", condition=~models.Q(email="")
            ),
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.CheckConstraint(name="user_has_a_name", condition=~models.Q(display_name="")),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def _roles(self) -> dict[str, set[str]]:
        roles: dict[str, set[str]] = {}
        for role, scope in self.role_grants.values_list("role", "scope"):
            roles.setdefault(role, set()).add(scope)
        return roles

    def has_role(self, *roles: PlatformRole) -> bool:
        """Say whether one of these roles was granted, in whatever scope."""
        return any(role in self._roles for role in roles)

    def scopes(self, role: PlatformRole) -> set[str]:
        """Return where the role holds: district codes for an endorser, `{""}` for everywhere."""
        return self._roles.get(role, set())

    def needs_role(self, *roles: PlatformRole) -> None:
        """Raise NotAllowed, naming the roles that may, unless one of them was granted."""
        if not self.has_role(*roles):
            names = "、".join(role.label for role in roles)
            raise NotAllowed(f"此事由{names}办理，您的账号没有这个角色", code="role_required")


class RoleGrant(models.Model):
    """A platform role given to a person; an endorser's holds in one district."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField("角色", max_length=12, choices=PlatformRole)
    scope = models.CharField("范围", max_length=20, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授予人"
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)

    class Meta:
        verbose_name = "平台角色"
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "scope"], name="role_granted_once"),
            models.CheckConstraint(
                name="role_known", condition=models.Q(role__in=PlatformRole.values)
            ),
            models.CheckConstraint(
                name="endorser_has_a_scope",
                condition=~models.Q(role=PlatformRole.ENDORSER, scope=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.scope}".rstrip()
