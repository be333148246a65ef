"""Hears of integrity records, and tells whom they concern and who has to look again."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.signals import record_moved
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units

TO_THE_SUBJECT = {
    "entered": "科技局登记了一条诚信记录，可以陈述申辩",
    "lifted": "诚信记录已解除",
}


@receiver(record_moved)
def tell_of_record(record_id: int, event: str, **_: Any) -> None:
    """Tell the unit's writers or the person; an answer goes to the approvers."""
    record = IntegrityRecord.objects.select_related("unit", "person").get(pk=record_id)
    said: dict[str, Any] = {
        "kind": Kind.UNIT,
        "link": reverse("web:integrity-record", args=[record_id]),
        "about": f"integrity:{record_id}:{event}",
    }
    if subject := TO_THE_SUBJECT.get(event):
        person = [record.person] if record.person else []
        people = units.people_of(record.unit_id) if record.unit_id else person
        tell(people=people, subject=f"{subject}：{record.get_sanction_display()}", **said)
    else:
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"诚信记录的陈述申辩待复核：{record.subject}", **said)
