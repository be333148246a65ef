"""Doing one thing with many rows of a list: each in a transaction of its own, refusals named."""

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet

from jiebang.common.errors import DomainError
from jiebang.common.workflow import Workflow
from jiebang.web.access import Request

M = TypeVar("M", bound=Model)
MOST = 100  # rows at once: as many as a page can show
NAMED = 5  # refusals told in full


class Bulk(TypedDict):
    """What `_partials/bulk_foot.html` draws."""

    url: str
    actions: list[dict[str, Any]]


def bulk(life: Workflow, url: str, *actions: str) -> Bulk:
    """Return the buttons below a list with ticks; the first one stands out."""
    rows = [
        {"action": action, "label": life.actions(action).label, "primary": action == actions[0]}
        for action in actions
    ]
    return {"url": url, "actions": rows}


def do_each(request: Request, things: QuerySet[M], act: Callable[[M], object], label: str) -> None:
    """Do it with every ticked thing that this person may see, and say what became of each."""
    chosen = [int(key) for key in request.POST.getlist("chosen") if key.isascii() and key.isdigit()]
    done, refused = 0, []
    for thing in things.filter(pk__in=chosen[:MOST]).order_by("pk"):
        try:
            act(thing)
            done += 1
        except DomainError as refusal:
            refused.append(f"“{thing}”：{refusal}")
    if done:
        messages.success(request, f"{label}：已办理 {done} 项。")
    if refused:
        rest = f"；另有 {len(refused) - NAMED} 项" if len(refused) > NAMED else ""
        messages.error(request, f"{len(refused)} 项未办理：{'；'.join(refused[:NAMED])}{rest}")
    if not done and not refused:
        messages.info(request, "没有选中可以办理的内容，请先勾选。")
