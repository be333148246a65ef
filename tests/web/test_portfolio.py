"""The portfolio board: late first, sums on top, as many queries for three contracts as for many."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jiebang.acceptance import portfolio
from jiebang.calendars import queries as calendar
from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from tests.factories import make_contract, make_district, make_officer, make_user

pytestmark = pytest.mark.django_db

BOARD = "/officer/portfolio/"


def late(contract, days=10):
    first = contract.milestones.first()
    Milestone.objects.filter(pk=first.pk).update(due_on=clock.today() - timedelta(days=days))


def queries_of(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_late_ones_come_first_then_what_is_due_next():
    calm, later, worst = (make_contract("running") for _ in range(3))
    ended = make_contract("accepted")
    late(later, 3)
    late(worst, 30)

    found = [(row.pk, bool(row.is_overdue)) for row in portfolio.contracts()]

    assert found == [(worst.pk, True), (later.pk, True), (calm.pk, False), (ended.pk, False)]
    totals = portfolio.totals(portfolio.contracts())
    assert (totals.count, totals.running, totals.late, totals.amount) == (4, 3, 2, 2400)


def test_after_the_last_milestone_the_application_is_what_is_due():
    from jiebang.acceptance import services  # noqa: PLC0415

    contract = make_contract("running")
    services.open_for(contract=contract)
    contract.milestones.update(state="confirmed")
    row = portfolio.contracts().get()
    assert row.next_due == contract.acceptance.due_on
    with clock.telling(clock.now() + timedelta(days=800)):
        assert portfolio.contracts().get().is_overdue == 1


def test_only_the_bureau_sees_it(client):
    contract = make_contract("running")
    client.force_login(make_user(unit=contract.poster))
    assert client.get(BOARD).status_code == 403
    client.force_login(make_officer())
    page = client.get(BOARD).content.decode()
    assert (contract.title in page, "个工作日" in page) == (True, True)


def test_filters_stand_in_the_address_and_hold_for_the_file(client):
    one, two = make_contract("running"), make_contract("running")
    late(one)
    poster = two.poster
    poster.district = make_district("T09", "莲花镇")
    poster.save()
    client.force_login(make_officer())

    def numbers(query):
        answer = client.get(f"{BOARD}?format=xlsx&{query}")
        rows = list(load_workbook(BytesIO(answer.content)).active.values)
        return [row[0] for row in rows[1:]]

    assert numbers("late=1") == [one.number]
    assert numbers("district=T09") == [two.number]
    assert numbers("unit=" + one.solver.name) == [one.number]
    assert numbers("state=accepted") == []
    assert numbers("q=没有这样的合同") == []
    page = client.get(f"{BOARD}?late=1").content.decode()
    assert (f"/contracts/{one.pk}/" in page, f"/contracts/{two.pk}/" in page) == (True, False)


def test_as_many_queries_for_three_as_for_twelve(client):
    client.force_login(make_officer())
    for _ in range(3):
        late(make_contract("running"))
    many = f"{BOARD}?size=50"
    client.get(many)
    few = queries_of(client, many)
    for _ in range(9):
        late(make_contract("running"))
    assert queries_of(client, many) == few
    assert Contract.objects.count() == 12


def test_working_days_are_counted_both_ways_in_one_query(django_assert_num_queries):
    today = clock.today()
    days = [today + timedelta(days=n) for n in (-30, -1, 0, 1, 30)]
    with django_assert_num_queries(1):
        found = calendar.working_days_from(today, days)
    assert found[today] == 0
    assert found[days[4]] == calendar.working_days_between(today, days[4])
    assert found[days[0]] == -calendar.working_days_between(days[0], today)
