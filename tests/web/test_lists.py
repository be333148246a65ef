"""Every list by one mechanism: sorted, in pages of the wished size, as an Excel file."""

from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from jiebang.acceptance.models import Acceptance, Assessment
from jiebang.audit import services as audit
from jiebang.audit.models import Entry
from jiebang.common import clock
from jiebang.experts.models import Seat
from jiebang.jobs.models import Job
from jiebang.ledger.models import Record
from jiebang.library.models import Appraisal
from jiebang.library.states import State as NeedState
from jiebang.notifications import services as notifications
from jiebang.organizations.states import State as UnitState
from jiebang.web import acceptance_tables, review_tables, tables
from tests.commissions import steps as commissions
from tests.factories import (
    make_achievement,
    make_call,
    make_challenge,
    make_contract,
    make_draw,
    make_endorser,
    make_expert,
    make_need,
    make_officer,
    make_pooled,
    make_proposal,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db


def sheet_of(answer):
    return [list(row) for row in load_workbook(BytesIO(answer.content)).active.values]


def heads(table):
    return [column.label for column in table.columns]


def of(person, row):
    """A list: who looks at it, and what makes one more row of it."""
    return person, row


def of_a_unit(make_row):
    unit = make_unit()
    return make_user(unit=unit), lambda: make_row(unit)


def told():
    person, words = make_user(), count(1)
    said = {"people": [person], "kind": "need"}
    return person, lambda: notifications.tell(subject=f"消息{next(words)}", **said)


def appraisals():
    expert = make_expert()

    def asked():
        need = make_need(NeedState.APPRAISAL)
        Appraisal.objects.create(need=need, expert=expert, version=1)

    return expert, asked


def jobs():
    keys = count(1)
    return make_officer(), lambda: Job.objects.create(name="x", key=str(next(keys)), title="导入")


def seats():
    expert, soon = make_pooled(), clock.now() + timedelta(days=3)

    def ask():
        Seat.objects.create(
            expert=expert,
            challenge=make_challenge("closed"),
            origin="hand",
            invited_by=make_officer(),
            answer_by=soon,
            review_by=soon,
        )

    return expert.user, ask


def ledger():
    numbers = count(1000)

    def chain():
        number = next(numbers)
        Record.objects.create(
            number=number, kind="state", about_type="x", about_id=1, digest=f"{number:064}"
        )

    return make_user(), chain


def record():
    officer = make_officer()

    def enter():
        with transaction.atomic():
            audit.record(actor=officer, thing=make_unit(), action="edit", label="修改单位信息")

    return officer, enter


def applied(**fields):
    return Acceptance.objects.create(
        contract=make_contract("running"), notice_ends_on=clock.today(), **fields
    )


def assessed():
    day = clock.today()
    return Assessment.objects.create(contract=make_contract("accepted"), opens_on=day, due_on=day)


LISTS = {
    "officer-units": (
        tables.UNITS_TO_VERIFY,
        lambda: of(make_officer(), lambda: make_unit(state=UnitState.PENDING)),
    ),
    "officer-needs": (
        tables.NEEDS,
        lambda: of(make_officer(), lambda: make_need(NeedState.ENDORSED)),
    ),
    "officer-library": (
        tables.LIBRARY,
        lambda: of(make_officer(), lambda: make_need(NeedState.IN_LIBRARY)),
    ),
    "officer-challenges": (tables.CHALLENGES, lambda: of(make_officer(), make_challenge)),
    "contracts": (tables.CONTRACTS, lambda: of(make_officer(), make_contract)),
    "needs": (tables.OWN_NEEDS, lambda: of_a_unit(lambda unit: make_need(owner=unit))),
    "proposals": (tables.OWN_BIDS, lambda: of_a_unit(lambda unit: make_proposal(lead=unit))),
    "my-achievements": (tables.OWN_ACHIEVEMENTS, lambda: of_a_unit(make_achievement)),
    "board": (tables.BOARD, lambda: of(make_user(), make_challenge)),
    "achievements": (tables.ACHIEVEMENTS, lambda: of(make_user(), make_achievement)),
    "units": (tables.UNITS, lambda: of(make_user(), make_unit)),
    "notifications": (tables.MESSAGES, told),
    "expert-appraisals": (tables.APPRAISALS, appraisals),
    "officer-calls": (tables.CALLS, lambda: of(make_officer(), make_call)),
    "officer-unclaimed": (tables.UNCLAIMED, lambda: of(make_officer(), make_challenge)),
    "endorser-needs": (
        tables.ENDORSEMENTS,
        lambda: of(make_endorser(), lambda: make_need(NeedState.SUBMITTED)),
    ),
    "expert-seats": (review_tables.SEATS, seats),
    "draws": (review_tables.DRAWS, lambda: of(make_user(), lambda: make_draw(1))),
    "ledger": (tables.LEDGER, ledger),
    "audit-log": (tables.RECORD, record),
    "jobs": (tables.JOBS, jobs),
    "officer-commissions": (tables.COMMISSIONS, lambda: of(make_officer(), commissions.notice)),
    "commissions": (tables.COMMISSION_NOTICES, lambda: of(make_user(), commissions.notice)),
    "acceptances": (acceptance_tables.ACCEPTANCES, lambda: of(make_officer(), applied)),
    "acceptance-notices": (
        acceptance_tables.ACCEPTANCE_NOTICES,
        lambda: of(make_user(), lambda: applied(state="passed", conclusion="pass")),
    ),
    "assessments": (acceptance_tables.ASSESSMENTS, lambda: of(make_officer(), assessed)),
    "portfolio": (acceptance_tables.PORTFOLIO, lambda: of(make_officer(), make_contract)),
}


@pytest.mark.parametrize("way", [{}, {"format": "xlsx"}], ids=["page", "file"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_many_rows_as_for_few(client, name, way):
    person, add = LISTS[name][1]()
    client.force_login(person)
    counted = []
    for rows in (3, 16):
        for _ in range(rows):
            add()
        with CaptureQueriesContext(connection) as made:
            client.get(reverse(f"web:{name}"), way)
        counted.append(len(made))

    assert counted[0] == counted[1]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_an_excel_file_with_its_columns_and_its_rows(client, name):
    table, arrange = LISTS[name]
    person, add = arrange()
    add()
    client.force_login(person)
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
