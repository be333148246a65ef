"""The desk (工作台): what waits for me, what I did, what I started."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.awards import queries as awards
from jiebang.common.errors import NotFound
from jiebang.desks.items import Todo
from jiebang.desks.waiting import by_urgency, done_by, todo_of
from jiebang.library import queries as library
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals
from jiebang.recommendations import queries as recommendations
from jiebang.web import match_cards
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import page_of
from jiebang.web.trail import line_of

SHOWN = 5  # fitting challenges
TABS = {"todo": "待办", "done": "已办", "mine": "我发起的"}


@signed_in
def desk(request: Request, tab: str = "todo") -> HttpResponse:
    """Show one of the three tabs; what is overdue comes first."""
    if tab not in TABS:
        raise NotFound("没有这个页面")
    waiting = todo_of(request.user)
    done = done_by(request.user)
    mine = _started(request)
    counts = {"todo": len(waiting), "done": done.count(), "mine": len(mine)}
    context = {
        "tab": tab,
        "tabs": [
            {
                "label": label,
                "url": reverse("web:desk-tab", args=[key]),
                "active": key == tab,
                "count": counts[key],
            }
            for key, label in TABS.items()
        ],
        "items": waiting if tab == "todo" else mine,
        "groups": by_urgency(waiting) if tab == "todo" else [],
        "has_unit": units.units_of(request.user).exists(),
        "has_role": bool(request.user.role_grants.exists()),
        "fitting": _fitting(request) if tab == "todo" else [],
    }
    if tab == "done":
        page = page_of(request, done)
        context |= {"page_obj": page, "entries": [line_of(entry) for entry in page]}
    return render(request, "desk/desk.html", context)


def _fitting(request: Request) -> list[dict[str, Any]]:
    """Return the open challenges that suit my units best, as cards."""
    return match_cards.cards(recommendations.challenges_for_units(request.user)[:SHOWN])


def _started(request: Request) -> list[Todo]:
    needs = library.visible_to(request.user).filter(owner__in=units.roles_of(request.user))
    begun = [
        Todo(
            "需求", need.title, reverse("web:need", args=[need.pk]), need.number,
            state=need.get_state_display(), tone=need.state,
        )
        for need in needs[:100]
    ]  # fmt: skip
    bids = [
        Todo(
            "揭榜", bid.challenge.title, reverse("web:proposal", args=[bid.pk]), bid.number,
            bid.lead.name, state=bid.get_state_display(), tone=bid.state,
        )
        for bid in proposals.mine(request.user)[:100]
    ]  # fmt: skip
    return begun + bids + _proposed(request.user)


def _proposed(user: User) -> list[Todo]:
    """Return the decisions and objections that the person began."""
    decisions = [
        Todo(
            "定榜建议", each.challenge.title,
            reverse("web:officer-decision", args=[each.challenge_id]), each.number,
            state=each.get_state_display(), tone=each.state,
        )
        for each in awards.decisions().filter(proposed_by=user)[:100]
    ]  # fmt: skip
    objections = [
        Todo(
            "异议", each.decision.challenge.title, reverse("web:objection", args=[each.pk]),
            each.number, state=each.get_state_display(), tone=each.state,
        )
        for each in awards.objections_visible_to(user).filter(objector=user)[:100]
    ]  # fmt: skip
    return decisions + objections
