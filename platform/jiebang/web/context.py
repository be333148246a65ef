"""What every page's frame shows: names, the clock and the ways to go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.notifications import queries as notifications
from jiebang.web.navigation import items_for

SITE_NAME, CITY = "揭榜挂帅平台", "东莞市"
PUBLIC_PAGES = (
    ("榜单", "web:board"),
    ("成果", "web:achievements"),
    ("单位", "web:units"),
    ("统计", "web:statistics"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's names; the desk's navigation is made only if a page shows it."""
    return {
        "site_name": SITE_NAME,
        "city": CITY,
        "demo_mode": settings.DEMO_MODE,
        "now": clock.local(clock.now()),
        "unread_messages": SimpleLazyObject(lambda: _unread(request)),
        "site_nav": SimpleLazyObject(lambda: _site_nav(request)),
        "desk_nav": SimpleLazyObject(lambda: items_for(request)),
    }


def _unread(request: HttpRequest) -> int:
    user = request.user
    return notifications.unread_count(user) if isinstance(user, User) else 0


def _site_nav(request: HttpRequest) -> list[dict[str, Any]]:
    items = []
    for label, name in PUBLIC_PAGES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        items.append({"label": label, "url": url, "active": request.path == url})
    return items
