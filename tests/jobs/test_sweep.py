"""The sweep: what was lost on the way is sent again, what died too often is closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.jobs import services, tasks
from jiebang.jobs.models import Job

pytestmark = pytest.mark.django_db
LEASE = 15


@pytest.fixture
def left(settings, ask, broker):
    """Leave a job in this state, its times told in seconds before now."""
    settings.JOB_LEASE_SECONDS = LEASE

    def leave(state, *, created, sent=None, lease=None, attempts=1):
        def ago(seconds):
            return None if seconds is None else timezone.now() - timedelta(seconds=seconds)

        job = ask()
        Job.objects.update(
            state=state,
            created_at=ago(created),
            sent_at=ago(sent),
            lease_until=ago(lease),
            attempts=attempts,
        )
        broker.sent.clear()
        return job

    return leave


@pytest.mark.parametrize(
    ("state", "times", "woken"),
    [
        ("queued", {"created": 1}, False),
        ("queued", {"created": 4}, True),
        ("queued", {"created": 90, "sent": 2 * LEASE - 5}, False),
        ("queued", {"created": 90, "sent": 2 * LEASE + 5}, True),
        ("running", {"created": 90, "lease": -5}, False),
        ("running", {"created": 90, "lease": 5}, True),
        ("running", {"created": 90, "lease": 5, "sent": 5}, False),
        ("running", {"created": 90, "lease": 5, "sent": 2 * LEASE + 5}, True),
        ("done", {"created": 90, "lease": 5}, False),
        ("failed", {"created": 90, "lease": 5}, False),
    ],
)
def test_what_is_sent_again(left, broker, state, times, woken):
    job = left(state, **times)

    assert services.sweep() == woken
    assert broker.sent == [job.pk] * woken


def test_what_was_sent_again_is_not_sent_at_every_sweep(left, broker):
    job = left("queued", created=90)

    tasks.sweep()
    tasks.sweep()

    assert broker.sent == [job.pk]


def test_a_job_whose_workers_died_five_times_is_closed_with_a_sentence(left, broker):
    job = left("running", created=90, lease=5, attempts=5)

    assert services.sweep() == 0

    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "多次中断，已停止重试，请联系管理员")
    assert broker.sent == []


def test_a_claimed_job_that_dies_is_sent_as_soon_as_its_lease_ends(left, broker):
    job = left("queued", created=90, sent=5)
    services.claim(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert services.sweep() == 1
    assert broker.sent == [job.pk]
