"""Every address of the platform, read from the address book, and how one knocks at it."""

from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.permissions import bodies
from tests.permissions.table import Line

EXPORT = "导出"
WORDS = {
    HTTPStatus.UNAUTHORIZED: "登录",
    HTTPStatus.FORBIDDEN: "拒绝",
    HTTPStatus.NOT_FOUND: "不见",
    HTTPStatus.BAD_REQUEST: "内容",
    HTTPStatus.UNPROCESSABLE_ENTITY: "内容",
    HTTPStatus.CONFLICT: "状态",
    HTTPStatus.METHOD_NOT_ALLOWED: "无",
}


def routes(patterns=None, space=""):
    """Walk through the address book: the full name and the view of every entry."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback


def methods_of(view):
    """Return how an operation of the interface is used; None for a page, which says it itself.

    HEAD is left out: an operation learns of it when it is first asked.
    """
    actions = getattr(view, "actions", None) or {}
    return tuple(sorted(method.upper() for method in actions if method != "head")) or None


def lines(route, world):
    """Return the lines that the table must have for a door."""
    for method in route.methods:
        for label, case in world.cases(route.kind).items():
            thing = f"{route.kind}.{label}" if route.kind else ""
            if method == "步骤":  # one line for each step that this state has
                for action in case.life.actions_from(case.state):
                    yield Line(route.name, f"POST {action}", thing)
            else:
                yield Line(route.name, method, thing)


def clients(world):
    """Return a signed-in browser for every role."""
    made = {}
    for role, person in world.people.items():
        made[role] = Client(raise_request_exception=False)
        if person is not None:
            made[role].force_login(person)
    return made


def knock(browser, line, world):
    """Use the door and return the word for the answer; everything is taken back afterwards."""
    kind, _, label = line.thing.partition(".")
    case = world.cases(kind)[label]
    address = reverse(line.route, kwargs=case.args)
    method, _, action = line.method.partition(" ")
    kept = browser.cookies.copy()  # an answer may take them away
    cache.clear()
    with transaction.atomic():
        if method == EXPORT:
            answer = browser.get(address, {"format": "xlsx"})
        elif method == "GET":
            answer = browser.get(address, bodies.query(line.route, world))
        else:
            body = bodies.body(line, method, action, world, resolve(address).route)
            if line.route.startswith("api:") and line.route not in bodies.FILES:
                answer = browser.generic(method, address, bodies.text(body), "application/json")
            else:
                answer = browser.post(address, body)
        if answer.streaming:
            b"".join(answer.streaming_content)  # to the end, where the file is closed
        transaction.set_rollback(True)
    browser.cookies = kept
    return word(answer)


def word(answer):
    """Return what the table says of this answer."""
    status = answer.status_code
    if 300 <= status < 400:
        away = answer["Location"].startswith(resolve_url(settings.LOGIN_URL))
        return "登录" if away else "可"
    return "可" if status < 300 else WORDS.get(HTTPStatus(status), str(status))
