"""The matcher's jobs, and the night's check that nothing was missed."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.jobs.registry import Progress, handles
from jiebang.recommendations import outbox, refits, rounds, services, upkeep


@handles("recommendations.match")
def match(*, kind: str, row_id: int, progress: Progress) -> Mapping[str, Any]:
    """Bring one changed row into its index, and ask anew whomever it concerns."""
    return {"asked": upkeep.renew(kind, row_id)}


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
    """Begin the round that indexes and matches everything by the chosen words, in shards.

    The words take effect when its last shard ends.
    """
    return {"round": rounds.reword(choice_id=choice_id).pk}


@handles(refits.FIT)
def fit(*, fit_id: int, progress: Progress) -> Mapping[str, Any]:
    """Reckon what the judged pairs suggest; applying it is a person's affair."""
    return {"pairs": refits.reckon(fit_id=fit_id, progress=progress).pairs}


@handles(rounds.SHARD)
def shard(*, shard_id: int, progress: Progress) -> Mapping[str, Any]:
    """Do one shard of a round."""
    return {"asked": rounds.work(shard_id, progress)}


@shared_task(name="recommendations.refresh_all")
def nightly() -> None:
    """Begin the check of every index and every answer, in shards."""
    rounds.start(actor=None)
