"""From the library to the board: what waits there, posting it, and how the challenges stand."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.batches.deeds import Code
from jiebang.challenges import queries, services
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.common.errors import DomainError
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.library.states import RuleCode
from jiebang.library.states import State as NeedState
from jiebang.proposals.queries import HANDED_IN
from jiebang.recommendations import alike
from jiebang.stats.waiting import unposted
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.bureau_filters import ChallengeFilter, NeedFilter, tabs
from jiebang.web.buttons import action_of
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.tables import CHALLENGES, LIBRARY
from jiebang.web.views.officer import BUREAU

BIDDING_DAYS = 30  # offered where the call sets no shortest time


class LibraryFilter(NeedFilter):
    """The same as of the needs, of those that are in the library and wait."""

    reached = appraisal = state = None  # type: ignore[assignment]  # so Django takes them away
    field_order = ("q", "field", "district", "call")

    def value(self, name: str) -> str:
        """Return what was chosen; what this list does not ask was not chosen."""
        return super().value(name) if name in self.fields else ""


class PostForm(ServiceForm):
    """When a challenge opens and closes."""

    opens_at = forms.DateTimeField(label="张榜时间")
    closes_at = forms.DateTimeField(label="揭榜截止时间")


@requires_role(*BUREAU)
def library_list(request: Request) -> HttpResponseBase:
    """List what is in the library and not on the board, longest first."""
    form = LibraryFilter(request.GET)
    rows = form.apply(unposted())
    if file := LIBRARY.file(request, rows):
        return file
    page = page_of(request, rows, table=LIBRARY)
    context = {
        "form": form,
        "page_obj": page,
        "may_post": request.user.has_role(PlatformRole.OFFICER),
        "bulk": bulk(request.user, Code.POST_NEEDS),
    }
    return render(request, "officer/library.html", context, part="officer/_library.html")


@requires_role(PlatformRole.OFFICER)
def post(request: Request, pk: int) -> HttpResponse:
    """Set the times of a library need; it opens and closes by itself."""
    waiting = library.with_parts(TechNeed.objects.filter(state=NeedState.IN_LIBRARY))
    need = found(waiting, pk)
    least = int(library.rules_of(need.call).get(RuleCode.MIN_BIDDING_DAYS, 0))
    typed = request.POST if request.method == "POST" else None
    form = PostForm(typed, initial=_offered(max(least, BIDDING_DAYS)))
    if form.is_valid():
        try:
            made = services.post(need=need, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            when = f"{clock.local(made.opens_at):%Y年%-m月%-d日 %H:%M}"
            now = made.state == State.OPEN
            messages.success(request, f"“{made}”已张榜" if now else f"“{made}”将于 {when} 自动张榜")
            return redirect("web:officer-award", made.pk)
    similar = alike.to_need(request.user, need)
    context = {"need": need, "form": form, "least": least, "alike": similar}
    return render(request, "officer/post.html", context, status=422 if form.errors else 200)


@requires_role(*BUREAU)
def challenge_list(request: Request) -> HttpResponseBase:
    """List the challenges of one state with the number of their solutions: no more is known."""
    form = ChallengeFilter(request.GET)
    asked = form.apply(queries.visible_to(request.user))
    handed_in = Count("proposals", filter=Q(proposals__state__in=HANDED_IN))
    rows = form.of_state(asked).annotate(bid_count=handed_in)
    if file := CHALLENGES.file(request, rows):
        return file
    closed = form.value("state") == State.CLOSED
    context = {
        "form": form,
        "tabs": tabs("officer-challenges", form, dict(State.choices), _counted(asked)),
        "page_obj": page_of(request, rows, table=CHALLENGES),
        "bulk": bulk(request.user, Code.FAIL_CHALLENGES) if closed else None,
    }
    return render(request, "officer/challenges.html", context, part="officer/_challenges.html")


@requires_role(PlatformRole.OFFICER)
@require_POST
def challenge_move(request: Request, pk: int) -> HttpResponseRedirect:
    """Withdraw a challenge or declare that it failed; the need returns to the library."""
    challenge = found(queries.visible_to(request.user), pk)
    action = action_of(request, Challenge.LIFE)
    note = request.POST.get("note", "")
    services.move(challenge=challenge, action=action, actor=request.user, note=note)
    messages.success(request, f"“{challenge}”{challenge.state_label}，需求已回到库中")
    return redirect("web:officer-award", pk)


def _offered(days: int) -> dict[str, Any]:
    """Return times to start from: tomorrow morning, and the end of a working day later."""
    morning: datetime = clock.local(clock.now()) + timedelta(days=1)
    morning = morning.replace(hour=9, minute=0, second=0, microsecond=0)
    evening = (morning + timedelta(days=days)).replace(hour=17, minute=30)
    return {"opens_at": morning, "closes_at": evening}


def _counted(rows: QuerySet[Challenge]) -> dict[str, int]:
    """Return how many challenges are in each state by the clock. One query."""
    now = clock.now()
    return rows.order_by().aggregate(
        **{state: Count("pk", filter=queries.standing(state, now)) for state in State}
    )
