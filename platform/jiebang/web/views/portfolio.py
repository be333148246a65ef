"""All contracts before the bureau (项目总览): late first, with a line and a bar in every row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http.response import HttpResponseBase

from jiebang.acceptance import portfolio
from jiebang.batches.deeds import Code
from jiebang.calendars import queries as calendar
from jiebang.common import clock
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State
from jiebang.web import contract_parts as parts
from jiebang.web.acceptance_filters import PortfolioFilter
from jiebang.web.acceptance_tables import PORTFOLIO
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.bureau_filters import counted, tabs
from jiebang.web.htmx import render
from jiebang.web.listing import page_of
from jiebang.web.views.officer import BUREAU


@requires_role(*BUREAU)
def board(request: Request) -> HttpResponseBase:
    """List all contracts with the sums of what is listed."""
    form = PortfolioFilter(request.GET)
    asked = form.apply(portfolio.contracts())
    rows = form.of_state(asked)
    if file := PORTFOLIO.file(request, rows):
        return file
    page = page_of(request, rows, table=PORTFOLIO)
    shown = list(page.object_list)
    today = clock.today()
    days = calendar.working_days_from(
        today, [row.next_due for row in shown if getattr(row, "next_due", None)]
    )
    context = {
        "form": form,
        "tabs": tabs("portfolio", form, dict(State.choices), counted(asked)),
        "page_obj": page,
        "totals": portfolio.totals(rows),
        "today": today,
        "bulk": bulk(request.user, Code.REMIND_CONTRACTS),
        "rows": {row.pk: _row(row, days) for row in shown},
    }
    page.object_list = shown
    return render(request, "acceptance/portfolio.html", context, part="acceptance/_portfolio.html")


def _row(row: Contract, days: Mapping[date, int]) -> dict[str, Any]:
    """Return what a row draws: dots on the line, parts of the bar, the next due date in words."""
    stones = list(row.milestones.all())
    line = parts.line(row, stones)
    due: date | None = row.next_due  # type: ignore[attr-defined]
    coming = next((s for s in stones if s.deadline == due and not _is_done(s)), None)
    left = days.get(due, 0) if due else 0
    words = "今天到期" if not left else f"还有 {left} 个工作日"
    if due and due < clock.today():
        words = f"已逾期 {-left} 个工作日"
    return {
        "line": line,
        "done": sum(point["state"] == "done" for point in line),
        "total": len(line),
        "due": due,
        "what": coming.title if coming else "申请验收",
        "words": words,
        "late": bool(row.is_overdue),  # type: ignore[attr-defined]
        "waiting": row.drawn - row.paid,
    }


def _is_done(stone: Any) -> bool:
    return bool(stone.state == "confirmed")
