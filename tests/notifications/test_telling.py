"""Telling people: once each, in the caller's transaction, by e-mail as they wish."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from jiebang.common import clock
from jiebang.common.errors import Invalid
from jiebang.jobs.models import Job
from jiebang.notifications import queries, services, tasks
from jiebang.notifications.models import Notification, Preference
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=timezone.get_default_timezone())


def tell(*people, **fields):
    said = {"kind": "need", "subject": "需求被退回", "text": "请补充指标", "link": "/needs/7/"}
    return services.tell(people=people, **{**said, **fields})


def send_due():
    services.queue_due_mail()
    return tasks.mail(progress=lambda *_: None)


@pytest.fixture
def person():
    return make_user(email="lin@example.cn")


def test_the_same_event_is_told_once(person):
    other = make_user()
    tell(person)
    tell(person, other)

    told = Notification.objects.values_list("person", "subject").order_by("person")
    assert list(told) == [(person.pk, "需求被退回"), (other.pk, "需求被退回")]


@pytest.mark.parametrize(
    ("second", "count"),
    [
        ({}, 1),
        ({"text": "请补充预算"}, 2),
        ({"kind": "reminder"}, 2),
        ({"about": "need:7:returned:2"}, 2),
    ],
)
def test_what_is_another_event(person, second, count):
    tell(person)
    tell(person, **second)

    assert queries.unread_count(person) == count


def test_what_the_caller_takes_back_was_never_told(person):
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)

    assert (Notification.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "copy"),
    [({"email": "a@example.cn"}, "waiting"), ({"email": ""}, "none")],
)
def test_a_copy_waits_for_whoever_has_an_address(fields, copy):
    tell(make_user(**fields))

    assert Notification.objects.get().copy == copy


def test_nobody_who_has_left_is_told():
    assert tell(make_user(is_active=False)) == 0
    assert Notification.objects.count() == 0


def test_telling_many_takes_as_many_queries_as_telling_three(django_assert_num_queries):
    counted = []
    for people in ([make_user() for _ in range(3)], [make_user() for _ in range(60)]):
        with django_assert_num_queries(4):  # savepoint, wishes, rows, savepoint
            counted.append(tell(*people))

    assert counted == [3, 60]


def test_messages_of_a_moment_go_out_in_one_letter(person, settings):
    settings.SITE_URL = "https://jiebang.example.cn"
    tell(person)
    tell(person, subject="榜题即将截止", link="/challenges/3/")
    assert Job.objects.filter(name=services.MAIL).count() == 1
    send_due()
    send_due()

    [letter] = mail.outbox
    assert letter.to == ["lin@example.cn"]
    assert letter.subject == "【揭榜挂帅】2 条消息：榜题即将截止"
    assert "https://jiebang.example.cn/needs/7/" in letter.body
    assert {row.copy for row in Notification.objects.all()} == {"sent"}


@pytest.mark.parametrize(
    ("timing", "after", "letters"),
    [
        ("daily", timedelta(hours=22, minutes=59), 0),
        ("daily", timedelta(hours=23), 1),
        ("weekly", timedelta(days=6, hours=22), 0),
        ("weekly", timedelta(days=6, hours=23), 1),
        ("at_once", timedelta(0), 1),
        ("never", timedelta(days=30), 0),
    ],
)
def test_digests_go_out_when_the_clock_says(person, timing, after, letters):
    with clock.telling(MONDAY):
        services.prefer(person=person, timing=timing)
        tell(person)
    with clock.telling(MONDAY + after + timedelta(seconds=1)):
        send_due()
        send_due()

    assert len(mail.outbox) == letters


def test_a_muted_kind_stays_in_the_inbox_only(person):
    services.prefer(person=person, timing="at_once", muted=["need"])
    tell(person)
    send_due()

    assert (queries.unread_count(person), mail.outbox) == (1, [])


def test_who_wants_no_more_e_mails_gets_not_even_those_that_wait(person):
    tell(person)
    services.prefer(person=person, timing="never")
    send_due()

    assert (Notification.objects.get().copy, mail.outbox) == ("none", [])


def test_an_address_that_fails_does_not_keep_the_others_waiting(person, monkeypatch):
    broken = make_user(email="broken@example.cn")
    tell(broken, person)
    send = services.mail

    def flaky(*, person):
        if person == broken:
            raise OSError("no such mailbox")
        return send(person=person)

    monkeypatch.setattr(services, "mail", flaky)
    with pytest.raises(OSError, match="no such mailbox"):
        send_due()

    copies = dict(Notification.objects.values_list("person", "copy"))
    assert copies == {broken.pk: "waiting", person.pk: "sent"}


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"timing": "hourly"}, "timing"), ({"timing": "daily", "muted": ["gossip"]}, "muted")],
)
def test_an_unknown_wish_is_refused_and_changes_nothing(person, wish, field):
    with pytest.raises(Invalid) as refusal:
        services.prefer(person=person, **wish)

    assert (list(refusal.value.fields), Preference.objects.count()) == ([field], 0)


def test_marking_read_touches_one_s_own_only(person):
    other = make_user()
    tell(person, other)
    theirs = Notification.objects.get(person=other)

    assert services.mark_read(person=person, which=[theirs.pk]) == 0
    assert services.mark_read(person=person) == 1
    assert [queries.unread_count(someone) for someone in (person, other)] == [0, 1]
