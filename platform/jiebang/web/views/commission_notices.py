"""Commissions as the public sees them, objections to them, and what an expert is asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from jiebang.accounts.models import PlatformRole
from jiebang.commissions import objections, opinions, policies, queries
from jiebang.commissions.models import Objection
from jiebang.commissions.states import EDITABLE
from jiebang.common.errors import DomainError
from jiebang.web import commission_parts as parts
from jiebang.web.access import Request, open_to_all, requires_role, signed_in
from jiebang.web.buttons import action_of, buttons
from jiebang.web.commission_forms import StanceForm
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import COMMISSION_NOTICES
from jiebang.web.trail import trail
from jiebang.web.views.notices import ObjectionForm


@open_to_all
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """List the commissions under notice and those decided."""
    rows = queries.notices()
    if file := COMMISSION_NOTICES.file(request, rows):
        return file
    page = page_of(request, rows, table=COMMISSION_NOTICES)
    return render(request, "commissions/notices.html", {"page_obj": page})


@open_to_all
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a commission's notice with its countdown, its reason and the figures behind it."""
    thing = found(queries.notices(), pk)
    kept = queries.frozen(thing)
    user: Any = request.user
    days = queries.days_left(thing)
    may = user.is_authenticated and bool(policies.may_object(user, thing))
    context = {
        "commission": thing,
        "days_left": days,
        "bars": parts.bars(kept.content["concentration"]) if kept else [],
        "figures": kept.content["concentration"] if kept else {},
        "related": kept.content["related"] if kept else [],
        "asked": sum(1 for each in kept.content["opinions"] if each["stance"]) if kept else 0,
        "may_object": may and days is not None,
        "may_read": policies.may_read(user, thing),
    }
    return render(request, "commissions/notice.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: Request, pk: int) -> HttpResponse:
    """Take an objection to a commission's notice."""
    thing = found(queries.notices(), pk)
    policies.may_object(request.user, thing).enforce()
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = objections.object_to(commission=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "异议已受理，公示暂停")
            return redirect("web:commission-objection", made.pk)
    context = {"commission": thing, "form": form}
    return render(request, "commissions/object.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: Request, pk: int) -> HttpResponse:
    """Show an objection to its maker and the bureau, and take the bureau's answer."""
    thing = found(queries.objections_visible_to(request.user), pk)
    if request.method == "POST":
        objections.answer(
            objection=thing,
            action=action_of(request, Objection.LIFE),
            actor=request.user,
            note=request.POST.get("note", ""),
        )
        messages.success(request, "异议已答复")
        return redirect("web:commission-objection", pk)
    here = address("commission-objection", pk)
    context = {
        "objection": thing,
        "commission": thing.commission,
        "public": policies.is_public(thing.commission),
        "actions": buttons(Objection.LIFE, policies.answers_for(request.user, thing), here),
        "trail": trail(thing),
    }
    return render(request, "commissions/objection.html", context)


@requires_role(PlatformRole.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: Request, pk: int) -> HttpResponse:
    """Ask an expert whether competition would mean anything; afterwards show the answer."""
    mine = queries.opinions_visible_to(request.user).filter(expert__user=request.user)
    thing = found(mine, pk)
    commission = queries.commissions().get(pk=thing.commission_id)
    form = StanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opinions.answer(opinion=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "意见已提交，谢谢")
            return redirect("web:commission-opinion", pk)
    open_now = thing.answered_at is None and commission.state in EDITABLE
    context = {
        "opinion": thing,
        "commission": commission,
        "form": form if open_now or form.errors else None,
    }
    return render(request, "commissions/opinion.html", context, status=422 if form.errors else 200)
