"""The lists by call, the Atom feed and the calendar: what is public, at its time, in full."""

from datetime import UTC, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jiebang.challenges import amendments
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.web.calendar_file import Event, calendar
from tests.factories import make_call, make_challenge, make_need, make_user

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client):
    answer = client.get("/feeds/board.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314 - our own


def titles(client):
    return [entry.findtext(f"{ATOM}title") for entry in feed(client).iter(f"{ATOM}entry")]


def unfolded(client):
    return client.get("/feeds/deadlines.ics").content.decode().replace("\r\n ", "")


def test_a_scheduled_challenge_is_nowhere_before_its_time_and_everywhere_at_it(client, client_for):
    thing = make_challenge(State.SCHEDULED)
    link = f'href="/challenges/{thing.pk}/'  # the title is broken by marks
    places = {
        "board": lambda: thing.title in client.get("/").content.decode(),
        "search": lambda: link in client.get("/?q=固态电池").content.decode(),
        "page": lambda: client.get(f"/challenges/{thing.pk}/").status_code == 200,
        "list": lambda: thing.title in client.get(f"/lists/{thing.call_id}/").content.decode(),
        "feed": lambda: titles(client) == [thing.title],
        "calendar": lambda: f"SUMMARY:揭榜截止：{thing.title}" in unfolded(client),
        "interface": lambda: client_for().get("/api/v1/challenges/").json()["count"] == 1,
    }
    with clock.telling(thing.opens_at - timedelta(seconds=1)):
        assert [name for name, seen in places.items() if seen()] == []
    with clock.telling(thing.opens_at):
        assert [name for name, seen in places.items() if not seen()] == []


def test_a_change_moves_the_entry_and_the_date(client):
    thing = make_challenge()
    poster = make_user(unit=thing.need.owner)
    amendments.amend(challenge=thing, actor=poster, reason="补充", data={"term_months": 30})
    moved = Challenge.objects.get()

    assert titles(client) == [f"{thing.title}（有变更）"]
    assert f"DTSTART:{moved.closes_at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n" in unfolded(client)


def test_a_masked_name_stays_masked_in_the_feed(client):
    thing = make_challenge(need=make_need("posted", mask_owner=True))

    assert thing.need.owner.name not in client.get("/feeds/board.atom").content.decode()


def test_the_calendar_is_folded_at_whole_signs_and_escaped():
    now = timezone.now()
    text = calendar("榜", [Event("1@x", now, "长" * 60 + "；a,b;c\\d", "https://x/1", now)])

    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert "SUMMARY:" + "长" * 60 + "；a\\,b\\;c\\\\d" in text.replace("\r\n ", "")


def test_a_failed_list_stays_readable_and_says_that_it_stood_before(client):
    failed = make_challenge(State.FAILED)
    again = make_challenge(need=failed.need)

    assert "再次张榜" in client.get(f"/challenges/{again.pk}/").content.decode()
    assert "流标" in client.get(f"/lists/{failed.call_id}/").content.decode()
    row = client.get("/lists/").context["rows"][0]
    assert row["total"] == 2
    assert dict(row["counts"]) == {"揭榜中": 1, "待定榜": 0, "已中榜": 0, "已完成": 0, "流标": 1}


@pytest.mark.parametrize(
    "path", ["/feeds/board.atom", "/feeds/deadlines.ics", "/lists/", "/lists/{call}/", "/ledger/"]
)
def test_many_rows_take_as_many_queries_as_few(client, path):
    call = make_call()

    def asked(rows):
        for _ in range(rows):
            make_challenge(need=make_need("posted", call=call))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path.format(call=call.pk)).status_code == 200
        return len(queries)

    assert asked(3) == asked(27)
