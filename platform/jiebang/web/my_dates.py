"""Everything with a date that concerns a person: what waits for them, and what ends for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from jiebang.acceptance import queries as acceptance
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.states import State as AcceptanceState
from jiebang.accounts.models import User
from jiebang.awards.models import Decision
from jiebang.awards.states import DecisionState
from jiebang.challenges import queries as challenges
from jiebang.common import clock
from jiebang.desks.waiting import todo_of
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units
from jiebang.proposals import queries as bids
from jiebang.proposals.states import State as BidState


@dataclass(frozen=True)
class Dated:
    """One date: what, when, and the page about it; `name` stays the same while it lasts."""

    name: str
    what: str
    at: datetime | date
    url: str


def of(user: User) -> list[Dated]:
    """Return the person's dates in order; each thing once."""
    found: dict[str, Dated] = {}
    for each in (*_waiting(user), *_closing(user), *_notices(user), *_assessments(user)):
        found.setdefault(each.name, each)
    return sorted(found.values(), key=lambda each: _day(each.at))


def _waiting(user: User) -> Iterator[Dated]:
    for item in todo_of(user):
        if item.due is not None:
            what = f"{item.verb}：{item.title}"
            yield Dated(f"{item.url}{what}", what, item.due, item.url)


def _closing(user: User) -> Iterator[Dated]:
    """Return when bidding closes: of what my units posted, and of what they bid for."""
    mine = units.roles_of(user)
    running = challenges.open_now().filter(
        Q(need__owner__in=mine)
        | Q(pk__in=bids.mine(user).exclude(state=BidState.WITHDRAWN).values("challenge"))
    )
    for thing in running.distinct():
        url = reverse("web:challenge", args=[thing.pk])
        yield Dated(f"close{thing.pk}", f"揭榜截止：{thing.title}", thing.closes_at, url)


def _notices(user: User) -> Iterator[Dated]:
    """Return when notices end: all for the bureau, those of their challenges for units."""
    rows = Decision.objects.filter(state=DecisionState.NOTICE).select_related("challenge")
    ending = Acceptance.objects.filter(state=AcceptanceState.NOTICE).select_related("contract")
    if not user.has_role(*BUREAU):
        mine = units.roles_of(user)
        own = Q(challenge__need__owner__in=mine) | Q(challenge__proposals__lead__in=mine)
        rows = rows.filter(own).distinct()
        ending = ending.filter(Q(contract__poster__in=mine) | Q(contract__solver__in=mine))
    for row in rows:
        if row.notice_ends_on:
            url = reverse("web:notice", args=[row.pk])
            what = f"中榜公示截止：{row.challenge}"
            yield Dated(f"notice{row.pk}", what, row.notice_ends_on, url)
    for one in ending:
        if one.notice_ends_on:
            url = reverse("web:acceptance-notice", args=[one.pk])
            what = f"验收公示截止：{one.contract.title}"
            yield Dated(f"acceptance{one.pk}", what, one.notice_ends_on, url)


def _assessments(user: User) -> Iterator[Dated]:
    """Return when the effects of my units' contracts will have to be reported."""
    mine = units.roles_of(user)
    ahead = acceptance.assessments().filter(contract__solver__in=mine, state="pending")
    for row in ahead.filter(opens_on__gt=clock.today()):
        url = reverse("web:assessment", args=[row.pk])
        yield Dated(f"assessment{row.pk}", f"绩效评价填报：{row.contract.title}", row.due_on, url)


def _day(at: datetime | date) -> str:
    return (clock.local(at) if isinstance(at, datetime) else at).isoformat()
