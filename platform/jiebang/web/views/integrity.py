"""Integrity records: the bureau enters and lifts them, whom they concern reads and answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.common import clock
from jiebang.common.errors import DomainError
from jiebang.integrity import policies, queries, services
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import Sanction, Source, State
from jiebang.organizations import queries as units
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.buttons import action_of, buttons
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import INTEGRITY
from jiebang.web.trail import trail


class RecordForm(ServiceForm):
    """What is held against whom, from when until when."""

    unit = forms.ModelChoiceField(
        units.in_public().none(), label="单位", required=False, help_text="单位和个人选择其一。"
    )
    person = forms.ModelChoiceField(
        accounts.holding(PlatformRole.EXPERT).none(), label="评审专家", required=False
    )
    conduct = forms.CharField(
        label="失信行为", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    sanction = forms.ChoiceField(label="处理", choices=Sanction.choices)
    source = forms.ChoiceField(label="来源", choices=Source.choices)
    document = forms.CharField(label="文书编号", max_length=80, required=False)
    holds_from = forms.DateField(label="自", initial=clock.today)
    holds_until = forms.DateField(label="至", required=False, help_text="不填为未定期限。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["unit"].queryset = units.in_public()
        choices["person"].queryset = accounts.holding(PlatformRole.EXPERT)


class AnswerForm(ServiceForm):
    """What the unit or person has to say."""

    text = forms.CharField(
        label="陈述申辩",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="请写明事实和理由，提交后由科技局审批人员复核，不能再改。",
    )


@signed_in
def record_list(request: Request) -> HttpResponseBase:
    """List the records: all for the bureau, one's own and one's units' for others."""
    rows = queries.visible_to(request.user)
    if file := INTEGRITY.file(request, rows):
        return file
    context = {
        "page_obj": page_of(request, rows, table=INTEGRITY),
        "may_enter": bool(policies.may_enter(request.user)),
    }
    return render(request, "integrity/records.html", context, part="integrity/_records.html")


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Enter a record."""
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter(actor=request.user, data=form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已登记{made.subject}的诚信记录，当事方已收到通知")
            return redirect("web:integrity-record", made.pk)
    context = {"form": form}
    return render(request, "integrity/new.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: Request, pk: int) -> HttpResponse:
    """Show a record, and take the answer of whom it concerns."""
    thing = found(queries.visible_to(request.user), pk)
    may_answer = policies.may_answer(request.user, thing)
    if request.method == "POST":
        may_answer.enforce()
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(record=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "陈述申辩已提交，等待科技局复核")
            return redirect("web:integrity-record", pk)
    open_to_answer = may_answer and not thing.answer and thing.state == State.IN_FORCE
    context = {
        "record": thing,
        "form": form if open_to_answer or form.errors else None,
        "actions": buttons(
            IntegrityRecord.LIFE,
            policies.actions_for(request.user, thing),
            address("integrity-move", pk),
        ),
        "trail": trail(thing),
    }
    return render(request, "integrity/record.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.APPROVER)
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Lift a record."""
    thing = found(queries.visible_to(request.user), pk)
    services.move(
        record=thing,
        action=action_of(request, IntegrityRecord.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
    )
    messages.success(request, f"{thing.subject}的诚信记录已解除")
    return redirect("web:integrity-record", pk)
