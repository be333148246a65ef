"""Questions asked of the challenges. What is open is decided by the times, to the second."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from jiebang.accounts.models import User
from jiebang.challenges import policies
from jiebang.challenges.models import Amendment, Challenge, Contact, Question
from jiebang.challenges.states import ON_THE_BOARD, State
from jiebang.common import clock
from jiebang.common.text import fold
from jiebang.files import queries as files
from jiebang.library import queries as library
from jiebang.library.policies import BUREAU
from jiebang.library.snapshots import Change
from jiebang.library.states import RuleCode
from jiebang.organizations import queries as units

QUESTIONS_END_DAYS = 3  # where the call does not say
TEASER = frozenset({"bounty", "total_budget", "term_months", "keywords"})  # public at any secrecy


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


def questions_end(challenge: Challenge) -> datetime:
    """Return until when questions are taken: some days before closing, as the call says."""
    days = library.rules_of(challenge.call).get(RuleCode.QUESTIONS_END_DAYS, QUESTIONS_END_DAYS)
    return challenge.closes_at - timedelta(days=int(days))


def questions_for(user: User | None, challenge: Challenge) -> QuerySet[Question]:
    """Return the questions this person reads: the answered ones, one's own, all for its poster."""
    rows = challenge.questions.select_related("amendment").order_by("-pk")
    if user is not None and policies.may_speak_for(user, challenge):
        return rows
    which = ~Q(answered_at=None)
    return rows.filter(which | Q(asker=user)) if user else rows.filter(which)


def changes_for(user: User | None, challenge: Challenge) -> list[tuple[Amendment, list[Change]]]:
    """Return the amendments, newest first, with the changes that this person may read."""
    detailed = policies.may_read_details(user, challenge)
    return [
        (made, [c for c in made.changes if detailed or c.field in TEASER])
        for made in challenge.amendments.all()
    ]


def tiers(challenge: Challenge) -> set[str]:
    """Return for whom its texts and files are kept, each with what it asks of a reader."""
    own = files.of(challenge.need).exclude(tier="").order_by().values_list("tier", flat=True)
    return {challenge.need.secrecy, *own.distinct()}


def contacts_for(user: User | None, challenge: Challenge) -> QuerySet[Contact]:
    """Return the record of meetings: all for poster and bureau, its own for a unit."""
    rows = challenge.contacts.select_related("unit")
    if user is None:
        return rows.none()
    if policies.may_read_log(user, challenge):
        return rows
    return rows.filter(unit__in=units.roles_of(user))


def lists(now: datetime | None = None) -> QuerySet[Challenge, Any]:
    """Return for each call with something on the board, newest first, how it stands there."""
    counts = {
        f"{state}_count": Count("pk", filter=standing(state, now))
        for state in (State.OPEN, State.CLOSED, State.AWARDED, State.COMPLETED, State.FAILED)
    }
    rows = Challenge.objects.filter(_public(now)).values("call", name=F("call__name"))
    return rows.annotate(total=Count("pk"), **counts).order_by("-call")


def rounds(challenge: Challenge) -> QuerySet[Challenge]:
    """Return the earlier times that this need stood on the board and failed, oldest first."""
    earlier = Challenge.objects.filter(need=challenge.need_id, pk__lt=challenge.pk)
    return earlier.filter(state=State.FAILED).order_by("pk")
