"""One's own dates: a page, a secret address that can be renewed, a file by the format's rules."""

import re

import pytest

from jiebang.acceptance import services
from jiebang.audit.models import Entry
from jiebang.notifications.models import CalendarKey
from tests.factories import make_challenge, make_contract, make_user

pytestmark = pytest.mark.django_db


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def events(lines):
    found, event = [], None
    for line in lines:
        if line == "BEGIN:VEVENT":
            event = {}
        elif line == "END:VEVENT":
            found.append(event)
            event = None
        elif event is not None:
            name, _, value = line.partition(":")
            event[name.partition(";")[0]] = (name, value)
    return found


@pytest.fixture
def solver():
    contract = make_contract("running")
    services.open_for(contract=contract)
    return make_user(unit=contract.solver), contract


def address_of(client):
    page = client.post("/my-calendar/").content.decode()
    return re.search(r"/calendars/[\w-]+\.ics", page)[0]


def test_the_file_keeps_to_the_format_and_tells_my_dates_alone(client, solver):
    user, contract = solver
    make_challenge()  # somebody else's
    client.force_login(user)
    address = address_of(client)
    client.logout()

    answer = client.get(address)

    raw = answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == (
        "private, no-store", "no-referrer",
    )  # fmt: skip
    # RFC 5545: CRLF, no line over 75 octets, none cut inside a sign.
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert [line.decode() for line in raw.split(b"\r\n")]
    lines = unfolded(raw.decode())
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert [line for line in lines if line.startswith("PRODID:")]
    told = events(lines)
    assert all({"UID", "DTSTAMP", "DTSTART", "SUMMARY", "URL"} <= set(each) for each in told)
    uids = [each["UID"][1] for each in told]
    assert len(uids) == len(set(uids)) == contract.milestones.count()
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", each["DTSTAMP"][1]) for each in told)
    for each, stone in zip(told, contract.milestones.all(), strict=True):
        assert each["DTSTART"] == ("DTSTART;VALUE=DATE", f"{stone.due_on:%Y%m%d}")
        assert each["DTEND"][1] > each["DTSTART"][1]
        assert stone.title in each["SUMMARY"][1]


def test_a_renewed_address_ends_the_former_one(client, solver):
    user, _ = solver
    client.force_login(user)
    first = address_of(client)
    second = address_of(client)
    assert first != second
    assert [client.get(a).status_code for a in (first, second)] == [404, 200]
    secret = second.removeprefix("/calendars/").removesuffix(".ics")
    assert secret not in CalendarKey.objects.get().digest
    assert secret not in "".join(map(str, Entry.objects.values_list("note", "detail")))
    again = client.get("/my-calendar/").content.decode()
    assert secret not in again

    client.post("/my-calendar/", {"action": "end"})
    assert (client.get(second).status_code, CalendarKey.objects.count()) == (404, 0)


def test_a_person_who_left_has_no_calendar(client, solver):
    user, _ = solver
    client.force_login(user)
    address = address_of(client)
    user.is_active = False
    user.save()
    client.logout()
    assert client.get(address).status_code == 404
