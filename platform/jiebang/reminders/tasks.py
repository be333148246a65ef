"""The clock of suggestions: whose turn comes is told, without anything having to happen."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.jobs.registry import Progress, handles
from jiebang.reminders import suited


@shared_task(name=suited.SUGGEST)
def suggest_due() -> None:
    """Queue the suggestions that are due; safe to run twice."""
    suited.queue()


@handles(suited.SUGGEST)
def suggest(*, progress: Progress) -> Mapping[str, Any]:
    """Tell everybody whose turn it is."""
    return {"messages": suited.suggest()}
