"""Inboxes, wishes, and whose e-mails are due."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.notifications.models import Notification, Preference
from jiebang.notifications.states import Copy, Pace, Timing


def inbox(person: User, *, unread: bool = False, kind: str = "") -> QuerySet[Notification]:
    """Return the person's messages, newest first."""
    mine = Notification.objects.filter(person=person).order_by("-pk")
    if unread:
        mine = mine.filter(read_at=None)
    return mine.filter(kind=kind) if kind else mine


def unread_count(person: User) -> int:
    """Return how many messages the person has not read."""
    return inbox(person, unread=True).count()


def preference_of(person: User) -> Preference:
    """Return the person's wishes; the usual ones, unsaved, where none were said."""
    said = Preference.objects.filter(person=person).first()
    return said or Preference(person=person)


def to_mail(now: datetime | None = None) -> QuerySet[User]:
    """Return the people whose waiting copies are due: at once, or since their last digest."""
    now = now or clock.now()
    daily = Q(notification_preference__timing=Timing.DAILY)
    weekly = Q(notification_preference__timing=Timing.WEEKLY)
    since = "notification_preference__digested_at__lt"
    due = (
        Q(notification_preference=None)
        | Q(notification_preference__timing=Timing.AT_ONCE)
        | daily & Q(**{since: _last_digest(now)})
        | weekly & Q(**{since: _last_digest(now, weekly=True)})
    )
    waiting = Notification.objects.filter(copy=Copy.WAITING).values("person")
    return User.objects.filter(due, pk__in=waiting).exclude(email="").order_by("pk")


def to_suggest_to(now: datetime | None = None) -> QuerySet[User]:
    """Return the people who may be told now of challenges that suit them: at once, or again."""
    now = now or clock.now()
    pace, since = "notification_preference__suited", "notification_preference__suited_at__lt"
    due = (
        Q(notification_preference=None)
        | Q(**{pace: Pace.AT_ONCE})
        | Q(**{pace: Pace.DAILY, since: _last_digest(now)})
        | Q(**{pace: Pace.WEEKLY, since: _last_digest(now, weekly=True)})
    )
    return User.objects.filter(due, is_active=True).order_by("pk")


def _last_digest(now: datetime, *, weekly: bool = False) -> datetime:
    """Return the last moment before now at which digests were to go out."""
    moment = clock.local(now).replace(
        hour=settings.NOTIFICATION_DIGEST_HOUR, minute=0, second=0, microsecond=0
    )
    if moment > now:
        moment -= timedelta(days=1)
    return moment - timedelta(days=moment.weekday()) if weekly else moment
