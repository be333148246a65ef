"""Queueing, claiming, finishing and sweeping jobs."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.jobs.models import Job

log = logging.getLogger(__name__)


def enqueue(*, name: str, key: str, title: str, owner: User | None = None, **args: Any) -> Job:
    """Write a job down in the caller's transaction and wake a worker after commit.

    Where a job with this key waits already, that one is returned: it is held until the caller
    commits, so it will see what the caller wrote.
    """
    wanted = Job(name=name, key=f"{name}:{key}", title=title, owner=owner, args=args)
    waiting: Job | None = None
    with transaction.atomic():
        while waiting is None:  # until ours is in, or the one that waits is held
            Job.objects.bulk_create([wanted], ignore_conflicts=True)
            queued = Job.objects.filter(key=wanted.key, state=Job.State.QUEUED)
            waiting = queued.select_for_update().first()
        transaction.on_commit(partial(_wake, waiting.pk), robust=True)
    return waiting


def _wake(job_id: int) -> None:
    try:
        current_app.send_task("jobs.run", args=[job_id])
    except Exception as error:  # a broker that is down costs time, not the job: the sweep sends it
        log.warning("job %s waits for the sweep: %s", job_id, error)
        return
    Job.objects.filter(pk=job_id).update(sent_at=timezone.now())


def claim(job_id: int) -> Job | None:
    """Take a job that waits, or whose worker stopped beating; None when it is another's."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING,
        lease_until=now + _lease(),
        started_at=now,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        message="",
    )
    return Job.objects.get(pk=job_id) if taken else None


def beat(job: Job, **progress: Any) -> bool:
    """Renew the claim and keep the progress; False when the job is not ours any more."""
    return bool(_mine(job).update(lease_until=timezone.now() + _lease(), **progress))


def finish(job: Job, result: Mapping[str, Any]) -> bool:
    """Close a job with its result, unless somebody else took it over."""
    return bool(
        _mine(job).update(
            state=Job.State.DONE,
            finished_at=timezone.now(),
            result=dict(result),
            done_count=F("total_count"),
        )
    )


def fail(job: Job, message: str) -> bool:
    """Give a job back for another try, or close it when its tries are used up."""
    over = job.attempts >= settings.JOB_MAX_ATTEMPTS
    if not over and Job.objects.filter(key=job.key, state=Job.State.QUEUED).exists():
        over = True  # a newer one with this key waits already and will do the work
    if over:
        return bool(
            _mine(job).update(
                state=Job.State.FAILED, finished_at=timezone.now(), message=message[:200]
            )
        )
    # Left running with a lease in the near past: the sweep will hand it to the next worker.
    retry_at = timezone.now() + timedelta(seconds=2**job.attempts)
    return bool(_mine(job).update(lease_until=retry_at, message=message[:200]))


def sweep() -> int:
    """Wake workers again for jobs that were lost on the way; returns how many."""
    now = timezone.now()
    unsent = Q(state=Job.State.QUEUED, sent_at=None, created_at__lt=now - timedelta(seconds=3))
    lost = Q(state=Job.State.QUEUED, sent_at__lt=now - 2 * _lease())
    dead = Q(state=Job.State.RUNNING, lease_until__lt=now)
    Job.objects.filter(dead, attempts__gte=settings.JOB_MAX_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, message="多次中断，已停止重试，请联系管理员"
    )
    due = list(Job.objects.filter(unsent | lost | dead).order_by("pk").values_list("pk", flat=True))
    for job_id in due[:200]:
        _wake(job_id)
    return len(due)


def run(job: Job, handler: Callable[..., Mapping[str, Any] | None], **context: Any) -> None:
    """Do a claimed job and close it; what it raises is logged and kept on the job."""
    try:
        result = handler(**job.args, **context)
    except Exception as error:
        log.exception("job %s (%s) failed", job.pk, job.name)
        fail(job, f"{type(error).__name__}: {error}")
    else:
        finish(job, result or {})


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING)


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)
