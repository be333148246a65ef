"""What every list and every page of one thing begins with."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from jiebang.common.errors import NotFound

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """Return the page that the address asks for; the first or last one where it asks too much."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def found(things: QuerySet[M], pk: int) -> M:
    """Return the thing, or raise NotFound: also for what this person may not know of."""
    thing = things.filter(pk=pk).first()
    if thing is None:
        kind = things.model._meta.verbose_name
        raise NotFound(f"没有这个{kind}，或者您无权查看")
    return thing


def address(name: str, *args: object, **query: str | int | None) -> str:
    """Return the address of a page with a query; what is empty or None is left out of it."""
    asked = {key: value for key, value in query.items() if value not in (None, "")}
    path = reverse(f"web:{name}", args=args)
    return f"{path}?{urlencode(asked)}" if asked else path
