"""Stage checks: the bureau asks experts about a report, they say what they advise."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from jiebang.accounts.models import User
from jiebang.common.errors import DomainError, NotFound, WrongState
from jiebang.contracts import policies, progress, queries
from jiebang.contracts.models import Milestone
from jiebang.contracts.states import Advice, MilestoneState
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found


class CheckForm(ServiceForm):
    """Whom to ask, and until when."""

    experts = forms.MultipleChoiceField(label="专家", widget=forms.CheckboxSelectMultiple)
    due_on = forms.DateField(label="反馈期限")

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experts"].choices = choices  # type: ignore[attr-defined]


class OpinionForm(ServiceForm):
    """What the expert advises."""

    advice = forms.ChoiceField(label="建议", choices=Advice.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="意见", max_length=1000, widget=forms.Textarea)


@signed_in
def arrange(request: Request, pk: int) -> HttpResponse:
    """Ask experts for a stage check of a reported milestone."""
    mine = Milestone.objects.filter(contract__in=queries.visible_to(request.user).values("pk"))
    parts = mine.select_related("contract__award__challenge__call", "contract__poster")
    milestone = parts.filter(pk=pk).first()
    if milestone is None:
        raise NotFound("没有这个里程碑，或者您无权查看")
    contract = milestone.contract
    policies.may_arrange_check(request.user, contract).enforce()
    wanted = milestone.expert_check and milestone.state == MilestoneState.REPORTED
    if request.method == "GET" and not wanted:
        raise WrongState("这个里程碑现在不需要安排阶段检查")
    experts = queries.stage_experts(contract)
    choices = [(each.user_id, f"{each.user.display_name}（{each.unit_name}）") for each in experts]
    typed = request.POST if request.method == "POST" else None
    start = {"due_on": progress.calendar_days(progress.CHECK_DAYS)}
    form = CheckForm(typed, choices=choices, initial=start)
    if form.is_valid():
        people = list(User.objects.filter(pk__in=form.cleaned_data["experts"]))
        try:
            progress.ask_experts(
                milestone=milestone,
                actor=request.user,
                people=people,
                due_on=form.cleaned_data["due_on"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已请 {len(people)} 位专家检查“{milestone.title}”")
            return redirect("web:contract", contract.pk)
    context = {
        "contract": contract,
        "form": form,
        "heading": f"安排专家阶段检查：{milestone.title}",
        "hint": "名单来自本榜题的评审专家，有利害关系的已排除。收齐意见后，甲方才能作出决定。",
        "nobody": not choices,
    }
    return render(request, "contracts/payment.html", context, status=422 if form.errors else 200)


@signed_in
def opinion(request: Request, pk: int) -> HttpResponse:
    """Show the report to the expert who was asked, and take the opinion."""
    row = found(queries.opinions_of(request.user), pk)
    typed = request.POST if request.method == "POST" else None
    form = OpinionForm(typed)
    if form.is_valid():
        try:
            progress.give_opinion(opinion=row, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "意见已提交")
            return redirect("web:stage-opinion", pk)
    milestone = row.report.milestone
    context = {
        "opinion": row,
        "form": None if row.given_at else form,
        "milestone": milestone,
        "contract": milestone.contract,
        "report": row.report,
    }
    return render(request, "contracts/opinion.html", context, status=422 if form.errors else 200)
