"""Restricted material: signing the undertaking, shortlisting, and the log of readers."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.challenges import admissions, policies, queries
from jiebang.common.errors import DomainError, NotAllowed
from jiebang.library.states import Secrecy
from jiebang.openings import queries as openings
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.tables import READINGS


class UnitForm(ServiceForm):
    """Which unit."""

    unit = forms.ModelChoiceField(
        label="单位", queryset=Organization.objects.none(), empty_label="请选择单位"
    )


@signed_in
def undertaking(request: Request, pk: int) -> HttpResponse:
    """Read and sign the undertaking in a unit's name."""
    thing = found(queries.visible_to(request.user), pk)
    mine = units.units_written_by(request.user).exclude(pk=thing.need.owner_id or 0)
    if not mine:
        raise NotAllowed("保密承诺须由已核验单位的管理员或编辑签署", code="no_unit")
    form = UnitForm(request.POST or None, initial={"unit": mine[0]})
    form.fields["unit"].queryset = mine  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            admissions.undertake(challenge=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "保密承诺已签署。")
            return redirect("web:challenge", pk)
    context = {"thing": thing, "form": form, "text": admissions.UNDERTAKING}
    return render(request, "board/undertaking.html", context, status=422 if form.errors else 200)


@signed_in
def bid_readings(request: Request, pk: int) -> HttpResponseBase:
    """Show a bidding unit who opened its files, and who looked while the bid was sealed."""
    thing = found(bids.mine(request.user), pk)
    rows = openings.readings_of(thing)
    context = {"thing": thing, "page_obj": page_of(request, rows)}
    return render(request, "solver/readings.html", context)


@signed_in
def readings(request: Request, pk: int) -> HttpResponseBase:
    """Show who read the restricted material; the poster shortlists units here."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may_read_log(request.user, thing).enforce()
    speaks = policies.may_speak_for(request.user, thing)
    admits = bool(speaks) and Secrecy.ADMITTED in queries.tiers(thing)
    form = UnitForm(request.POST or None) if admits else None
    if form is not None:
        others = units.in_public().exclude(pk=thing.need.owner_id or 0)
        form.fields["unit"].queryset = others  # type: ignore[attr-defined]
    if request.method == "POST":
        speaks.enforce()
        if form is not None and form.is_valid():
            try:
                admissions.admit(challenge=thing, actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, "已确定入围。")
                return redirect("web:readings", pk)
    rows = thing.readings.all()
    if file := READINGS.file(request, rows):
        return file
    context = {
        "thing": thing,
        "form": form,
        "admissions": thing.admissions.select_related("unit"),
        "page_obj": page_of(request, rows, table=READINGS),
    }
    wrong = form is not None and form.errors
    return render(request, "board/readings.html", context, status=422 if wrong else 200)
