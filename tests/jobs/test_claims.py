"""Whose job it is: one worker's, until it ends or stops beating; one at a time under a key."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from jiebang.jobs import services
from jiebang.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def let_the_lease_end(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def state(job):
    return Job.objects.get(pk=job.pk).state


def test_of_eight_workers_who_claim_at_once_one_gets_the_job(ask):
    job = ask()
    gate, got = threading.Barrier(8), []

    def work():
        gate.wait()
        got.append(services.claim(job.pk) is not None)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == [False] * 7 + [True]
    job.refresh_from_db()
    assert (job.state, job.attempts, job.fence) == ("running", 1, 1)


def test_a_job_is_its_workers_until_the_lease_ends(ask):
    first = services.claim(ask().pk)
    assert services.claim(first.pk) is None

    let_the_lease_end(first)
    second = services.claim(first.pk)

    assert (second.pk, second.attempts, second.fence) == (first.pk, 2, 2)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda job: services.beat(job, message="还在"),
        lambda job: services.finish(job, {"made": 1}),
        lambda job: services.fail(job, ValueError("太晚")),
    ],
    ids=["beat", "finish", "fail"],
)
def test_who_was_taken_for_dead_changes_nothing_any_more(ask, attempt):
    first = services.claim(ask().pk)
    let_the_lease_end(first)
    services.claim(first.pk)
    before = Job.objects.values().get()

    assert attempt(first) is False

    assert Job.objects.values().get() == before


@pytest.mark.parametrize("over", ["done", "failed"])
def test_a_job_that_is_over_cannot_be_claimed(ask, over):
    job = ask()
    Job.objects.update(state=over)

    assert services.claim(job.pk) is None
    assert state(job) == over


def test_the_next_with_a_key_waits_until_the_first_ends_and_is_woken_then(ask, broker):
    first = services.claim(ask().pk)
    second = ask()
    assert services.claim(second.pk) is None
    assert state(second) == "queued"
    broker.sent.clear()

    services.finish(first, {})

    assert broker.sent == [second.pk]
    assert services.claim(second.pk).fence == 1


def test_a_job_whose_worker_died_goes_first(ask):
    first = services.claim(ask().pk)
    second = ask()
    let_the_lease_end(first)

    assert services.claim(second.pk) is None
    assert services.claim(first.pk).attempts == 2
