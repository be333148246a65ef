"""Queueing, claiming, doing, finishing and sweeping jobs."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.common.errors import DomainError
from jiebang.jobs.models import Job
from jiebang.jobs.registry import HANDLERS

log = logging.getLogger(__name__)


class TakenOver(Exception):
    """The claim ran out and another worker has the job now; stop working on it."""


def enqueue(*, name: str, key: str, title: str, owner: User | None = None, **args: Any) -> Job:
    """Write a job down in the caller's transaction and wake a worker after commit.

    Where a job with this key waits already, that one is returned: it is held until the caller
    commits, so it will see what the caller wrote. So the key must say all that the args say.
    """
    wanted = Job(name=name, key=f"{name}:{key}", title=title, owner=owner, args=args)
    waiting: Job | None = None
    with transaction.atomic():
        while waiting is None:  # until ours is in, or the one that waits is held
            Job.objects.bulk_create([wanted], ignore_conflicts=True)
            queued = Job.objects.filter(key=wanted.key, state=Job.State.QUEUED)
            waiting = queued.select_for_update().first()
        if waiting.sent_at is None:
            # Noted before it is sent, so that asking often sends one message.
            _sent(waiting.pk).update(sent_at=timezone.now())
            transaction.on_commit(partial(_wake, waiting.pk), robust=True)
    return waiting


def claim(job_id: int) -> Job | None:
    """Take a job that waits, or whose worker stopped beating; None when it is another's.

    One with the key of a job that is being done stays queued; it is woken when that one ends.
    """
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    try:
        with transaction.atomic():
            taken = Job.objects.filter(free, pk=job_id).update(
                state=Job.State.RUNNING,
                lease_until=now + _lease(),
                started_at=now,
                attempts=F("attempts") + 1,
                fence=F("fence") + 1,
                sent_at=None,
                message="",
            )
    except IntegrityError:  # job_running_once
        return None
    return Job.objects.get(pk=job_id) if taken else None


def run(job: Job) -> None:
    """Do a claimed job and close it; what it raises is logged and kept on the job."""

    def progress(done: int, total: int, message: str = "") -> None:
        if not beat(job, done_count=done, total_count=total, message=message[:200]):
            raise TakenOver(f"job {job.pk} is another worker's now")

    try:
        handler = HANDLERS[job.name]
        result = handler(**job.args, progress=progress)
    except TakenOver as stop:
        log.warning("%s", stop)
    except Exception as error:
        log.exception("job %s (%s) failed", job.pk, job.name)
        fail(job, error)
    else:
        finish(job, result or {})


def beat(job: Job, **progress: Any) -> bool:
    """Renew the claim and keep the progress; False when the job is not ours any more."""
    return bool(_mine(job).update(lease_until=timezone.now() + _lease(), **progress))


def finish(job: Job, result: Mapping[str, Any]) -> bool:
    """Close a job with its result, unless somebody else took it over."""
    return _close(job, Job.State.DONE, result=dict(result), done_count=F("total_count"))


def fail(job: Job, error: Exception) -> bool:
    """Give a job back for another try, or close it, with a sentence for people.

    Closed when a rule refused it, when a newer one with its key waits and will do the work, or
    when its tries are used up. What was raised is kept in the result, for whoever looks into it.
    """
    kept = {"error": f"{type(error).__name__}: {error}"}
    if isinstance(error, DomainError):
        return _close(job, Job.State.FAILED, result=kept, message=str(error)[:200])
    if _waiting(job.key).exists():
        sentence = "处理时出错，由排队中的下一次任务接着办理"
        return _close(job, Job.State.FAILED, result=kept, message=sentence)
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        sentence = f"处理时出错，已尝试 {job.attempts} 次，请联系管理员查看运行记录"
        return _close(job, Job.State.FAILED, result=kept, message=sentence)
    # Left running with a lease that ends soon: the sweep will hand it to the next worker.
    retry_at = timezone.now() + timedelta(seconds=2**job.attempts)
    sentence = f"处理时出错，稍后自动重试（已尝试 {job.attempts} 次）"
    return bool(_mine(job).update(lease_until=retry_at, result=kept, message=sentence))


def sweep() -> int:
    """Wake workers again for jobs that were lost on the way; returns how many."""
    now = timezone.now()
    dead = Q(state=Job.State.RUNNING, lease_until__lt=now)
    Job.objects.filter(dead, attempts__gte=settings.JOB_MAX_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, message="多次中断，已停止重试，请联系管理员"
    )
    unsent = Q(sent_at=None, created_at__lt=now - timedelta(seconds=3))
    # A message may only be waiting its turn: not every sweep sends another.
    quiet = Q(sent_at__lt=now - 2 * _lease())
    due = Job.objects.filter((Q(state=Job.State.QUEUED) | dead) & (unsent | quiet))
    keys = list(due.order_by("pk").values_list("pk", flat=True)[:200])
    for job_id in keys:
        _sent(job_id).update(sent_at=now)
        _wake(job_id)
    return len(keys)


def prune() -> int:
    """Forget jobs that ended long ago, as `JOB_KEPT_DAYS` says; returns how many."""
    before = timezone.now() - timedelta(days=settings.JOB_KEPT_DAYS)
    over = Job.objects.filter(state__in=(Job.State.DONE, Job.State.FAILED), finished_at__lt=before)
    return over.delete()[0]


def _close(job: Job, state: Job.State, **changes: Any) -> bool:
    closed = _mine(job).update(state=state, finished_at=timezone.now(), **changes)
    if closed:
        for job_id in _waiting(job.key).values_list("pk", flat=True):
            _wake(job_id)
    return bool(closed)


def _wake(job_id: int) -> None:
    try:
        current_app.send_task("jobs.run", args=[job_id], retry=False)
    except Exception as error:  # a broker that is down costs time, not the job: the sweep sends it
        log.warning("job %s waits for the sweep: %s", job_id, error)
        _sent(job_id).update(sent_at=None)


def _sent(job_id: int) -> QuerySet[Job]:
    return Job.objects.filter(pk=job_id)


def _waiting(key: str) -> QuerySet[Job]:
    return Job.objects.filter(key=key, state=Job.State.QUEUED)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING)


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)
