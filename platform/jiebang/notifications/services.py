"""Telling people, marking what they read, keeping their wishes, sending their e-mails."""

import hashlib
import logging
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.errors import Invalid
from jiebang.jobs import services as jobs
from jiebang.notifications import queries
from jiebang.notifications.models import Notification, Preference
from jiebang.notifications.states import Copy, Kind, Pace, Timing

log = logging.getLogger(__name__)
MAIL = "notifications.mail"
IN_ONE_MAIL = 100


@transaction.atomic
def tell(
    *,
    people: Iterable[User],
    kind: str,
    subject: str,
    text: str = "",
    link: str = "",
    due: date | datetime | None = None,
    about: str = "",
) -> int:
    """Put a message into the inboxes of the people, in the caller's transaction.

    `link` is the path of a page; `about` names the event (such as `need:7:returned:2`) and
    without it the words themselves do: one event is told to a person once. Copies by e-mail go
    out after commit, as each person wishes. Returns to how many people it was sent.
    """
    asked = {person.pk: person for person in people if person.is_active}
    wishes = {wish.person_id: wish for wish in Preference.objects.filter(person__in=asked)}
    thing = _digest(about or f"{link}\n{subject}\n{text}\n{due or ''}")
    rows = [
        Notification(
            person=person,
            kind=Kind(kind),
            thing=thing,
            subject=subject[:120],
            text=text[:1000],
            link=link,
            due=_moment(due),
            copy=Copy.WAITING if _wants_copy(person, wishes.get(key), kind) else Copy.NONE,
        )
        for key, person in sorted(asked.items())
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    at_once = (Timing.AT_ONCE, None)
    if any(
        row.copy == Copy.WAITING and getattr(wishes.get(row.person_id), "timing", None) in at_once
        for row in rows
    ):
        _queue_mail()
    return len(rows)


@transaction.atomic
def mark_read(*, person: User, which: Collection[int] | None = None) -> int:
    """Mark one's own messages read, all of them without `which`; returns how many were new."""
    mine = queries.inbox(person, unread=True)
    if which is not None:
        mine = mine.filter(pk__in=which)
    return mine.update(read_at=clock.now())


@transaction.atomic
def prefer(
    *, person: User, timing: str, muted: Iterable[str] = (), suited: str | None = None
) -> Preference:
    """Keep how often the person wishes e-mails, and about what not.

    `suited` is how often challenges are suggested; what was said before stays without it.
    """
    wanted = sorted(set(muted))
    faults: dict[str, list[str]] = {}
    if timing not in Timing.values:
        faults["timing"] = ["请选择列出的发送方式"]
    if set(wanted) - set(Kind.values):
        faults["muted"] = ["请选择列出的类别"]
    if suited is not None and suited not in Pace.values:
        faults["suited"] = ["请选择列出的推荐方式"]
    if faults:
        raise Invalid("消息设置没有保存，请按提示修改", fields=faults)
    said: dict[str, Any] = {"timing": timing, "muted": wanted}
    if suited is not None:
        said["suited"] = suited
    kept, _ = Preference.objects.update_or_create(person=person, defaults=said)
    waiting = queries.inbox(person).filter(copy=Copy.WAITING)
    if timing == Timing.NEVER:
        waiting.update(copy=Copy.NONE)
    else:
        waiting.filter(kind__in=wanted).update(copy=Copy.NONE)
        if timing == Timing.AT_ONCE and waiting.exists():
            _queue_mail()
    return kept


def suggested(*, people: Iterable[int]) -> None:
    """Note that these people were told of what suits them, or that there was nothing new."""
    Preference.objects.filter(person__in=list(people)).update(suited_at=clock.now())


def queue_due_mail() -> bool:
    """Queue the sending when somebody's e-mails are due; says whether it did."""
    due = queries.to_mail().exists()
    if due:
        _queue_mail()
    return due


def mail(*, person: User) -> int:
    """Send the person's waiting copies in one e-mail; returns how many messages it held.

    Marked as sent once the mail server has taken it: a stop in between sends it twice, never not.
    """
    waiting = list(queries.inbox(person).filter(copy=Copy.WAITING)[:IN_ONE_MAIL])
    if waiting:
        EmailMessage(_heading(waiting), _letter(person, waiting), to=[person.email]).send()
        Notification.objects.filter(pk__in=[row.pk for row in waiting]).update(copy=Copy.SENT)
    if len(waiting) < IN_ONE_MAIL:
        Preference.objects.filter(person=person).update(digested_at=clock.now())
    return len(waiting)


def _queue_mail() -> None:
    jobs.enqueue(name=MAIL, key="due", title="发送邮件通知")


def _wants_copy(person: User, wish: Preference | None, kind: str) -> bool:
    return bool(person.email) and (wish is None or wish.wants_copy_of(kind))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(due: date | datetime | None) -> datetime | None:
    if due is None or isinstance(due, datetime):
        return due
    return timezone.make_aware(datetime.combine(due, time(23, 59)))


def _heading(rows: list[Notification]) -> str:
    first = rows[0].subject
    return f"【揭榜挂帅】{first}" if len(rows) == 1 else f"【揭榜挂帅】{len(rows)} 条消息：{first}"


def _letter(person: User, rows: list[Notification]) -> str:
    parts = [f"{person.display_name}，您好："]
    for row in rows:
        lines = [f"〔{row.get_kind_display()}〕{row.subject}", row.text]
        if row.due:
            lines.append(f"截止时间：{clock.local(row.due):%Y年%m月%d日 %H:%M}")
        if row.link:
            lines.append(f"{settings.SITE_URL}{row.link}")
        parts.append("\n".join(filter(None, lines)))
    parts.append(f"修改邮件发送方式：{settings.SITE_URL}/notifications/preferences/")
    return "\n\n".join(parts)
