"""Every list by one mechanism: sorted, in pages of the wished size, as an Excel file."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from jiebang.audit.models import Entry
from jiebang.library.states import State as NeedState
from jiebang.notifications import services as notifications
from jiebang.organizations.states import State as UnitState
from jiebang.web import tables
from tests.factories import (
    make_achievement,
    make_call,
    make_challenge,
    make_contract,
    make_expert,
    make_need,
    make_officer,
    make_proposal,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def sheet_of(answer):
    return [list(row) for row in load_workbook(BytesIO(answer.content)).active.values]


def heads(table):
    return [column.label for column in table.columns]


def a_unit_s_person(make=lambda unit: None):
    unit = make_unit()
    make(unit)
    return make_user(unit=unit)


def of_a_contract():
    return make_user(unit=make_contract().poster)


def told():
    person = make_user()
    notifications.tell(people=[person], kind="need", subject="需求被退回")
    return person


def with_posted():
    make_challenge()
    return make_user()


LISTS = {
    "officer-units": (
        tables.UNITS_TO_VERIFY,
        lambda: (make_unit(state=UnitState.PENDING), make_officer())[1],
    ),
    "officer-needs": (tables.NEEDS, lambda: (make_need(NeedState.ENDORSED), make_officer())[1]),
    "officer-library": (
        tables.LIBRARY,
        lambda: (make_need(NeedState.IN_LIBRARY), make_officer())[1],
    ),
    "officer-challenges": (tables.CHALLENGES, lambda: (make_challenge(), make_officer())[1]),
    "contracts": (tables.CONTRACTS, of_a_contract),
    "needs": (tables.OWN_NEEDS, lambda: a_unit_s_person(lambda unit: make_need(owner=unit))),
    "proposals": (tables.OWN_BIDS, lambda: make_proposal().author),
    "my-achievements": (
        tables.OWN_ACHIEVEMENTS,
        lambda: a_unit_s_person(lambda unit: make_achievement(owner=unit)),
    ),
    "board": (tables.BOARD, with_posted),
    "achievements": (tables.ACHIEVEMENTS, lambda: (make_achievement(), make_user())[1]),
    "units": (tables.UNITS, lambda: (make_unit(), make_user())[1]),
    "notifications": (tables.MESSAGES, told),
    "expert-appraisals": (tables.APPRAISALS, make_expert),
    "audit-log": (tables.RECORD, make_officer),
    "jobs": (tables.JOBS, make_user),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_an_excel_file_with_its_columns_and_its_rows(client, name):
    table, arrange = LISTS[name]
    client.force_login(arrange())
    page = client.get(reverse(f"web:{name}"))
    answer = client.get(reverse(f"web:{name}"), {"format": "xlsx"})

    head, *rows = sheet_of(answer)
    assert (head, len(rows)) == (heads(table), page.context["page_obj"].paginator.count)
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")


def test_a_file_holds_what_the_filters_leave_and_all_pages_of_it(client):
    for n in range(25):
        make_unit(state=UnitState.PENDING, name=f"东江精密{n}")
    make_unit(state=UnitState.PENDING, name="别的单位")
    client.force_login(make_officer())
    answer = client.get(reverse("web:officer-units"), {"q": "东江", "format": "xlsx"})

    assert [row[1][:4] for row in sheet_of(answer)[1:]] == ["东江精密"] * 25


def test_what_looks_like_a_formula_stays_a_text(client):
    make_unit(name='=HYPERLINK("http://evil.example","点我")')
    client.force_login(make_user())
    answer = client.get(reverse("web:units"), {"format": "xlsx"})

    cell = load_workbook(BytesIO(answer.content)).active["B2"]
    assert (cell.data_type, cell.value[:10]) == ("s", "=HYPERLINK")


def test_a_file_is_recorded_and_a_stranger_signs_in_first(client):
    make_unit()
    stranger = client.get(reverse("web:units"), {"format": "xlsx"})
    assert stranger.url.startswith(reverse("web:sign-in"))
    assert Entry.objects.count() == 0

    person = make_user()
    client.force_login(person)
    client.get(reverse("web:units"), {"format": "xlsx", "q": "样例"})
    entry = Entry.objects.get()
    assert (entry.actor, entry.action) == (person, "export")
    assert entry.detail["list"] == "单位"
    assert entry.detail["rows"] == 1


def test_too_long_a_file_is_refused_with_the_way_out(client, settings):
    settings.EXPORT_ROWS_MOST = 1
    make_unit(), make_unit()
    client.force_login(make_user())
    answer = client.get(reverse("web:units"), {"format": "xlsx"})

    assert answer.status_code == 422
    assert "缩小范围" in answer.content.decode()
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("asked", "order"),
    [("bounty", [1, 2, 3]), ("-bounty", [3, 2, 1]), ("owner__password", [3, 2, 1])],
)
def test_a_list_is_sorted_by_its_columns_and_by_nothing_else(client, asked, order):
    unit = make_unit()
    for amount in (2, 1, 3):
        make_need(owner=unit, bounty=amount, call=make_call(name=str(amount)))
    client.force_login(make_user(unit=unit))
    shown = client.get(reverse("web:needs"), {"sort": asked}).context["page_obj"]

    first = [int(need.bounty) for need in shown]
    assert first == (order if asked.endswith("bounty") else [3, 1, 2])


@pytest.mark.parametrize(("size", "rows"), [("", 20), ("50", 50), ("7", 20), ("九", 20)])
def test_a_page_is_as_long_as_one_of_the_sizes(client, size, rows):
    for _ in range(51):
        make_unit()
    answer = client.get(reverse("web:units"), {"size": size})

    assert len(answer.context["page_obj"]) == rows


def test_a_file_asks_as_often_for_many_rows_as_for_few(client):
    client.force_login(make_officer())
    counted = []
    for count in (2, 30):
        for _ in range(count):
            make_need(NeedState.ENDORSED)
        with CaptureQueriesContext(connection) as made:
            client.get(reverse("web:officer-needs"), {"format": "xlsx"})
        counted.append(len(made))

    assert counted[0] == counted[1]
