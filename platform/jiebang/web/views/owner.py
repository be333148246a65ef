"""The owner's desk: needs, written with a check-up beside them; and the page of one need."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.audit import queries as audit
from jiebang.challenges.models import Challenge
from jiebang.common.errors import DomainError, NotFound
from jiebang.library import queries, screening, services
from jiebang.library.models import TechNeed
from jiebang.library.states import EDITABLE, UNDER_SCREENING, Action, State
from jiebang.organizations import queries as units
from jiebang.recommendations import alike
from jiebang.recommendations.models import Kind
from jiebang.web import match_cards, need_parts
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import address, found, page_of
from jiebang.web.refusals import marked
from jiebang.web.tables import OWN_NEEDS
from jiebang.web.views.attachments import shelves_for
from jiebang.web.views.officer_needs import need_panel

GROUPS: dict[str, tuple[str, frozenset[State]]] = {
    "": ("全部", frozenset(State)),
    "writing": ("待填报", EDITABLE),
    "screening": ("审查中", UNDER_SCREENING),
    "library": ("已入库", frozenset({State.IN_LIBRARY})),
    "posted": ("已张榜", frozenset({State.POSTED})),
    "commissioned": ("定向委托中", frozenset({State.COMMISSIONED})),
    "ended": ("已结束", frozenset({State.EXITED, State.REJECTED, State.WITHDRAWN, State.LAPSED})),
}
DECIDED = frozenset(State) - {State.DRAFT, State.SUBMITTED, State.ENDORSED, State.APPRAISAL}


@signed_in
def needs(request: Request) -> HttpResponseBase:
    """List the needs of one's units, a tab for each part of their life."""
    mine = TechNeed.objects.filter(owner__in=units.roles_of(request.user))
    counts = dict(mine.order_by().values_list("state").annotate(Count("pk")))
    group = request.GET.get("group", "")
    states = GROUPS[group][1] if group in GROUPS else frozenset(State)
    rows = queries.with_parts(mine.filter(state__in=states)).order_by("-pk")
    if file := OWN_NEEDS.file(request, rows):
        return file
    context = {
        "page_obj": page_of(request, rows, table=OWN_NEEDS),
        "tabs": [
            {
                "label": label,
                "url": address("needs", group=key),
                "active": key == group,
                "count": sum(counts.get(state, 0) for state in states),
            }
            for key, (label, states) in GROUPS.items()
        ],
        "may_write": units.units_written_by(request.user).exists(),
    }
    return render(request, "owner/needs.html", context)


@signed_in
def need(request: Request, pk: int) -> HttpResponse:
    """Show one need to whoever may read it, with what this person can do."""
    thing = found(queries.visible_to(request.user), pk)
    versions = list(thing.versions.select_related("submitted_by"))
    returned = thing.state == State.RETURNED
    context = {
        "thing": thing,
        "need": thing,
        "steps": need_parts.steps(thing),
        "facts": need_parts.facts(request.user, thing),
        "indicators": thing.indicators.all(),
        "actions": need_parts.actions(request.user, thing),
        "edit_url": need_parts.edit_url(request.user, thing),
        "reason": audit.last_note(thing, Action.RETURN) if returned else "",
        "versions": versions,
        "changes": need_parts.changes(versions, need_parts.hidden_from(request.user, thing)),
        "entries": need_parts.entries(request.user, thing),
        "result": queries.appraisal_result(thing) if thing.state in DECIDED else (0, None),
        "challenges": Challenge.objects.filter(need=thing).order_by("-pk"),
        "files": shelves_for(thing, request.user),
        "sections": match_cards.runs(request.user, Kind.NEED, thing),
        "alike": alike.to_need(request.user, thing),
        "waiting": thing.state not in (State.DRAFT, State.WITHDRAWN),
        "panel": need_panel(request.user, thing),
    }
    return render(request, "owner/need.html", context)


@signed_in
def need_version(request: Request, pk: int, number: int) -> HttpResponse:
    """Show what was handed in at one submission, word by word."""
    thing = found(queries.visible_to(request.user), pk)
    versions = list(thing.versions.select_related("submitted_by"))
    version = next((each for each in versions if each.number == number), None)
    if version is None:
        raise NotFound("没有这个版本")
    context = {
        "need": thing,
        "version": version,
        "texts": need_parts.readable(version, need_parts.hidden_from(request.user, thing)),
        "indicators": need_parts.indicators(version),
        "tabs": [
            {
                "label": f"第 {each.number} 版",
                "url": reverse("web:need-version", args=[pk, each.number]),
                "active": each is version,
            }
            for each in versions
        ],
    }
    return render(request, "owner/version.html", context)


@signed_in
@require_POST
def need_move(request: Request, pk: int) -> HttpResponse:
    """Submit, withdraw, endorse, check, admit, return or reject."""
    thing = found(queries.visible_to(request.user), pk)
    action, note = request.POST.get("action", ""), request.POST.get("note", "")
    if action not in Action.values:
        raise NotFound("没有这个操作")
    try:
        if action == Action.SUBMIT:
            services.submit(need=thing, actor=request.user)
        elif action == Action.WITHDRAW:
            services.withdraw(need=thing, actor=request.user, note=note)
        else:
            screening.move(need=thing, action=action, actor=request.user, note=note)
    except DomainError as refusal:
        if refusal.code != "need_incomplete":
            raise
        messages.error(request, str(refusal))
        return marked(redirect(f"{reverse('web:need-edit', args=[pk])}?check=1"), refusal)
    messages.success(request, f"已{Action(action).label}。")
    return redirect("web:need", pk=pk)
