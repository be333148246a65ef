"""The frame around every page: refusals as answers, doors, pages and parts, the locked account."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import path

from jiebang.accounts.models import PlatformRole, User
from jiebang.common import errors as refusals
from jiebang.web import errors
from jiebang.web import refusals as answers
from jiebang.web.access import open_to_all, requires_role, signed_in
from jiebang.web.context import frame
from jiebang.web.htmx import render
from tests.factories import make_user

HTMX = {"HTTP_HX_REQUEST": "true"}


def _missing(request):
    raise Http404


def _refused(request):
    raise refusals.WrongState("当前状态为“揭榜中”，不能张榜")


def _broken(request):
    raise RuntimeError


class Addresses:
    """A small site: what the frame does must not hang on which pages there are."""

    handler403 = staticmethod(errors.permission_denied)
    handler404 = staticmethod(errors.page_not_found)
    handler500 = staticmethod(errors.server_error)
    urlpatterns = [
        path("missing/", _missing),
        path("refused/", _refused),
        path("broken/", _broken),
    ]


@pytest.fixture(autouse=True)
def _small_site(settings):
    settings.ROOT_URLCONF = Addresses
    settings.LOGIN_URL = "/sign-in/"
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # or the static files' middleware warns


def request_for(method="get", address="/somewhere/", user=None, **headers):
    """A request as the middleware hands it on, without a database."""
    request = getattr(RequestFactory(), method)(address, **headers)
    request.user = user or AnonymousUser()
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def answer(request, error):
    return errors.DomainErrorMiddleware(HttpResponse).process_exception(request, error)


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        (refusals.NotAllowed, 403, "无权办理"),
        (refusals.NotFound, 404, "没有找到"),
        (refusals.WrongState, 409, "现在不能办理"),
        (refusals.Stale, 409, "现在不能办理"),
        (refusals.Conflict, 409, "现在不能办理"),
        (refusals.Invalid, 422, "内容需要修改"),
        (refusals.RuleBroken, 422, "内容需要修改"),
        (refusals.DomainError, 422, "内容需要修改"),
    ],
)
def test_each_kind_of_refusal_becomes_a_page_with_its_status(kind, status, title):
    response = answer(request_for(), kind("榜题已截止，请看其他榜题"))

    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert "榜题已截止，请看其他榜题" in page


def test_every_kind_of_refusal_has_a_status():
    kinds = set(refusals.DomainError.__subclasses__())

    assert set(answers.STATUS) == kinds


def test_a_refusal_in_a_fragment_goes_to_the_messages_and_not_to_where_the_fragment_would():
    response = answer(request_for("post", **HTMX), refusals.Stale("已被他人办理"))

    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    assert "已被他人办理" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_a_refused_post_goes_back_to_where_it_came_from_with_every_sentence_once():
    request = request_for("post", HTTP_REFERER="http://testserver/desk/?page=2")
    error = refusals.Invalid("还不能提交", fields={"title": ["请写明名称"], "unit": ["请写明名称"]})

    response = answer(request, error)

    assert (response.status_code, response["Location"]) == (302, "http://testserver/desk/?page=2")
    assert [str(message) for message in get_messages(request)] == ["还不能提交", "请写明名称"]


@pytest.mark.parametrize("referrer", ["", "http://elsewhere.example/desk/", "javascript:alert(1)"])
def test_a_refused_post_from_elsewhere_gets_a_page_and_no_redirect(referrer):
    request = request_for("post", HTTP_REFERER=referrer)

    response = answer(request, refusals.NotAllowed("您不是本单位成员"))

    assert response.status_code == 403
    assert list(get_messages(request)) == []


def test_what_is_no_refusal_and_what_belongs_to_the_api_is_left_alone():
    assert answer(request_for(), ValueError()) is None
    assert answer(request_for(address="/api/v1/needs/"), refusals.NotFound("没有")) is None


def test_a_sentence_with_markup_is_shown_and_not_obeyed():
    page = answer(request_for(), refusals.Invalid("名称含“<script>”")).content.decode()

    assert "名称含“&lt;script&gt;”" in page
    assert "名称含“<script>”" not in page


@pytest.mark.django_db
def test_refusals_missing_pages_and_faults_are_answered_in_chinese_through_the_whole_site(client):
    client.raise_request_exception = False

    answers = {at: client.get(f"/{at}/") for at in ("refused", "missing", "broken", "nowhere")}

    assert {at: response.status_code for at, response in answers.items()} == {
        "refused": 409,
        "missing": 404,
        "broken": 500,
        "nowhere": 404,
    }
    for at, title in (
        ("refused", "现在不能办理"),
        ("nowhere", "没有找到"),
        ("broken", "系统出错了"),
    ):
        assert f"<h1>{title}</h1>" in answers[at].content.decode()


@pytest.mark.parametrize(
    ("handler", "code", "status"),
    [
        (lambda request: errors.page_not_found(request, Http404()), "not_found", 404),
        (errors.server_error, "server_error", 500),
    ],
)
def test_the_api_hears_of_missing_addresses_and_faults_in_problem_documents(handler, code, status):
    response = handler(request_for(address="/api/v1/nowhere/"))

    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, json.loads(response.content)["code"]) == (status, code)


def test_a_missing_page_asked_for_by_a_fragment_is_a_fragment():
    response = errors.page_not_found(request_for(**HTMX), Http404())

    assert (response.status_code, response["HX-Retarget"]) == (404, "#messages")


def test_a_locked_account_hears_how_long_it_lasts_on_a_page(settings):
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)

    response = errors.locked_out(request_for("post"), None, {"username": "lin"})

    assert (response.status_code, response["Retry-After"]) == (429, "900")
    assert "请 15 分钟后再试" in response.content.decode()


def test_a_locked_account_hears_the_same_from_the_api_as_a_problem_document(settings):
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)

    response = errors.locked_out(request_for("post", "/api/v1/sign-in/"))

    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "登录已暂停",
        "status": 429,
        "code": "locked_out",
        "detail": "密码连续输错次数过多，该账号已暂停登录，请 15 分钟后再试。",
    }


@pytest.mark.parametrize(
    ("headers", "template"),
    [
        ({}, "page"),
        ({"HTTP_HX_REQUEST": "true"}, "part"),
        ({"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true"}, "page"),
        ({"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}, "page"),
        ({"HTTP_HX_BOOSTED": "true"}, "page"),
    ],
)
def test_a_request_gets_the_page_or_its_part(headers, template):
    context = {"sentence": "请稍后再试", "title": "没有", "changes": []}

    response = render(
        request_for(**headers), "errors/locked.html", context, part="_partials/version_diff.html"
    )

    assert ("part" if "两个版本内容相同" in response.content.decode() else "page") == template
    assert response["Vary"] == "HX-Request"


def test_without_a_part_a_fragment_too_gets_the_page():
    response = render(request_for(**HTMX), "errors/locked.html", {"sentence": "请稍后"}, status=429)

    assert response.status_code == 429
    assert "<html" in response.content.decode()


def _view(request, number=0):
    return HttpResponse(f"{request.user}{number}")


def test_a_stranger_is_sent_to_sign_in_and_back_to_where_they_were_going():
    response = signed_in(_view)(request_for(address="/desk/?page=2"))

    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/desk/%3Fpage%3D2")


def test_a_stranger_in_a_fragment_has_the_whole_page_sent_to_sign_in():
    headers = {**HTMX, "HTTP_HX_CURRENT_URL": "http://testserver/desk/"}

    response = signed_in(_view)(request_for(**headers))

    assert response["HX-Redirect"] == "/sign-in/?next=/desk/"


def test_somebody_signed_in_comes_in_with_the_address_arguments():
    person = User(username="lin", display_name="林之远")

    response = signed_in(_view)(request_for(user=person), number=7)

    assert response.content.decode() == "林之远7"


@pytest.mark.django_db
def test_a_door_with_a_role_opens_to_that_role_alone():
    door = requires_role(PlatformRole.OFFICER, PlatformRole.APPROVER)(_view)

    assert door(request_for(user=make_user(PlatformRole.APPROVER))).status_code == 200
    with pytest.raises(refusals.NotAllowed, match="科技局经办、科技局审批"):
        door(request_for(user=make_user(PlatformRole.EXPERT)))


def test_every_door_says_whom_it_lets_in():
    officer = requires_role(PlatformRole.OFFICER)(_view)

    assert signed_in(_view).door == "signed_in"
    assert officer.door == (PlatformRole.OFFICER,)
    assert open_to_all(_view).door == "public"


def test_the_frame_shows_only_pages_that_exist_and_the_hour_of_the_city(settings):
    names = frame(request_for())

    assert list(names["site_nav"]) == []
    assert names["now"].utcoffset() == timedelta(hours=8)
    assert (names["city"], names["site_name"]) == ("东莞市", "揭榜挂帅平台")
