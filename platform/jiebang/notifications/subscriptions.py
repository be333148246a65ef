"""The secret address of a person's own calendar: given out once, found by its hash."""

import hashlib
import secrets

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.notifications.models import CalendarKey


@transaction.atomic
def renew(*, person: User) -> str:
    """Return a new secret; the former one ends at once, and nobody can read this one again."""
    secret = secrets.token_urlsafe(32)
    kept, _ = CalendarKey.objects.update_or_create(
        person=person, defaults={"digest": _digest(secret), "renewed_at": clock.now()}
    )
    audit.record(actor=person, thing=kept, action="renew", label="更换日历订阅地址")
    return secret


@transaction.atomic
def end(*, person: User) -> None:
    """End the address without a new one."""
    kept = CalendarKey.objects.filter(person=person).first()
    if kept is not None:
        audit.record(actor=person, thing=kept, action="end", label="停用日历订阅地址")
        kept.delete()


def person_of(secret: str) -> User | None:
    """Return whose calendar it is, or None: unknown, renewed, or no longer active."""
    found = CalendarKey.objects.select_related("person").filter(digest=_digest(secret)).first()
    return found.person if found and found.person.is_active else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
