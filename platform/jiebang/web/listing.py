"""What every list and every page of one thing begins with.

A list that says what its columns are (`Table`) is sorted, cut into pages of the wished size and
written as an Excel file by the same few lines, with the same filters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import NotFound, RuleBroken
from jiebang.web import excel

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20
SIZES = (20, 50, 100)


@dataclass(frozen=True)
class Column:
    """One column of a list: its head, and what a row says there.

    `value` is an attribute's path or a function of the row; `sort` is the database's name of what
    the list can be sorted by; a column that is not `shown` stands in the Excel file alone.
    """

    label: str
    value: str | Callable[[Any], Any]
    sort: str = ""
    money: bool = False
    shown: bool = True

    def of(self, row: Any) -> Any:
        """Return what this row says here; None where a part of the path is missing."""
        if callable(self.value):
            return self.value(row)
        found = row
        for name in self.value.split("."):
            found = getattr(found, name, None)
            found = found() if callable(found) else found
        return found


@dataclass(frozen=True)
class Table:
    """A list: its name, its columns, and whether its rows end with a button."""

    title: str
    columns: tuple[Column, ...]
    empty: tuple[str, str] = ("没有符合条件的内容", "可以去掉一些筛选条件再看。")
    icon: str = "inbox"
    buttons: bool = True

    @property
    def shown(self) -> list[Column]:
        """Return the columns that the page shows."""
        return [column for column in self.columns if column.shown]

    def sorted(self, request: HttpRequest, rows: Any) -> Any:
        """Return the rows as `?sort=` asks, downwards with a minus; as they are where it is odd."""
        asked = request.GET.get("sort", "")
        name = asked.removeprefix("-")
        if name not in {column.sort for column in self.columns if column.sort}:
            return rows
        field = F(name)
        down = asked.startswith("-")
        order = field.desc(nulls_last=True) if down else field.asc(nulls_last=True)
        return rows.order_by(order, "-pk" if down else "pk")

    def file(self, request: HttpRequest, rows: Any) -> HttpResponseBase | None:
        """Return the whole list as an Excel file if `?format=xlsx` asks for it; it is recorded.

        Raises RuleBroken where there are more rows than one file may hold.
        """
        if request.GET.get("format") != "xlsx":
            return None
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        most = settings.EXPORT_ROWS_MOST
        found = list(self.sorted(request, rows)[: most + 1])
        if len(found) > most:
            sentence = f"一次最多导出 {most} 行，请先用筛选条件缩小范围再导出"
            raise RuleBroken(sentence, code="export_too_long")
        query = request.GET.copy()
        query.pop("format")
        with transaction.atomic():
            audit.record(
                actor=request.user,
                thing=request.user,
                action="export",
                label="导出列表",
                detail={"list": self.title, "rows": len(found), "query": query.urlencode()},
            )
        content = excel.workbook(
            self.title,
            [column.label for column in self.columns],
            ([column.of(row) for column in self.columns] for row in found),
        )
        name = f"{self.title}{clock.local(clock.now()):%Y%m%d}.xlsx"
        headers = {"Cache-Control": "private, no-store"}
        answer = HttpResponse(content, content_type=excel.MEDIA_TYPE, headers=headers)
        answer.headers["Content-Disposition"] = excel.disposition(name)
        return answer


def page_of(
    request: HttpRequest, rows: Any, size: int = PAGE_SIZE, table: Table | None = None
) -> Page[Any]:
    """Return the page that the address asks for; the first or last one where it asks too much.

    `?size=` may ask for one of a few sizes, `?sort=` for one of the table's columns.
    """
    if table is not None:
        rows = table.sorted(request, rows)
    asked = request.GET.get("size", "")
    wished = int(asked) if asked in map(str, SIZES) else size
    page = Paginator(rows, wished).get_page(request.GET.get("page"))
    # What `_partials/pagination.html` and `_partials/list.html` draw beside the rows.
    page.table, page.sizes = table, SIZES  # type: ignore[attr-defined]
    return page


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
