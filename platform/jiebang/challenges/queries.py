"""Questions asked of the challenges. What is open is decided by the times, to the second."""

from datetime import datetime

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import ON_THE_BOARD, State
from jiebang.common import clock
from jiebang.common.text import fold
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units


def with_parts(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Fetch what a row and a page show, in one query."""
    return challenges.select_related(
        "need__owner", "need__tech_field", "tech_field", "district", "call"
    )


def on_the_board(now: datetime | None = None) -> QuerySet[Challenge]:
    """Return what everyone may see, newest first."""
    return with_parts(Challenge.objects.filter(_public(now))).order_by("-opens_at", "-pk")


def standing(state: State, now: datetime | None = None) -> Q:
    """Return the condition for being in this state by the clock."""
    now = now or clock.now()
    begun = Q(state__in=(State.SCHEDULED, State.OPEN), opens_at__lte=now)
    match state:
        case State.OPEN:
            return begun & Q(closes_at__gt=now)
        case State.CLOSED:
            return Q(state=State.CLOSED) | (begun & Q(closes_at__lte=now))
        case State.SCHEDULED:
            return Q(state=State.SCHEDULED, opens_at__gt=now)
        case _:
            return Q(state=state)


def open_now(now: datetime | None = None) -> QuerySet[Challenge]:
    """Return what can be bid for, first to close first."""
    return with_parts(Challenge.objects.filter(standing(State.OPEN, now))).order_by(
        "closes_at", "pk"
    )


def visible_to(user: User | None, now: datetime | None = None) -> QuerySet[Challenge]:
    """Return what this person may know of: the board, one's own, and all for the bureau."""
    if user is None or not user.is_authenticated:
        return on_the_board(now)
    which = _public(now) | Q(need__owner__in=units.roles_of(user))
    if user.has_role(*BUREAU):
        which = Q()
    return with_parts(Challenge.objects.filter(which)).order_by("-opens_at", "-pk")


def matching_text(challenges: QuerySet[Challenge], text: str) -> QuerySet[Challenge]:
    """Keep the challenges that contain every word of the text, however it was written."""
    for word in fold(text).split():
        challenges = challenges.filter(search_text__contains=word)
    return challenges


def due(now: datetime | None = None) -> QuerySet[Challenge]:
    """Return what should have been opened or closed by now."""
    now = now or clock.now()
    to_open = Q(state=State.SCHEDULED, opens_at__lte=now)
    return Challenge.objects.filter(to_open | Q(state=State.OPEN, closes_at__lte=now))


def _public(now: datetime | None) -> Q:
    return Q(state__in=ON_THE_BOARD) | Q(state=State.SCHEDULED, opens_at__lte=now or clock.now())
