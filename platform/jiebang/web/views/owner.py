"""The owner's desk: needs, written with a check-up beside them; and the page of one need."""

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.audit import queries as audit
from jiebang.challenges.models import Challenge
from jiebang.common.errors import DomainError, NotFound
from jiebang.common.money import in_wan
from jiebang.library import policies, queries, screening, services, snapshots
from jiebang.library.models import TechNeed
from jiebang.library.states import EDITABLE, LIFE, Action, State
from jiebang.organizations import queries as units
from jiebang.recommendations.models import Kind
from jiebang.web import match_cards
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.htmx import render as render_page
from jiebang.web.listing import found, page_of
from jiebang.web.trail import Line, trail
from jiebang.web.views.officer_needs import need_panel

STEPS = (
    ("填报", State.DRAFT),
    ("归口推荐", State.SUBMITTED),
    ("形式审查", State.ENDORSED),
    ("专家论证", State.APPRAISAL),
    ("入库", State.IN_LIBRARY),
    ("张榜", State.POSTED),
    ("出库", State.EXITED),
)
DECIDED = frozenset(State) - {State.DRAFT, State.SUBMITTED, State.ENDORSED, State.APPRAISAL}


@signed_in
def needs(request: Request) -> HttpResponse:
    """List the needs of one's units, filtered by state."""
    mine = queries.with_parts(
        TechNeed.objects.filter(owner__in=units.roles_of(request.user)).order_by("-pk")
    )
    state = request.GET.get("state", "")
    rows = mine.filter(state=state) if state in State.values else mine
    context = {
        "page_obj": page_of(request, rows),
        "states": State.choices,
        "state": state,
        "may_write": units.units_written_by(request.user).exists(),
    }
    return render(request, "owner/needs.html", context)


@signed_in
def need(request: Request, pk: int) -> HttpResponse:
    """Show one need to whoever may read it, with what this person can do."""
    thing = found(queries.visible_to(request.user), pk)
    returned = thing.state == State.RETURNED
    owns = bool(thing.owner_id and units.role_in(request.user, thing.owner_id))
    versions = list(thing.versions.select_related("submitted_by"))
    context = {
        "thing": thing,
        "need": thing,
        "steps": _steps(thing),
        "facts": _facts(thing),
        "indicators": thing.indicators.all(),
        "actions": _buttons(request, thing),
        "reason": audit.last_note(thing, Action.RETURN) if returned else "",
        "versions": versions,
        "changes": _changes(versions),
        "entries": _entries(request, thing),
        "owns": owns,
        "result": queries.appraisal_result(thing) if thing.state in DECIDED else (0, None),
        "challenges": Challenge.objects.filter(need=thing).order_by("-pk"),
        "sections": match_cards.runs(request.user, Kind.NEED, thing),
        "waiting": thing.state not in (State.DRAFT, State.WITHDRAWN),
        "panel": need_panel(request.user, thing),
    }
    return render_page(request, "owner/need.html", context)


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
        return redirect("web:need-edit", pk=pk)
    messages.success(request, f"已{Action(action).label}。")
    return redirect("web:need", pk=pk)


def _buttons(request: Request, thing: TechNeed) -> list[Button]:
    actions = policies.actions_for(request.user, thing)
    forward = next((a for a in actions if a not in (Action.WITHDRAW, Action.RETURN)), "")
    url = reverse("web:need-move", args=[thing.pk])
    made = buttons(
        LIFE,
        actions,
        url,
        primary=forward,
        noted=(Action.ENDORSE, Action.PASS_CHECK),
        confirm={Action.SUBMIT: "提交后内容将锁定，由归口部门推荐。确认提交吗？"},
    )
    if thing.state in EDITABLE and policies.may_edit(request.user, thing):
        made.insert(0, link("修改", reverse("web:need-edit", args=[thing.pk])))
    return made


def _entries(request: Request, thing: TechNeed) -> list[Line]:
    """Return the record; who appraised, and how, is the bureau's affair."""
    if request.user.has_role(*policies.BUREAU):
        return trail(thing)
    return trail(thing, without=("save", "assign", "appraise"))


def _steps(thing: TechNeed) -> list[dict[str, Any]]:
    order = [state for _, state in STEPS]
    stopped = thing.state in (State.REJECTED, State.WITHDRAWN, State.LAPSED)
    at = {State.RETURNED: 0, State.REJECTED: 3, State.WITHDRAWN: 0, State.LAPSED: 4}
    here = at.get(
        State(thing.state), order.index(State(thing.state)) if thing.state in order else 0
    )
    if thing.state in (State.IN_LIBRARY, State.POSTED, State.EXITED):
        here += 1
    at_here = "failed" if stopped else "current"
    return [
        {
            "label": thing.get_state_display() if n == here and thing.state not in order else label,
            "state": "done" if n < here else "todo" if n > here else at_here,
        }
        for n, (label, _) in enumerate(STEPS)
    ]


def _facts(thing: TechNeed) -> list[tuple[str, Any, str]]:
    unit = reverse("web:unit", args=[thing.owner_id]) if thing.owner_id else ""
    return [
        ("需求单位", thing.owner_name, unit),
        ("申报批次", thing.call, ""),
        ("技术领域", thing.tech_field, ""),
        ("关键词", thing.keywords, ""),
        ("投入总额", in_wan(thing.total_budget), ""),
        ("榜单金额", in_wan(thing.bounty), ""),
        ("申请补助", in_wan(thing.grant) if thing.grant else "", ""),
        ("实施期限", f"{thing.term_months} 个月" if thing.term_months else "", ""),
        ("解决方式", thing.get_solve_mode_display(), ""),
        ("知识产权", thing.get_ip_ownership_display(), ""),
        ("验收方式", thing.get_acceptance_method_display(), ""),
        ("密级", thing.get_secrecy_display(), ""),
        ("有效期至", thing.valid_until, ""),
        ("联系人", f"{thing.contact_name} {thing.contact_phone}".strip(), ""),
        ("来源", thing.source_url, thing.source_url),
    ]


def _changes(versions: list[Any]) -> list[tuple[str, list[snapshots.Change]]]:
    """Return the differences from each version to the next, the newest first."""
    pairs = pairwise(versions)
    made = [
        (f"第 {a.number} 版 → 第 {b.number} 版", snapshots.differences(a.content, b.content))
        for a, b in pairs
    ]
    return made[::-1]
