"""What becomes of a refusal on a page: a fragment, a message where one came from, or a page."""

import math
from collections.abc import Callable
from typing import Any

from axes.helpers import get_cool_off
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    HttpResponseServerError,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme

from jiebang.common.errors import DomainError
from jiebang.web.htmx import wants_part
from jiebang.web.refusals import marked, status_of

API = "/api/"
TITLES = {
    403: "无权办理",
    404: "没有找到",
    409: "现在不能办理",
    422: "内容需要修改",
    429: "登录已暂停",
    500: "系统出错了",
}
ADVICE = {
    403: "如确需办理，请联系本单位管理员或市科技局为您授权。",
    404: "请核对网址，或从榜单和工作台重新进入。",
    409: "请返回后刷新页面，按最新状态办理。",
    422: "请返回修改后重新提交，已填写的内容不受影响。",
}


class DomainErrorMiddleware:
    """Makes a refusal raised in a page's view into an answer that a person can read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; only refusals are this middleware's affair."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a DomainError; leave everything else, and the API, to others."""
        if not isinstance(error, DomainError) or request.path.startswith(API):
            return None
        status = status_of(error)
        details = [sentence for field in error.fields.values() for sentence in field]
        if not wants_part(request) and request.method == "POST" and (back := _referrer(request)):
            for sentence in dict.fromkeys([str(error), *details]):
                messages.error(request, sentence)
            answer: HttpResponse = HttpResponseRedirect(back)
        else:
            answer = _refusal(request, status, str(error), details)
        return marked(answer, error)


def _refusal(
    request: HttpRequest, status: int, sentence: str, details: list[str] | None = None
) -> HttpResponse:
    context = {
        "status": status,
        "title": TITLES[status],
        "sentence": sentence,
        "details": [detail for detail in details or () if detail != sentence],
        "advice": ADVICE.get(status, ""),
    }
    if not wants_part(request):
        return render(request, "errors/refused.html", context, status=status)
    response = render(request, "errors/_alert.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML"
    return response


def _referrer(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if ours else ""


def _problem(status: int, code: str, sentence: str) -> HttpResponse:
    problem = {"type": "about:blank", "title": TITLES[status], "status": status, "code": code}
    return JsonResponse(
        {**problem, "detail": sentence},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a locked account with 429: how long it lasts, and what to do (django-axes)."""
    wait = get_cool_off(request)
    minutes = math.ceil(wait.total_seconds() / 60) if wait else 0
    lasts = f"请 {minutes} 分钟后再试" if minutes else "请联系市科技局解锁"
    sentence = f"密码连续输错次数过多，该账号已暂停登录，{lasts}。"
    if request.path.startswith(API):
        response = _problem(429, "locked_out", sentence)
    else:
        response = render(request, "errors/locked.html", {"sentence": sentence}, status=429)
    if minutes:
        response["Retry-After"] = str(minutes * 60)
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 (handler403)."""
    return _refusal(request, 403, "您的账号不能打开这个页面。")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token has run out (CSRF_FAILURE_VIEW)."""
    return _refusal(request, 403, "页面打开太久，安全凭证已失效。请返回刷新页面后再提交。")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 (handler404)."""
    if request.path.startswith(API):
        return _problem(404, "not_found", "接口没有这个地址，请查阅接口文档。")
    return _refusal(request, 404, "这个页面不存在，或者已经移走。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 (handler500), without the database, which may be what failed."""
    if request.path.startswith(API):
        return _problem(500, "server_error", "系统出错，刚才的请求没有完成，请稍后再试。")
    return HttpResponseServerError(loader.render_to_string("errors/500.html"))
