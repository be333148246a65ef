"""Working days: weekends, holidays, days worked instead, and the bureau's corrections."""

from datetime import date

import pytest

from jiebang.audit.models import Entry
from jiebang.calendars import queries, services
from jiebang.calendars.holidays import HOLIDAYS
from jiebang.calendars.models import Correction
from jiebang.common.errors import Invalid, NotAllowed, NotFound
from tests.factories import make_approver, make_officer, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 21), False),  # a Saturday
        (date(2025, 1, 26), True),  # a Sunday worked for the Spring Festival
        (date(2025, 2, 4), False),  # a Tuesday off
        (date(2025, 10, 11), True),  # a Saturday worked
        (date(2026, 1, 2), False),  # a Friday off
        (date(2026, 1, 4), True),  # a Sunday worked
        (date(2026, 2, 28), True),  # a Saturday worked
        (date(2026, 9, 20), True),  # a Sunday worked
        (date(2027, 2, 5), False),  # the eve of the Spring Festival
    ],
)
def test_a_day_is_worked_or_not(day, worked):
    assert queries.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Saturday, worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # over nine days off
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # Thursday, Friday, and a worked Saturday
    ],
)
def test_counting_forward_and_between_agree(start, n, end):
    assert queries.add_working_days(start, n) == end
    assert queries.working_days_between(start, end) == n


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert queries.working_days_between(date(2026, 11, 30), date(2026, 11, 23)) == 0


def test_a_worked_day_of_the_notices_is_a_weekend_day_outside_its_holiday():
    worked = [(holiday, day) for holiday in HOLIDAYS for day in holiday.worked]
    assert all(day.weekday() >= 5 for _, day in worked)
    assert not any(holiday.first <= day <= holiday.last for holiday, day in worked)


@pytest.mark.parametrize("n", [1, 300])
def test_counting_asks_the_database_once_however_far(django_assert_num_queries, n):
    with django_assert_num_queries(1):
        queries.add_working_days(date(2025, 3, 3), n)


def test_a_correction_counts_until_it_is_taken_back():
    officer, day = make_officer(), date(2027, 2, 9)
    services.correct(day=day, worked=False, reason="放假通知", actor=officer)
    assert queries.is_working_day(day) is False
    assert queries.add_working_days(date(2027, 2, 4), 1) == date(2027, 2, 10)

    services.correct(day=day, worked=True, reason="通知有更正", actor=officer)
    assert queries.is_working_day(day) is True

    services.correct(day=day, worked=False, reason="放假通知", actor=officer)
    services.restore(day=day, actor=officer)
    assert queries.is_working_day(day) is True
    assert Entry.objects.count() == 4


def test_the_year_lists_announced_days_and_corrections_in_order():
    services.correct(day=date(2026, 1, 4), worked=False, reason="本市停工", actor=make_officer())
    first = queries.special_days(2026)[:4]
    assert [(d.day.day, d.worked, d.corrected) for d in first] == [
        (1, False, False),
        (2, False, False),
        (3, False, False),
        (4, False, True),
    ]


@pytest.mark.parametrize("make", [make_approver, make_user])
def test_only_an_officer_corrects(make):
    with pytest.raises(NotAllowed) as refusal:
        services.correct(day=date(2026, 3, 3), worked=False, reason="停电", actor=make())
    assert refusal.value.code == "role_required"
    assert not Correction.objects.exists()
    assert not Entry.objects.exists()


def test_a_correction_without_a_reason_is_refused():
    with pytest.raises(Invalid) as refusal:
        services.correct(day=date(2026, 3, 3), worked=False, reason=" ", actor=make_officer())
    assert refusal.value.code == "reason_required"
    assert not Correction.objects.exists()
    assert not Entry.objects.exists()


def test_what_was_not_corrected_cannot_be_restored():
    with pytest.raises(NotFound) as refusal:
        services.restore(day=date(2026, 3, 3), actor=make_officer())
    assert refusal.value.code == "not_corrected"
    assert not Entry.objects.exists()
