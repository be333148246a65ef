"""The expert pool before the bureau, related units, and the expert's own profile."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.experts import policies, queries, services
from jiebang.experts.models import Expert, RelatedUnits
from jiebang.experts.states import Availability
from jiebang.web.access import Request, requires_role
from jiebang.web.bureau_filters import tabs
from jiebang.web.expert_forms import (
    EnrolForm,
    PoolFilter,
    ProfileForm,
    RelationForm,
    TieFormSet,
    ties_of,
    typed_ties,
)
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.review_tables import EXPERTS, RELATED
from jiebang.web.trail import trail
from jiebang.web.views.officer import BUREAU

ROWS = "ties"


@requires_role(*BUREAU)
def pool(request: Request) -> HttpResponseBase:
    """List the experts with what lies with each of them."""
    form = PoolFilter(request.GET)
    rows = form.of_state(form.apply(queries.pool()))
    if file := EXPERTS.file(request, rows):
        return file
    counts = dict(
        form.apply(Expert.objects.all())
        .order_by()
        .values_list("availability")
        .annotate(Count("pk"))
    )
    context = {
        "form": form,
        "tabs": tabs("officer-experts", form, dict(Availability.choices), counts),
        "page_obj": page_of(request, rows, table=EXPERTS),
        "may_keep": bool(policies.may_keep_pool(request.user)),
        "waiting": queries.without_profile().count(),
    }
    return render(request, "experts/pool.html", context, part="experts/_pool.html")


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: Request) -> HttpResponse:
    """Take somebody with the expert's role into the pool."""
    people = queries.without_profile()
    form = EnrolForm(request.POST or None, people=people)
    rows = TieFormSet(request.POST or None, prefix=ROWS)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            made = services.enrol(
                user=form.cleaned_data["user"],
                actor=request.user,
                data=form.content(),
                fields=form.chosen(),
                ties=typed_ties(rows),
            )
        except DomainError as refusal:
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, f"{made}已入库")
            return redirect("web:officer-expert", made.pk)
    return _form(request, form, rows, {"heading": "专家入库"})


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def expert(request: Request, pk: int) -> HttpResponse:
    """Show and change one profile, with the panels the expert is or was on."""
    return _profile(request, found(queries.pool(), pk))


@requires_role(PlatformRole.EXPERT)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Request) -> HttpResponse:
    """Show and change one's own profile; the first time it is made."""
    own = queries.of_user(request.user)
    if own is not None:
        return _profile(request, own)
    form = ProfileForm(request.POST or None)
    rows = TieFormSet(request.POST or None, prefix=ROWS)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            services.enrol(
                user=request.user,
                actor=request.user,
                data=form.content(),
                fields=form.chosen(),
                ties=typed_ties(rows),
            )
        except DomainError as refusal:
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, "专家信息已保存")
            return redirect("web:expert-profile")
    return _form(request, form, rows, {"heading": "我的专家信息"})


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def related(request: Request) -> HttpResponseBase:
    """List the units that count as one, and note two more."""
    form = RelationForm(request.POST or None)
    if request.method == "POST":
        policies.may_keep_pool(request.user).enforce()
        if form.is_valid():
            try:
                services.relate(actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, "关联关系已登记，已重新核对在评专家")
                return redirect("web:officer-related")
    rows = RelatedUnits.objects.select_related("one", "other", "recorded_by").order_by("-pk")
    if file := RELATED.file(request, rows):
        return file
    context = {
        "form": form if policies.may_keep_pool(request.user) else None,
        "page_obj": page_of(request, rows, table=RELATED),
    }
    return render(request, "experts/related.html", context, status=422 if form.errors else 200)


def _profile(request: Request, thing: Expert) -> HttpResponse:
    may_edit = policies.may_edit(request.user, thing)
    posted = request.method == "POST"
    if posted:
        may_edit.enforce()
    form = ProfileForm(request.POST or None, initial=ProfileForm.initial_of(thing))
    rows = TieFormSet(request.POST or None, prefix=ROWS, initial=ties_of(thing))
    if posted and all([form.is_valid(), rows.is_valid()]):
        try:
            services.edit(
                expert=thing,
                actor=request.user,
                data=form.content(),
                fields=form.chosen(),
                ties=typed_ties(rows),
                revision=form.cleaned_data["revision"] or 0,
            )
        except DomainError as refusal:
            apply_errors(form, refusal, rows)
        else:
            messages.success(request, "专家信息已保存，已重新核对回避关系")
            return redirect(request.path)
    context = {
        "heading": str(thing),
        "expert": thing,
        "seats": queries.seats().filter(expert=thing).order_by("-pk")[:20],
        "trail": trail(thing),
        "may_edit": bool(may_edit),
    }
    return _form(request, form, rows, context)


def _form(request: Request, form: Any, rows: Any, context: dict[str, Any]) -> HttpResponse:
    shown = {"may_edit": True, **context, "form": form, "formset": rows}
    status = 422 if request.method == "POST" else 200
    return render(request, "experts/profile.html", shown, status=status)
