"""Signing up, and what the platform knows of oneself."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle

from api.serializers import Body, RowBody, Shown
from api.views import Resource
from jiebang.accounts import services
from jiebang.accounts.models import RoleGrant, User
from jiebang.organizations.models import Membership
from jiebang.organizations.states import State


class SignUp(RowBody[User]):
    """A new account."""

    username = serializers.CharField(max_length=150, help_text="用户名，登录时用。")
    password = serializers.CharField(
        max_length=128,
        trim_whitespace=False,
        style={"input_type": "password"},
        write_only=True,
        help_text="至少 10 位，不能全是数字。",
    )

    class Meta:
        model = User
        fields = ("username", "password", "display_name", "email", "phone")


class PasswordBody(Body):
    """The old password and the new one."""

    old = serializers.CharField(
        max_length=128, trim_whitespace=False, write_only=True, help_text="原密码。"
    )
    new = serializers.CharField(
        max_length=128,
        trim_whitespace=False,
        write_only=True,
        help_text="新密码：至少 10 位，不能全是数字。",
    )


class RoleShown(Shown[RoleGrant]):
    """A platform role."""

    class Meta:
        model = RoleGrant
        fields = ("role", "scope")
        extra_kwargs = {"scope": {"help_text": "归口推荐人员负责的镇街（园区）代码。"}}


class OwnUnit(Shown[Membership]):
    """One of one's units, and one's role there."""

    id = serializers.IntegerField(source="organization_id")
    number = serializers.CharField(source="organization.number")
    name = serializers.CharField(source="organization.name")
    state = serializers.ChoiceField(choices=State.choices, source="organization.state")

    class Meta:
        model = Membership
        fields = ("id", "number", "name", "state", "role")


class Person(Shown[User]):
    """Oneself."""

    roles = RoleShown(many=True, source="role_grants", help_text="平台角色。")
    units = serializers.SerializerMethodField(help_text="所在单位。")

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "email", "phone", "roles", "units")

    @extend_schema_field(OwnUnit(many=True))
    def get_units(self, user: User) -> Any:
        """Return one's units, oldest membership first."""
        mine = user.memberships.filter(active=True).select_related("organization").order_by("pk")
        return OwnUnit(mine, many=True, context=self.context).data


class People(Resource):
    """Coming in, and who one is."""

    tag = "账号"
    public = frozenset({"sign_up"})
    throttle_scope = "sign-in"

    def get_throttles(self) -> list[BaseThrottle]:
        """Slow down who makes many accounts, or tries many passwords."""
        slowed = self.action in ("sign_up", "password")
        return [ScopedRateThrottle()] if slowed else []

    @extend_schema(summary="注册账号", request=SignUp, responses={201: Person})
    def sign_up(self, request: Request) -> Response:
        """Make an account; it signs in for a token like any other."""
        return self.show(Person, services.sign_up(**self.body(SignUp)), 201)

    @extend_schema(
        summary="修改密码（所有令牌随之失效）",
        request=PasswordBody,
        responses={204: OpenApiResponse()},
    )
    def password(self, request: Request) -> Response:
        """Change one's password; the token of this very request ends too."""
        services.change_password(user=self.actor, **self.body(PasswordBody))
        return Response(status=204)

    @extend_schema(summary="我的账号、角色和单位", responses=Person)
    def me(self, request: Request) -> Response:
        """Show who one is."""
        return self.show(Person, self.actor)
