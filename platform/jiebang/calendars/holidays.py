"""The public holidays as they were announced: days off, and weekend days worked instead (调休).

2025 and 2026 follow the State Council's yearly notice. Of 2027 only the statutory days themselves
stand here; which weekend days are worked is for the bureau to add once it is announced.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple


class Holiday(NamedTuple):
    """One holiday: its first and last day off, and the weekend days worked for it."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()


HOLIDAYS = (
    Holiday("元旦", date(2025, 1, 1), date(2025, 1, 1)),
    Holiday("春节", date(2025, 1, 28), date(2025, 2, 4), (date(2025, 1, 26), date(2025, 2, 8))),
    Holiday("清明节", date(2025, 4, 4), date(2025, 4, 6)),
    Holiday("劳动节", date(2025, 5, 1), date(2025, 5, 5), (date(2025, 4, 27),)),
    Holiday("端午节", date(2025, 5, 31), date(2025, 6, 2)),
    Holiday(
        "国庆节、中秋节",
        date(2025, 10, 1),
        date(2025, 10, 8),
        (date(2025, 9, 28), date(2025, 10, 11)),
    ),
    Holiday("元旦", date(2026, 1, 1), date(2026, 1, 3), (date(2026, 1, 4),)),
    Holiday("春节", date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))),
    Holiday("清明节", date(2026, 4, 4), date(2026, 4, 6)),
    Holiday("劳动节", date(2026, 5, 1), date(2026, 5, 5), (date(2026, 5, 9),)),
    Holiday("端午节", date(2026, 6, 19), date(2026, 6, 21)),
    Holiday("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
    Holiday(
        "国庆节", date(2026, 10, 1), date(2026, 10, 7), (date(2026, 9, 20), date(2026, 10, 10))
    ),
    Holiday("元旦", date(2027, 1, 1), date(2027, 1, 1)),
    Holiday("春节", date(2027, 2, 5), date(2027, 2, 8)),
    Holiday("清明节", date(2027, 4, 5), date(2027, 4, 5)),
    Holiday("劳动节", date(2027, 5, 1), date(2027, 5, 2)),
    Holiday("端午节", date(2027, 6, 9), date(2027, 6, 9)),
    Holiday("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
    Holiday("国庆节", date(2027, 10, 1), date(2027, 10, 3)),
)


def _announced() -> Iterator[tuple[date, tuple[bool, str]]]:
    for holiday in HOLIDAYS:
        for n in range((holiday.last - holiday.first).days + 1):
            yield holiday.first + timedelta(days=n), (False, f"{holiday.name}放假")
        for day in holiday.worked:
            yield day, (True, f"{holiday.name}调休上班")


ANNOUNCED: dict[date, tuple[bool, str]] = dict(_announced())  # day: (worked, why)
