"""Milestones: the solver reports what was measured, the poster confirms or returns it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import User
from jiebang.common.errors import DomainError, NotFound, WrongState
from jiebang.contracts import policies, queries, services
from jiebang.contracts.models import Milestone
from jiebang.contracts.states import MilestoneAction, MilestoneState
from jiebang.library.models import Indicator
from jiebang.library.states import Comparator
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import action_of
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render


class ReportForm(ServiceForm):
    """What was done, and a measured value with its evidence for each indicator."""

    summary = forms.CharField(
        label="进展说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    problems = forms.CharField(
        label="存在问题", required=False, max_length=1000, widget=forms.Textarea
    )
    next_plan = forms.CharField(
        label="下一步计划", required=False, max_length=1000, widget=forms.Textarea
    )
    spent = MoneyField(label="累计支出", required=False)

    def __init__(self, *args: Any, indicators: list[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators
        for row in indicators:
            self.fields[f"measured-{row.pk}"] = _measured(row)
            self.fields[f"evidence-{row.pk}"] = forms.CharField(
                label=f"“{row.name}”佐证", required=False, max_length=200
            )

    def measurements(self) -> dict[int, dict[str, Any]]:
        """Return what was typed for each indicator, by its key; nothing for what was left out."""
        found = {}
        for row in self.indicators:
            value = self.cleaned_data[f"measured-{row.pk}"]
            kind = "text" if row.comparator == Comparator.TEXT else "value"
            if value not in (None, ""):
                found[row.pk] = {kind: value, "evidence": self.cleaned_data[f"evidence-{row.pk}"]}
        return found


@signed_in
def report(request: Request, pk: int) -> HttpResponse:
    """Take a progress report."""
    milestone = _found(request.user, pk)
    policies.may_report(request.user, milestone).enforce()
    if request.method == "GET":
        _needs_report(request.user, milestone)
    indicators = list(milestone.indicators.all())
    typed = request.POST if request.method == "POST" else None
    form = ReportForm(typed, indicators=indicators)
    if form.is_valid():
        texts = {name: form.cleaned_data[name] for name in ("summary", "problems", "next_plan")}
        try:
            services.report(
                milestone=milestone,
                actor=request.user,
                measurements=form.measurements(),
                spent=form.cleaned_data["spent"],
                **texts,
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已提交“{milestone.title}”的进展，等待发榜方确认")
            return redirect("web:contract", milestone.contract_id)
    context = {
        "milestone": milestone,
        "contract": milestone.contract,
        "form": form,
        "rows": [(r, form[f"measured-{r.pk}"], form[f"evidence-{r.pk}"]) for r in indicators],
        "returned": milestone.reports.last()
        if milestone.state == MilestoneState.RETURNED
        else None,
    }
    return render(request, "contracts/report.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def judge(request: Request, pk: int) -> HttpResponseRedirect:
    """Confirm a report, which releases the tranche, or return it."""
    milestone = _found(request.user, pk)
    action = action_of(request, Milestone.LIFE)
    note = request.POST.get("note", "")
    services.judge(milestone=milestone, action=action, actor=request.user, note=note)
    messages.success(request, f"里程碑“{milestone.title}”{milestone.get_state_display()}")
    return redirect("web:contract", milestone.contract_id)


def _needs_report(user: User, milestone: Milestone) -> None:
    if MilestoneAction.REPORT not in policies.milestone_actions_for(user, milestone):
        label = milestone.get_state_display()
        raise WrongState(f"里程碑“{milestone.title}”{label}，现在不需要提交进展")


def _found(user: User, pk: int) -> Milestone:
    mine = Milestone.objects.filter(contract__in=queries.visible_to(user).values("pk"))
    parts = mine.select_related("contract__poster", "contract__solver")
    milestone = parts.filter(pk=pk).first()
    if milestone is None:
        raise NotFound("没有这个里程碑，或者您无权查看")
    return milestone


def _measured(row: Indicator) -> forms.Field:
    label = f"“{row.name}”实测"
    if row.comparator == Comparator.TEXT:
        return forms.CharField(label=label, required=False, max_length=200)
    field = forms.DecimalField(
        label=label,
        required=False,
        max_digits=18,
        decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    field.unit = row.unit  # type: ignore[attr-defined]
    return field
