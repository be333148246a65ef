"""Doing jobs: progress, results, failures, another try, and the heartbeat meanwhile."""

import threading

import pytest
from django.db import OperationalError, connections

from jiebang.common.errors import WrongState
from jiebang.jobs import services, tasks
from jiebang.jobs.models import Job
from tests.jobs.test_claims import let_the_lease_end

pytestmark = pytest.mark.django_db(transaction=True)
RETRIED = "处理时出错，稍后自动重试（已尝试 {} 次）"


def test_a_job_is_done_with_its_arguments_and_keeps_progress_and_result(ask, handler):
    seen = []

    def work(*, whom, progress):
        progress(1, 3, "已做 1／3")
        seen.append(Job.objects.get().percent)
        return {"greeting": f"你好，{whom}"}

    handler(work)
    tasks.run(ask(whom="世界").pk)

    job = Job.objects.get()
    assert seen == [33]
    assert (job.state, job.result, job.message) == ("done", {"greeting": "你好，世界"}, "已做 1／3")
    assert (job.done_count, job.total_count, job.percent, job.is_over) == (3, 3, 100, True)
    assert job.finished_at >= job.started_at


def test_a_message_for_a_job_that_is_over_does_nothing(ask, handler):
    done = []
    handler(lambda *, progress: done.append(1))
    job = ask()

    tasks.run(job.pk)
    tasks.run(job.pk)

    assert done == [1]


def test_a_job_that_fails_is_tried_again_and_in_the_end_closed_with_a_sentence(ask, handler):
    def work(*, progress):
        raise ValueError("断电")

    handler(work)
    job = ask()
    met = []
    for _ in range(5):
        tasks.run(job.pk)
        job.refresh_from_db()
        met.append((job.state, job.message))
        let_the_lease_end(job)

    assert met == [
        *(("running", RETRIED.format(n)) for n in range(1, 5)),
        ("failed", "处理时出错，已尝试 5 次，请联系管理员查看运行记录"),
    ]
    assert job.result == {"error": "ValueError: 断电"}
    assert services.claim(job.pk) is None


def test_a_refusal_is_final_and_speaks_for_itself(ask, handler):
    def work(*, progress):
        raise WrongState("榜题已截止")

    handler(work)
    tasks.run(ask().pk)

    job = Job.objects.get()
    assert (job.state, job.message, job.attempts) == ("failed", "榜题已截止", 1)


def test_a_job_that_fails_while_the_next_waits_leaves_the_work_to_it(ask, handler, broker):
    waiting = []

    def work(*, progress):
        waiting.append(ask())
        broker.sent.clear()
        raise ValueError("断电")

    handler(work)
    first = ask()
    tasks.run(first.pk)

    first.refresh_from_db()
    assert (first.state, first.message) == ("failed", "处理时出错，由排队中的下一次任务接着办理")
    assert broker.sent == [waiting[0].pk]


def test_a_job_that_nobody_knows_how_to_do_fails_like_any_other(broker):
    job = services.enqueue(name="test.unheard", key="one", title="样例任务")

    tasks.run(job.pk)

    job.refresh_from_db()
    assert (job.message, job.result) == (RETRIED.format(1), {"error": "KeyError: 'test.unheard'"})


def test_who_was_overtaken_stops_at_the_next_word_and_changes_nothing(ask, handler):
    steps = []

    def work(*, progress):
        job = Job.objects.get()
        let_the_lease_end(job)
        services.claim(job.pk)
        steps.append("before")
        progress(1, 2)
        steps.append("after")

    handler(work)
    tasks.run(ask().pk)

    job = Job.objects.get()
    assert steps == ["before"]
    assert (job.state, job.fence, job.done_count) == ("running", 2, 0)


def test_the_claim_is_renewed_while_a_long_step_says_nothing(ask, handler, settings):
    settings.JOB_LEASE_SECONDS = 0.3
    renewed = []

    def work(*, progress):
        first = Job.objects.get().lease_until
        for _ in range(100):
            if Job.objects.get().lease_until > first:
                renewed.append(True)
                return
            threading.Event().wait(0.05)

    handler(work)
    tasks.run(ask().pk)

    assert (renewed, Job.objects.get().state) == ([True], "done")


def test_a_beat_that_the_database_refuses_is_not_the_last(ask, handler, settings, monkeypatch):
    settings.JOB_LEASE_SECONDS = 0.03
    beats, thrice = [], threading.Event()

    def beat(job, **progress):
        beats.append(job.pk)
        if len(beats) == 3:
            thrice.set()
        raise OperationalError("database is locked")

    monkeypatch.setattr(services, "beat", beat)
    handler(lambda *, progress: {"beaten": thrice.wait(10)})
    tasks.run(ask().pk)
    connections.close_all()

    assert Job.objects.get().result == {"beaten": True}
