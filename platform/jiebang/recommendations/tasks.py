"""The matcher's jobs, and the night's check that nothing was missed."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.jobs.registry import Progress, handles
from jiebang.lexicons import services as lexicons
from jiebang.recommendations import outbox, refits, services
from jiebang.recommendations.models import Kind


@handles("recommendations.match")
def match(*, kind: str, row_id: int, progress: Progress) -> Mapping[str, Any]:
    """Match one row anew; a need is also found by others that ask for the same."""
    if kind == Kind.NEED:
        services.refresh_index(kind)
    return {"matches": services.match_subject(kind, row_id)}


@handles("recommendations.refresh")
def refresh(*, kind: str, progress: Progress) -> Mapping[str, Any]:
    """Renew one kind's index and every answer that it changes."""
    return {"asked": services.refresh(kind, progress)}


@handles("recommendations.refresh_all")
def refresh_all(*, progress: Progress) -> Mapping[str, Any]:
    """Check every index and every answer."""
    return {"asked": services.refresh_all(progress)}


@handles(outbox.REWORD)
def reword(*, choice_id: int, progress: Progress) -> Mapping[str, Any]:
    """Index and match everything by the words chosen last, then say that they count."""
    asked = services.refresh_all(progress)
    lexicons.took_effect(choice_id=choice_id)
    return {"asked": asked}


@handles(refits.FIT)
def fit(*, fit_id: int, progress: Progress) -> Mapping[str, Any]:
    """Reckon what the judged pairs suggest; applying it is a person's affair."""
    return {"pairs": refits.reckon(fit_id=fit_id, progress=progress).pairs}


@shared_task(name="recommendations.refresh_all")
def nightly() -> None:
    """Queue the check of every index and every answer."""
    outbox.note_everything()
