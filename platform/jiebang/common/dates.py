"""Days and moments as government papers write them."""

from datetime import date, datetime

from django.utils import timezone

from jiebang.common import clock


def day(value: date | datetime | None) -> str:
    """Write a day as government papers do: `2026年11月23日`; a dash where there is none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None) -> str:
    """Write a moment in the city's zone: `2026年11月23日 17:30`; a dash where there is none."""
    if not isinstance(value, datetime):
        return day(value)
    return f"{day(value)} {clock.local(value):%H:%M}"


def is_over(value: date | datetime | None) -> bool:
    """Say whether a day or a moment has passed."""
    if value is None or value == "":
        return False
    return value <= clock.now() if isinstance(value, datetime) else value < clock.today()
