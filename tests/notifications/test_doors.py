"""The inbox and the wishes, by page and by interface."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.notifications import queries, services
from jiebang.notifications.models import Notification, Preference
from tests.factories import make_user

pytestmark = pytest.mark.django_db
INBOX = "/api/v1/notifications/"


@pytest.fixture
def person():
    return make_user()


@pytest.fixture
def message(person):
    services.tell(people=[person], kind="need", subject="需求被退回", link="/needs/7/")
    return Notification.objects.get()


def test_the_head_counts_what_is_not_read(client, person, message):
    client.force_login(person)
    assert "消息，1 条未读" in client.get(reverse("web:profile")).content.decode()
    services.mark_read(person=person)
    assert "条未读" not in client.get(reverse("web:profile")).content.decode()


def test_following_a_message_marks_it_read_and_leads_there(client, person, message):
    client.force_login(person)
    answer = client.get(reverse("web:notification", args=[message.pk]))

    assert (answer.status_code, answer.url) == (302, "/needs/7/")
    assert queries.unread_count(person) == 0


def test_a_stranger_s_message_is_not_there(client, client_for, message):
    other = make_user()
    client.force_login(other)

    assert client.get(reverse("web:notification", args=[message.pk])).status_code == 404
    assert client_for(other).get(f"{INBOX}{message.pk}/").status_code == 404
    client.post(reverse("web:notifications-read"), {"chosen": [message.pk], "all": "1"})
    client_for(other).post(f"{INBOX}read/", {"ids": [message.pk]})
    assert Notification.objects.get().is_read is False


@pytest.mark.parametrize(
    ("posted", "left"), [({"all": "1"}, 0), ({}, 1), ({"chosen": ["x", "²"]}, 1)]
)
def test_marking_read_on_the_page(client, person, message, posted, left):
    client.force_login(person)
    answer = client.post(reverse("web:notifications-read"), posted)

    assert (answer.status_code, queries.unread_count(person)) == (302, left)


def test_the_inbox_shows_unread_or_all_by_kind(client, person, message):
    services.mark_read(person=person)
    services.tell(people=[person], kind="award", subject="中榜了")
    client.force_login(person)

    def shown(query):
        page = client.get(reverse("web:notifications") + query).context["page_obj"]
        return [row.subject for row in page]

    assert shown("") == ["中榜了"]
    assert shown("?show=all") == ["中榜了", "需求被退回"]
    assert shown("?show=all&kind=need") == ["需求被退回"]


def test_wishes_are_kept_by_both_doors(client, client_for, person):
    client.force_login(person)
    page = reverse("web:notification-preferences")
    assert (
        client.post(page, {"timing": "daily", "suited": "weekly", "muted": ["need"]}).status_code
        == 302
    )
    assert client_for(person).get(f"{INBOX}preferences/").json() == {
        "timing": "daily",
        "timing_label": "每日汇总",
        "suited": "weekly",
        "suited_label": "每周一次（周一）",
        "muted": ["need"],
    }
    client_for(person).put(f"{INBOX}preferences/", {"timing": "never"})
    kept = Preference.objects.get()
    assert (kept.timing, kept.suited, kept.muted) == ("never", "weekly", [])


def test_an_unknown_wish_is_refused_by_both_doors(client, client_for, person):
    client.force_login(person)
    page = reverse("web:notification-preferences")
    answers = [
        client.post(page, {"timing": "hourly", "suited": "daily"}),
        client.post(page, {"timing": "daily", "suited": "hourly"}),
        client_for(person).put(f"{INBOX}preferences/", {"timing": "hourly"}),
        client_for(person).put(f"{INBOX}preferences/", {"timing": "daily", "suited": "hourly"}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert Preference.objects.count() == 0


def test_the_interface_lists_and_marks(client_for, person, message):
    client = client_for(person)
    [row] = client.get(f"{INBOX}?unread=true").json()["results"]
    assert (row["subject"], row["kind_label"], row["is_read"]) == ("需求被退回", "需求", False)
    assert client.post(f"{INBOX}read/", {"ids": [row["id"]]}).json() == {"marked": 1, "unread": 0}
    assert client.get(f"{INBOX}?unread=true").json()["count"] == 0


def test_the_inbox_asks_as_often_for_many_as_for_few(client, person):
    client.force_login(person)
    counted = []
    for count in (3, 17):
        for n in range(count):
            services.tell(people=[person], kind="need", subject=f"{count}之{n}")
        with CaptureQueriesContext(connection) as queries_made:
            client.get(reverse("web:notifications"))
        counted.append(len(queries_made))

    assert counted[0] == counted[1]
