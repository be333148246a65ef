"""The endorser's list: the needs of one's towns, with an opinion on each."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole, User
from jiebang.batches.deeds import Code
from jiebang.library import policies, queries, screening
from jiebang.library.models import TechNeed
from jiebang.library.states import Action, State
from jiebang.stats.waiting import since
from jiebang.taxonomy.models import District
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.buttons import Button, action_of, buttons
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import ENDORSEMENTS


@requires_role(PlatformRole.ENDORSER)
def need_list(request: Request) -> HttpResponseBase:
    """List what waits for this endorser, longest first; or what was handed on before."""
    handled = request.GET.get("tab") == "handled"
    waiting = queries.to_endorse(request.user)
    mine = queries.visible_to(request.user).filter(
        owner__district__code__in=request.user.scopes(PlatformRole.ENDORSER)
    )
    before = mine.exclude(state__in=(State.DRAFT, State.SUBMITTED, State.WITHDRAWN))
    rows = before if handled else waiting
    rows = rows.annotate(since=since(TechNeed)).prefetch_related("indicators")
    rows = rows if handled else rows.order_by("since", "pk")
    if file := ENDORSEMENTS.file(request, rows):
        return file
    page = page_of(request, rows, table=ENDORSEMENTS)
    context = {
        "tabs": _tabs(handled, waiting.count(), before.count()),
        "handled": handled,
        "bulk": None if handled else bulk(request.user, Code.ENDORSE_NEEDS),
        "districts": District.objects.filter(code__in=request.user.scopes(PlatformRole.ENDORSER)),
        "page_obj": page,
        "rows": [(need, _actions(request.user, need)) for need in page],
    }
    return render(request, "endorser/needs.html", context)


@requires_role(PlatformRole.ENDORSER)
@require_POST
def decide(request: Request, pk: int) -> HttpResponseRedirect:
    """Endorse a need or send it back, with an opinion."""
    need = found(queries.visible_to(request.user), pk)
    screening.move(
        need=need,
        action=action_of(request, TechNeed.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    messages.success(request, f"“{need.title}”{need.get_state_display()}")
    return redirect("web:endorser-needs")


def _tabs(handled: bool, waiting: int, before: int) -> list[dict[str, object]]:
    here = address("endorser-needs")
    return [
        {"label": "待推荐", "url": here, "count": waiting, "active": not handled},
        {
            "label": "已办",
            "url": address("endorser-needs", tab="handled"),
            "count": before,
            "active": handled,
        },
    ]


def _actions(user: User, need: TechNeed) -> list[Button]:
    if need.state != State.SUBMITTED:
        return []
    return buttons(
        TechNeed.LIFE,
        policies.actions_for(user, need),
        address("endorser-decide", need.pk),
        primary=Action.ENDORSE,
        noted={Action.ENDORSE},
    )
