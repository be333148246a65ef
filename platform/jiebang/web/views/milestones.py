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
from jiebang.contracts.states import Axis, Item, MilestoneAction, MilestoneState, Source
from jiebang.library.models import Indicator
from jiebang.library.states import Comparator
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import action_of, seen
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render

AXES: dict[Axis, type[Item] | type[Source]] = {Axis.ITEM: Item, Axis.SOURCE: Source}


class RectifyForm(ServiceForm):
    """Until when, and what has to be put right."""

    rectify_by = forms.DateField(label="整改期限")
    note = forms.CharField(label="整改要求", max_length=500, widget=forms.Textarea)


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

        for axis, names in AXES.items():
            for each in names:
                self.fields[f"spending-{axis}-{each.value}"] = MoneyField(
                    label=each.label, required=False
                )

    def spending(self) -> dict[str, dict[str, Any]]:
        """Return what was typed of the spending, by axis and code."""
        return {
            axis: {
                each.value: value
                for each in names
                if (value := self.cleaned_data[f"spending-{axis}-{each.value}"])
            }
            for axis, names in AXES.items()
        }

    def axes(self) -> list[tuple[str, list[Any]]]:
        """Return the fields of each breakdown under its name."""
        return [
            (str(axis.label), [self[f"spending-{axis}-{each.value}"] for each in names])
            for axis, names in AXES.items()
        ]

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
                spending=form.spending(),
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
        if milestone.state in (MilestoneState.RETURNED, MilestoneState.RECTIFYING)
        else None,
    }
    return render(request, "contracts/report.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def judge(request: Request, pk: int) -> HttpResponseRedirect:
    """Confirm a report, which releases the tranche, return it, or propose to give up."""
    milestone = _found(request.user, pk)
    services.judge(
        milestone=milestone,
        action=action_of(request, Milestone.LIFE),
        actor=request.user,
        note=request.POST.get("note", ""),
        report=seen(request, "report"),
    )
    messages.success(request, f"里程碑“{milestone.title}”{milestone.get_state_display()}")
    return redirect("web:contract", milestone.contract_id)


@signed_in
def rectify(request: Request, pk: int) -> HttpResponse:
    """Have the milestone put right by a day."""
    milestone = _found(request.user, pk)
    policies.may_judge(request.user, milestone).enforce()
    if request.method == "GET":
        Milestone.LIFE.target(MilestoneAction.RECTIFY, milestone.state)
    form = RectifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.judge(
                milestone=milestone,
                action=MilestoneAction.RECTIFY,
                actor=request.user,
                report=seen(request, "report"),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"里程碑“{milestone.title}”{milestone.get_state_display()}")
            return redirect("web:contract", milestone.contract_id)
    context = {
        "contract": milestone.contract,
        "form": form,
        "heading": f"责令整改：{milestone.title}",
        "hint": "乙方须在期限内重新提交进展；逾期在工作台和总览中标红。",
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


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
