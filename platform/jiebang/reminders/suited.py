"""New challenges that suit a unit, told to its members as often as they chose, each once."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.jobs import services as jobs
from jiebang.notifications import queries, services
from jiebang.notifications.states import Kind
from jiebang.recommendations import suggestions
from jiebang.recommendations.signals import challenges_found
from jiebang.recommendations.suggestions import Suited

SUGGEST = "reminders.suggest"
AT_MOST = 8  # in one message; the next ones come with the next


@receiver(challenges_found)
def queue(**_: Any) -> None:
    """Queue that people are told; one job, however much was found."""
    jobs.enqueue(name=SUGGEST, key="due", title="推荐适合的榜题")


def suggest(people: Collection[int] | None = None) -> int:
    """Tell everybody whose turn it is of what is new and suits; returns how many messages.

    Who has nothing new is told nothing, and waits for the next turn all the same.
    """
    due = queries.to_suggest_to()
    waiting = {
        person.pk: person for person in (due if people is None else due.filter(pk__in=people))
    }
    told = 0
    for key, found in suggestions.fresh(list(waiting)).items():
        told += bool(found) and _tell(waiting[key], found[:AT_MOST])
    services.suggested(people=list(waiting))
    return told


def _tell(person: User, found: Sequence[Suited]) -> bool:
    """Write down what is told and tell it, both or neither."""
    first, keys = found[0].challenge, [each.challenge.pk for each in found]
    one = len(found) == 1
    lead = "有适合本单位的榜题" if one else f"有 {len(found)} 个适合本单位的榜题"
    link = reverse("web:challenge", args=[first.pk]) if one else reverse("web:fitting")
    try:
        with transaction.atomic():
            suggestions.claim(person.pk, keys)
            services.tell(
                people=[person],
                kind=Kind.MATCH,
                subject=f"{lead}：{first.title}",
                text="\n".join(_line(each, one) for each in found),
                link=link,
                about=f"suited:{','.join(map(str, keys))}",
            )
    except IntegrityError:  # another worker tells it at this moment
        return False
    return True


def _line(found: Suited, one: bool) -> str:
    end = clock.local(found.challenge.closes_at)
    until = f"{end.year}年{end.month}月{end.day}日 {end:%H:%M} 截止揭榜"
    if one:
        return f"{found.reason}；{until}"
    title = found.challenge.title
    return f"《{title if len(title) <= 30 else title[:29] + '…'}》{found.reason[:60]}；{until}"
