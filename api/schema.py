"""The OpenAPI document: Chinese words, one kind of refusal, the door's own key."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from api.errors import MEDIA_TYPE

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REFUSALS = {
    "400": "请求体不是有效的 JSON（malformed）。",
    "401": "没有令牌（not_authenticated），或令牌无效（token_invalid）。",
    "403": "无权办理；code 说明原因。",
    "404": "没有找到，或您无权知道它存在；分页超出范围（page_not_found）。",
    "406": "接口只提供 JSON。",
    "409": "状态不允许（wrong_state）、已被他人抢先（stale）或已经存在（conflict 等）。",
    "415": "请求体须为 JSON。",
    "422": "内容需要修改；fields 逐栏说明。规则不允许时 code 说明是哪条规则。",
    "429": "请求过于频繁（throttled），或账号已暂停登录（locked_out）；秒数见 Retry-After。",
}


class Problem(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField(help_text="固定为 about:blank。")
    title = serializers.CharField(help_text="这类问题的名称。")
    status = serializers.IntegerField(help_text="HTTP 状态码。")
    code = serializers.CharField(help_text="给程序看的代码，保持不变。")
    detail = serializers.CharField(help_text="给人看的一句话：发生了什么、为什么、怎么办。")
    fields = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="栏目名 → 该栏的问题；嵌套的栏目写作 indicators-0-value。",
    )  # type: ignore[assignment]  # the name is the document's; DRF's own property is not asked


class Operations(AutoSchema):
    """How one operation is written down; its summary is in the view, its refusals follow."""

    def get_tags(self) -> list[str]:
        """Return the resource's Chinese name."""
        return [str(getattr(self.view, "tag", ""))]

    def get_description(self, *_: str) -> str:
        """Return nothing: docstrings are for who reads the code."""
        return ""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for body in bodies.values():
            body["description"] = "成功。"
        answer_of: Callable[..., Any] = self._get_response_for_code
        for status in self._refusals():
            answer = OpenApiResponse(Problem, REFUSALS[status])
            bodies[status] = answer_of(answer, status, [MEDIA_TYPE], direction)
        return dict(sorted(bodies.items()))

    def _refusals(self) -> set[str]:
        codes = {"401", "406"}
        is_public = any(isinstance(each, AllowAny) for each in self.view.get_permissions())
        if not is_public:
            codes.add("403")
        if "{" in self.path or self._is_list_view():
            codes.add("404")
        if self.method in WRITES:
            codes |= {"400", "403", "404", "409", "415", "422"}
        elif self.get_override_parameters():
            # What an address asks for may name a thing that is not there, or not for this reader.
            codes |= {"404", "422"}
        if self.view.get_throttles():
            codes.add("429")
        return codes


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document tells of our tokens."""

    target_class = "api.authentication.Tokens"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return where the token goes."""
        words = "请求头 Authorization: Token 加空格加令牌；令牌由 POST /api/v1/auth/tokens/ 领取。"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": words}
