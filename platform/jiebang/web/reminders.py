"""Reminders before due dates: what a person's desk shows with a date is what they are told of."""

from datetime import date, datetime

from django.conf import settings

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.desks.items import Todo
from jiebang.desks.waiting import todo_of
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.web.wording import until


def remind(person: User) -> int:
    """Tell the person of what is nearly due or late on their desk, each stage once."""
    told = 0
    for item in todo_of(person):
        stage = stage_of(item.due)
        if stage is not None:
            told += tell(
                people=[person],
                kind=Kind.REMINDER,
                subject=f"{_lead(item)}：{item.title}",
                text=" · ".join(filter(None, (item.number, item.who))),
                link=item.url,
                due=item.due,
                about=f"{item.url}:{item.verb}:{item.due}:{stage}",
            )
    return told


def stage_of(due: date | datetime | None) -> str | None:
    """Return which reminder is due by now, such as `3` days before, or `late`; None for none."""
    if due is None:
        return None
    late = due <= clock.now() if isinstance(due, datetime) else due < clock.today()
    if late:
        return "late"
    day = clock.local(due).date() if isinstance(due, datetime) else due
    left = (day - clock.today()).days
    reached = [days for days in settings.REMINDER_DAYS if left <= days]
    return str(min(reached)) if reached else None


def _lead(item: Todo) -> str:
    return f"{item.verb}（{until(item.due)}）"
