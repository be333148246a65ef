"""Questions about working days. Each asks the database once, however far it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from jiebang.calendars.holidays import ANNOUNCED
from jiebang.calendars.models import Correction

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which the weekday alone does not decide."""

    day: date
    worked: bool
    reason: str
    corrected: bool


def is_working_day(day: date) -> bool:
    """Say whether the bureau works on this day."""
    return _worked(day, _corrections())


def add_working_days(day: date, n: int) -> date:
    """Return the n-th working day after `day`, which itself does not count; `day` for none."""
    known = _corrections()
    while n > 0:
        day += timedelta(days=1)
        n -= _worked(day, known)
    return day


def working_days_between(a: date, b: date) -> int:
    """Return how many working days lie after `a` up to and with `b`; none if `b` is not later."""
    known = _corrections()
    return sum(_worked(a + timedelta(days=n), known) for n in range(1, (b - a).days + 1))


def working_days_from(a: date, days: Iterable[date]) -> dict[date, int]:
    """Return for each day how many working days lie between: negative where it is before `a`.

    One query however many days.
    """
    known, found = _corrections(), {}
    for day in set(days):
        first, last = min(a, day), max(a, day)
        span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        count = sum(_worked(each, known) for each in span)
        found[day] = count if day >= a else -count
    return found


def special_days(year: int) -> list[Day]:
    """Return the year's holidays, days worked instead and corrections, in order."""
    found = {
        day: Day(day, worked, reason, corrected=False)
        for day, (worked, reason) in ANNOUNCED.items()
        if day.year == year
    }
    for row in Correction.objects.filter(day__year=year):
        found[row.day] = Day(row.day, row.worked, row.reason, corrected=True)
    return [found[day] for day in sorted(found)]


def _corrections() -> dict[date, bool]:
    return dict(Correction.objects.values_list("day", "worked"))


def _worked(day: date, corrections: dict[date, bool]) -> bool:
    if day in corrections:
        return corrections[day]
    if day in ANNOUNCED:
        return ANNOUNCED[day][0]
    return day.weekday() < SATURDAY
