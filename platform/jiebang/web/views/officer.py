"""The officer's dashboard: the funnel, what ages, what waits, and the lists behind them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from jiebang.accounts.models import PlatformRole
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import Milestone
from jiebang.stats import queries as stats
from jiebang.stats import waiting
from jiebang.web import charts
from jiebang.web.access import Request, requires_role
from jiebang.web.bureau_filters import AgeFilter, CallFilter
from jiebang.web.htmx import render
from jiebang.web.listing import address, page_of
from jiebang.web.tables import UNCLAIMED

BUREAU = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)
OLDEST = 5  # how many of a long list the dashboard itself shows

# Where the work of each queue is done.
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "units": ("officer-units", {"state": "pending"}),
    "endorse": ("officer-needs", {"state": "submitted"}),
    "check": ("officer-needs", {"state": "endorsed"}),
    "assign": ("officer-needs", {"state": "appraisal", "appraisal": "none"}),
    "appraise": ("officer-needs", {"state": "appraisal", "appraisal": "asked"}),
    "post": ("officer-library", {}),
    "award": ("officer-challenges", {"state": "closed"}),
    "draft": ("contracts", {"state": "drafting"}),
    "sign": ("contracts", {"state": "signing"}),
    "confirm": ("contracts", {"milestone": "reported"}),
}


@requires_role(*BUREAU)
def dashboard(request: Request) -> HttpResponse:
    """Show where everything stands."""
    form = CallFilter(request.GET)
    call = form.chosen
    key = call.pk if call else None
    late = contracts.late()
    late = late.filter(contract__award__challenge__call=call) if call else late
    steps = stats.funnel(call)
    context = {
        "form": form,
        "call": call,
        "steps": [_step(step, key) for step in steps],
        "funnel_rows": funnel_rows(steps),
        "strips": [
            _strip("", "榜上无人揭榜", "从张榜起算", waiting.unbid(call), key),
            _strip("library", "入库未张榜", "从入库起算", waiting.unposted(call), key),
        ],
        "queues": [(queue, _place(queue.key, key)) for queue in waiting.queues(call)],
        "late": [_late(milestone) for milestone in late[:OLDEST]],
        "late_count": late.count(),
        "late_url": address("contracts", milestone="late"),
        "charts": [
            charts.nested_bars(
                "by-field",
                "按技术领域",
                stats.by_field(call),
                lambda group, stage: address(
                    "officer-needs", reached=stage, field=group.code, call=key
                ),
            ),
            charts.nested_bars(
                "by-district",
                "按镇街（园区）",
                stats.by_district(call),
                lambda group, stage: address(
                    "officer-needs", reached=stage, district=group.code, call=key
                ),
            ),
            charts.months("by-month", "近 12 个月", stats.monthly(call=call)),
        ],
    }
    return render(request, "officer/dashboard.html", context, part="officer/_dashboard.html")


@requires_role(*BUREAU)
def unclaimed(request: Request) -> HttpResponseBase:
    """List what nobody has taken up, the oldest first."""
    form = AgeFilter(request.GET)
    rows = form.rows()
    if file := UNCLAIMED.file(request, rows):
        return file
    context = {
        "form": form,
        "on_board": not form.value("where"),
        "page_obj": page_of(request, rows, table=UNCLAIMED),
    }
    return render(request, "officer/unclaimed.html", context, part="officer/_unclaimed.html")


def funnel_rows(steps: list[stats.Step]) -> list[dict[str, Any]]:
    """Return the funnel's table: each step beside the one before and the first."""
    first = steps[0].count
    return [
        {"step": step, "before": before.count, "first": first}
        for before, step in zip([steps[0], *steps], steps, strict=False)
    ]


def _step(step: stats.Step, call: int | None) -> dict[str, Any]:
    return {
        "label": step.stage.label,
        "count": step.count,
        "url": address("officer-needs", reached=step.stage, call=call),
        "note": _brief(step.money_label, step.money) if step.count else "",
    }


def _brief(label: str, money: Decimal) -> str:
    """Write a sum as one reads it at a glance: whole 万元, and 亿元 once there is that much."""
    if money >= 10_000:
        return f"{label} {money / 10_000:,.2f} 亿元"
    return f"{label} {money:,.0f} 万元"


def _strip(
    where: str, title: str, hint: str, rows: QuerySet[Any], call: int | None
) -> dict[str, Any]:
    cells = waiting.heat(rows)
    return {
        "on_board": not where,
        "oldest": rows[:OLDEST],
        "title": title,
        "hint": hint,
        "total": sum(cell.count for cell in cells),
        "cells": [
            {
                "label": cell.label,
                "count": cell.count,
                "level": cell.level,
                "url": address("officer-unclaimed", where=where, age=str(cell.level), call=call),
            }
            for cell in cells
        ],
    }


def _place(queue: str, call: int | None) -> str:
    name, query = PLACES[queue]
    return address(name, **query, call=None if queue == "units" else call)


def _late(milestone: Milestone) -> dict[str, Any]:
    contract = milestone.contract
    return {
        "verb": "督促进展",
        "title": milestone.title,
        "who": contract.solver.name,
        "number": contract.number,
        "due": milestone.deadline,
        "url": address("contract", contract.pk),
    }
