"""Refusals as problem documents (RFC 9457): a status, a stable code, and a Chinese sentence."""

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


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer any refusal, ours or the framework's, as one kind of document."""
    if isinstance(error, errors.DomainError):
        status = STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
        return problem(status, error.code, str(error), error.fields)
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    fields: Any = {}
    match error:
        case exceptions.ValidationError():
            code, detail, fields = "malformed", "请求内容不符合接口要求，请按提示修改", error.detail
        case Http404() | exceptions.NotFound():
            code, detail = "not_found", "没有找到，或您无权查看"
        case PermissionDenied() | exceptions.PermissionDenied():
            code, detail = "not_allowed", "您无权进行这一操作"
        case exceptions.APIException():
            code, detail = str(error.default_code), str(error.detail)
        case _:
            code, detail = "error", status.phrase
    made = problem(status, code, detail, fields)
    for name, value in response.items():
        made.headers.setdefault(name, value)
    return made


def problem(status: HTTPStatus, code: str, detail: str, fields: Any = None) -> Response:
    """Return one problem document."""
    body = {"title": status.phrase, "status": int(status), "code": code, "detail": detail}
    if fields:
        body["fields"] = fields
    return Response(body, status=status, content_type=MEDIA_TYPE)
