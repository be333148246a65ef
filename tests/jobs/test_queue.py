"""Writing jobs down: with the cause or not at all, once a key, whatever the broker does."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.jobs import services
from jiebang.jobs.models import Job
from jiebang.jobs.queries import visible_to
from tests.factories import make_officer, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_transaction_that_fails_leaves_no_job_and_sends_nothing(ask, broker):
    @transaction.atomic
    def break_off():
        ask()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()

    assert (list(Job.objects.all()), broker.sent) == ([], [])


def test_nothing_is_sent_before_the_transaction_ends(ask, broker):
    with transaction.atomic():
        job = ask()
        assert broker.sent == []

    assert broker.sent == [job.pk]


def test_asking_ten_times_in_one_transaction_makes_one_job_and_one_message(ask, broker):
    with transaction.atomic():
        jobs = {ask().pk for _ in range(10)}

    assert list(Job.objects.values_list("pk", flat=True)) == list(jobs) == broker.sent


def test_asking_while_one_waits_changes_nothing(ask, broker):
    first, second = ask(), ask()

    assert second.pk == first.pk
    assert broker.sent == [first.pk]


def test_jobs_with_other_keys_or_other_names_are_other_jobs(ask):
    ask("one")
    ask("two")
    services.enqueue(name="test.rest", key="one", title="另一样例")

    found = Job.objects.order_by("pk").values_list("key", flat=True)
    assert list(found) == ["test.work:one", "test.work:two", "test.rest:one"]


def test_asking_while_one_is_being_done_makes_the_next(ask):
    first = ask()
    services.claim(first.pk)

    second = ask()

    states = Job.objects.order_by("pk").values_list("pk", "state")
    assert list(states) == [(first.pk, "running"), (second.pk, "queued")]


def test_a_broker_that_is_down_costs_time_and_not_the_job(ask, broker):
    broker.is_down = True
    job = ask()
    broker.is_down = False
    assert (Job.objects.get().state, broker.sent) == ("queued", [])

    Job.objects.update(created_at=timezone.now() - timedelta(seconds=4))
    services.sweep()

    assert broker.sent == [job.pk]


def test_a_job_that_waits_is_not_begun_before_who_asked_again_has_committed(ask):
    job, person = ask(), make_user(display_name="从前")
    asked, seen = threading.Event(), []

    def ask_again():
        with transaction.atomic():
            ask()
            User.objects.filter(pk=person.pk).update(display_name="现在")
            asked.set()
            done.wait(0.5)  # time enough for the worker to claim, were it let
        connections.close_all()

    def work():
        asked.wait()
        services.claim(job.pk)
        seen.append(User.objects.get(pk=person.pk).display_name)
        done.set()
        connections.close_all()

    done = threading.Event()
    threads = [threading.Thread(target=each) for each in (ask_again, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == ["现在"]


def test_people_see_their_own_jobs_and_officers_see_all(ask):
    person, officer = make_user(), make_officer()
    own, platform = ask("own", owner=person), ask("platform")

    assert list(visible_to(person)) == [own]
    assert list(visible_to(officer)) == [platform, own]
    assert list(visible_to(make_user())) == []
