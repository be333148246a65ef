"""Dates and times as people say them: how long still, how long ago, on which day."""

from datetime import date, datetime

from django.utils import timezone

from jiebang.common import clock
from jiebang.common.dates import day, is_over, moment

__all__ = ["ago", "day", "is_over", "moment", "until"]
MINUTE, HOUR, DAY = 60, 3600, 86400


def until(value: date | datetime | None, over: str = "逾期") -> str:
    """Say how long there still is, or how long it has been over: `还有 3 天`, `已逾期 2 天`."""
    if value is None or value == "":
        return ""
    if not isinstance(value, datetime):
        days = (value - clock.today()).days
        return "今天到期" if days == 0 else _days(days, over)
    passed = value <= clock.now()
    days = (timezone.localdate(value) - clock.today()).days
    if days == 0:
        return f"今天 {clock.local(value):%H:%M} {'已' if passed else ''}截止"
    return _days(days, over)


def _days(days: int, over: str) -> str:
    return f"还有 {days} 天" if days > 0 else f"已{over} {-days} 天"


def ago(value: datetime | None) -> str:
    """Say how long ago something was: `刚刚`, `5 分钟前`, `昨天 14:05`, then the day."""
    if value is None or value == "":
        return "—"
    seconds = int((clock.now() - value).total_seconds())
    days = (clock.today() - timezone.localdate(value)).days
    if seconds < MINUTE:
        return "刚刚"
    if seconds < HOUR:
        return f"{seconds // MINUTE} 分钟前"
    if days == 0:
        return f"{seconds // HOUR} 小时前"
    if days == 1:
        return f"昨天 {clock.local(value):%H:%M}"
    return f"{days} 天前" if days <= 30 else day(value)
