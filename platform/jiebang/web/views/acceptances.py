"""Acceptances: the list, the page of one, the application, the poster's word, each step."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.acceptance import checklist, conclusions, policies, queries, services
from jiebang.acceptance.dossier import CERTIFIED
from jiebang.acceptance.models import Acceptance
from jiebang.acceptance.states import WITH_SOLVER, Action, State
from jiebang.common.errors import DomainError, WrongState
from jiebang.contracts import queries as contracts
from jiebang.web import acceptance_parts as parts
from jiebang.web.acceptance_filters import AcceptanceFilter
from jiebang.web.acceptance_forms import ApplicationForm, SatisfactionForm
from jiebang.web.acceptance_tables import ACCEPTANCES
from jiebang.web.access import Request, signed_in
from jiebang.web.bureau_filters import counted, tabs
from jiebang.web.buttons import action_of
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for

CHECKS = (Action.RETURN, Action.CONVENE)


@signed_in
def acceptance_list(request: Request) -> HttpResponseBase:
    """List the acceptances that one may read."""
    form = AcceptanceFilter(request.GET)
    asked = form.apply(queries.visible_to(request.user))
    rows = form.of_state(asked)
    if file := ACCEPTANCES.file(request, rows):
        return file
    context = {
        "form": form,
        "tabs": tabs("acceptances", form, dict(State.choices), counted(asked)),
        "page_obj": page_of(request, rows, table=ACCEPTANCES),
    }
    return render(request, "acceptance/list.html", context, part="acceptance/_list.html")


@signed_in
@require_POST
def start(request: Request, pk: int) -> HttpResponseRedirect:
    """Begin the acceptance of a contract that has none yet, and go to it."""
    contract = found(contracts.visible_to(request.user), pk)
    policies.may_apply(request.user, contract).enforce()
    made = services.open_for(contract=contract)
    return redirect("web:acceptance", made.pk)


@signed_in
def acceptance(request: Request, pk: int) -> HttpResponse:
    """Show an acceptance with everything that was handed in and said."""
    thing = _found(request, pk)
    may_see = policies.may_see_votes(request.user, thing)
    given = list(queries.votes(thing)) if may_see else []
    seated = list(queries.panel(thing)) if may_see else []
    writable = thing.state in WITH_SOLVER
    context = {
        "acceptance": thing,
        "contract": thing.contract,
        "steps": parts.steps(thing),
        "actions": parts.actions(request.user, thing),
        "hints": parts.hints(request.user, thing),
        "checks": checklist.checks(thing) if writable or thing.state == State.SUBMITTED else [],
        "indicators": parts.indicator_rows(thing),
        "may_see_votes": bool(may_see),
        "votes": given,
        "tallies": parts.tallies(given),
        "members": seated,
        "draws": thing.draws.order_by("round"),
        "assessment": queries.assessments().filter(contract=thing.contract_id).first(),
        "trail": trail(thing, without=("write", *policies.hidden_steps(request.user, thing))),
        "writable": writable,
        "files": shelves_for(thing, request.user),
        "certified": thing.state in CERTIFIED,
    }
    return render(request, "acceptance/acceptance.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Write the application as far as one has come."""
    thing = _found(request, pk)
    policies.may_apply(request.user, thing.contract).enforce()
    if request.method != "POST" and thing.state not in WITH_SOLVER:
        raise WrongState(f"验收申请{thing.get_state_display()}，现在不能修改")
    form = ApplicationForm(request.POST or None, acceptance=thing)
    if form.is_valid():
        try:
            services.write(
                acceptance=thing,
                actor=request.user,
                revision=form.cleaned_data["revision"],
                data=form.data_written,
                results=form.results(),
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "验收申请已保存，材料齐全后可以提交")
            return redirect("web:acceptance", pk)
    context = {"acceptance": thing, "contract": thing.contract, "form": form}
    return render(request, "acceptance/edit.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Hand in, return, convene, approve, send back, or let a conclusion take effect."""
    thing = _found(request, pk)
    action = action_of(request, Acceptance.LIFE)
    note = request.POST.get("note", "")
    if action == Action.SUBMIT:
        services.submit(acceptance=thing, actor=request.user)
    elif action in CHECKS:
        services.check(acceptance=thing, action=action, actor=request.user, note=note)
    else:
        conclusions.move(acceptance=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"{thing.contract.title}：{thing.get_state_display()}")
    return redirect("web:acceptance", pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def satisfaction(request: Request, pk: int) -> HttpResponse:
    """Take the poster's word on the result."""
    thing = _found(request, pk)
    policies.may_say_satisfied(request.user, thing).enforce()
    initial = {name: getattr(thing, name) for name in SatisfactionForm.base_fields}
    form = SatisfactionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            services.rate(
                acceptance=thing,
                actor=request.user,
                satisfaction=said["satisfaction"],
                text=said["satisfaction_text"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "满意度评价已提交")
            return redirect("web:acceptance", pk)
    context = {
        "acceptance": thing,
        "form": form,
        "heading": "需求方满意度评价",
        "verb": "提交评价",
        "indicators": parts.indicator_rows(thing),
    }
    return render(request, "acceptance/form.html", context, status=422 if form.errors else 200)


def _found(request: Request, pk: int) -> Acceptance:
    return found(queries.visible_to(request.user), pk)
