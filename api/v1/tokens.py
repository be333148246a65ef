"""Signing in for a token; one's own tokens, and taking them back."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle

from api.authentication import Tokens as TokenAuthentication
from api.serializers import Body
from api.views import Resource
from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.errors import NotFound


class SignIn(Body):
    """Who one is."""

    username = serializers.CharField(max_length=254, help_text="用户名或邮箱。")
    password = serializers.CharField(
        max_length=128, trim_whitespace=False, style={"input_type": "password"}, write_only=True
    )


class TokenMade(serializers.Serializer[Any]):
    """A new token; it is shown this once."""

    token = serializers.CharField(
        help_text="放在请求头 Authorization: Token … 里；只显示这一次，平台只保存其散列值。"
    )
    expires_at = serializers.DateTimeField(source="kept.expiry", help_text="到期时间。")


class TokenShown(serializers.Serializer[Any]):
    """One of one's tokens, by its first characters."""

    id = serializers.CharField(source="token_key", help_text="令牌的前 15 个字符，注销时用。")
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry")
    is_current = serializers.SerializerMethodField(help_text="是否就是本次请求所用的令牌。")

    def get_is_current(self, token: Any) -> bool:
        """Say whether this request came with it."""
        return bool(self.context["request"].auth == token)


class Tokens(Resource):
    """One's tokens. Failures count together with those on the pages, whichever name was typed."""

    tag = "登录与令牌"
    public = frozenset({"create"})
    lookup_value_converter = "slug"
    throttle_scope = "sign-in"

    def get_authenticators(self) -> list[Any]:
        """Ask for no token where one is given out: the caller's may have run out."""
        signing_in = getattr(self.request, "method", None) == "POST"
        return [] if signing_in else super().get_authenticators()

    def get_authenticate_header(self, request: Request) -> str:
        """Return what a 401 has to name, also where no token was asked for."""
        return str(TokenAuthentication().authenticate_header(request))

    def get_throttles(self) -> list[BaseThrottle]:
        """Slow down who tries many passwords."""
        return [ScopedRateThrottle()] if self.action == "create" else []

    @extend_schema(summary="登录，领取令牌", request=SignIn, responses={201: TokenMade})
    def create(self, request: Request) -> Response:
        """Sign in with name or e-mail; raises AuthenticationFailed."""
        typed = self.body(SignIn)
        # The lock-out's middleware looks at Django's own request.
        plain = request._request
        user = authenticate(plain, **typed)
        if not isinstance(user, User):
            raise AuthenticationFailed("wrong", code="wrong_credentials")
        user_logged_in.send(User, request=plain, user=user)
        kept, token = AuthToken.objects.create(user)
        return self.show(TokenMade, {"token": token, "kept": kept}, 201)

    @extend_schema(summary="我的令牌", responses=TokenShown(many=True))
    def list(self, request: Request) -> Response:
        """List one's own tokens that hold, newest first."""
        return self.page(TokenShown, self._own())

    @extend_schema(summary="注销一个令牌", request=None, responses={204: OpenApiResponse()})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take one of one's tokens back."""
        gone, _ = self._own().filter(token_key=pk).delete()
        if not gone:
            raise NotFound("没有这个令牌，可能已注销或过期")
        return Response(status=204)

    @extend_schema(summary="退出登录", request=None, responses={204: OpenApiResponse()})
    @action(detail=False, methods=["delete"])
    def current(self, request: Request) -> Response:
        """Take back the token that this request came with."""
        if request.auth is None:
            raise NotFound("这次请求没有使用令牌")
        self._own().filter(pk=request.auth.pk).delete()
        return Response(status=204)

    def _own(self) -> QuerySet[Any]:
        mine: QuerySet[Any] = AuthToken.objects.filter(user=self.actor, expiry__gt=clock.now())
        return mine.order_by("-created", "pk")
