"""Refusals as problem documents (RFC 9457): a status, a stable code, and a Chinese sentence."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from jiebang.common import errors

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[errors.DomainError], HTTPStatus] = {
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.WrongState: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.CONFLICT,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RuleBroken: HTTPStatus.UNPROCESSABLE_ENTITY,
}
TITLES = {
    HTTPStatus.BAD_REQUEST: "请求无法读取",
    HTTPStatus.UNAUTHORIZED: "请先登录",
    HTTPStatus.FORBIDDEN: "无权办理",
    HTTPStatus.NOT_FOUND: "没有找到",
    HTTPStatus.METHOD_NOT_ALLOWED: "不支持这种请求方法",
    HTTPStatus.NOT_ACCEPTABLE: "不提供这种格式",
    HTTPStatus.CONFLICT: "现在不能办理",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "请求格式不支持",
    HTTPStatus.UNPROCESSABLE_ENTITY: "内容需要修改",
    HTTPStatus.TOO_MANY_REQUESTS: "请求过于频繁",
}
# The framework's refusals in words that a person understands; by its own codes.
SAID: dict[str, tuple[str, str]] = {
    "parse_error": ("malformed", "请求体不是有效的 JSON，请检查格式和编码"),
    "not_authenticated": ("not_authenticated", "请先登录，再用令牌访问"),
    "authentication_failed": ("token_invalid", "令牌不正确、已过期或已注销，请重新登录"),
    "wrong_credentials": ("wrong_credentials", "用户名或密码不正确；连续输错会暂停登录"),
    "permission_denied": ("not_allowed", "您无权进行这一操作"),
    "not_found": ("not_found", "没有找到，或您无权查看"),
    "method_not_allowed": ("method_not_allowed", "这个地址不支持这种请求方法，请查阅接口文档"),
    "not_acceptable": ("not_acceptable", "接口只提供 JSON 格式"),
    "unsupported_media_type": ("unsupported_media_type", "请求体须为 JSON 格式"),
}
NOT_AN_OBJECT = "not_an_object"
FIELD_SAID = {
    "required": "请填写这一栏",
    "null": "这一栏不能为空",
    "blank": "这一栏不能为空",
    "does_not_exist": "没有这一项，请核对",
    "incorrect_type": "类型不正确，请核对",
    "not_a_list": "应为一个列表",
    NOT_AN_OBJECT: "应为一个对象",
}
WHOLE = "non_field_errors"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer any refusal, ours or the framework's, as one kind of document; None for a fault."""
    if isinstance(error, errors.DomainError):
        status = next(
            (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS),
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
        return problem(status, error.code, str(error), error.fields)
    if isinstance(error, exceptions.ValidationError):
        fields = dict(flat(error.detail))
        detail = "有内容需要修改，请按提示处理"
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors.Invalid.code, detail, fields)
    made = exception_handler(error, context)
    if made is None:
        return None
    code, detail = _said(error)
    return problem(HTTPStatus(made.status_code), code, detail, headers=made.headers)


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    fields: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return one problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, status.phrase),
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    if fields:
        body["fields"] = {_plain(name): [*map(_plain, said)] for name, said in fields.items()}
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def flat(detail: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """Go through nested faults as the services name them: `indicators-0-value`."""
    if isinstance(detail, Mapping):
        for part, inner in detail.items():
            within = name if part == WHOLE else f"{name}-{part}"
            yield from flat(inner, within if name else str(part))
    elif any(isinstance(inner, Mapping | list) for inner in detail):
        for n, inner in enumerate(detail):
            yield from flat(inner, f"{name}-{n}")
    elif detail:
        yield name, [FIELD_SAID.get(fault.code, str(fault)) for fault in detail]


def _plain(text: str) -> str:
    """Return what can be written in UTF-8: sentences quote what the caller sent."""
    return text.encode("utf-8", "replace").decode()


def _said(error: Exception) -> tuple[str, str]:
    match error:
        case Http404():
            code = exceptions.NotFound.default_code
        case PermissionDenied():
            code = exceptions.PermissionDenied.default_code
        case exceptions.Throttled():
            seconds = getattr(error, "wait", None)
            wait = f"{seconds:.0f} 秒后" if seconds else "稍后"
            return "throttled", f"请求过于频繁，请{wait}再试"
        case exceptions.APIException():
            if str(error.detail).startswith("CSRF"):
                return "csrf_failed", "用网页登录访问接口须带 CSRF 令牌，或改用接口令牌"
            code = str(error.get_codes())
        case _:
            code = "error"
    return SAID.get(code, (code, "请求没有完成"))
