"""Reminders by the clock: one job a day goes through everybody's desk."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.jobs import services as jobs
from jiebang.jobs.models import Job
from jiebang.jobs.registry import Progress, handles
from jiebang.web.reminders import remind

REMIND = "web.remind"


@shared_task(name=REMIND)
def remind_today() -> None:
    """Queue the day's reminders, unless that was done; safe to run twice."""
    key = clock.today().isoformat()
    if not Job.objects.filter(key=f"{REMIND}:{key}").exists():
        jobs.enqueue(name=REMIND, key=key, title="到期提醒")


@handles(REMIND)
def remind_all(*, progress: Progress) -> Mapping[str, Any]:
    """Remind everybody who has a role or a place in a unit."""
    people = User.objects.filter(is_active=True).order_by("pk")
    people = people.exclude(role_grants=None, memberships=None)
    keys = list(people.distinct().values_list("pk", flat=True))
    told = 0
    for n, key in enumerate(keys, 1):
        told += remind(User.objects.get(pk=key))
        if n % 20 == 0 or n == len(keys):
            progress(n, len(keys), f"已提醒 {n} 人")
    return {"people": len(keys), "messages": told}
