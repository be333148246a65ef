"""The two Celery tasks of the ledger: do one job, and look for lost ones."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection

from jiebang.jobs import services
from jiebang.jobs.models import Job

log = logging.getLogger(__name__)


@shared_task(name="jobs.run")
def run(job_id: int) -> None:
    """Claim the job and do it; somebody else's job is left alone."""
    if job := services.claim(job_id):
        with _heartbeat(job):
            services.run(job)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Wake workers for jobs that were lost on the way."""
    services.sweep()


@shared_task(name="jobs.prune")
def prune() -> None:
    """Forget jobs that ended long ago."""
    services.prune()


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Renew the claim from a thread of its own while a long step says nothing."""
    over = threading.Event()

    def keep_beating() -> None:
        while not over.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                services.beat(job)
            except DatabaseError as error:  # a busy database: the next beat is still in time
                log.warning("job %s missed a beat: %s", job.pk, error)
        connection.close()

    thread = threading.Thread(target=keep_beating, name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
