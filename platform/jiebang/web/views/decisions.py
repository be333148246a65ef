"""Deciding who solves a challenge: the ranking, the proposal, its approval, minutes and rules."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.awards import decisions, policies, queries, reviews
from jiebang.awards.models import Decision
from jiebang.awards.services import Chosen
from jiebang.awards.states import DecisionAction, DecisionState, Method
from jiebang.calendars import policies as calendar_policies
from jiebang.calendars import queries as calendar
from jiebang.calendars import services as calendar_services
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.common.errors import DomainError, Invalid
from jiebang.library.models import Call
from jiebang.proposals import queries as bids
from jiebang.proposals.models import Proposal
from jiebang.web.access import Request, requires_role
from jiebang.web.buttons import action_of, buttons
from jiebang.web.forms import MoneyField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for
from jiebang.web.views.officer import BUREAU

WITH_CONTENT = (DecisionAction.RESUBMIT, DecisionAction.RESOLVE)
YEARS = (2000, 2100)


class ProposalForm(ServiceForm):
    """Whom to propose, each with its money; why, and why not by the ranking."""

    def __init__(self, *args: Any, challenge: Challenge, lanes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lanes = range(1, lanes + 1)
        for lane in self.lanes:
            title = f"（赛道{lane}）" if lanes > 1 else ""
            choice: Any = forms.ModelChoiceField(
                bids.of_challenge(challenge), label=f"拟中榜的揭榜书{title}", required=lane == 1
            )
            choice.label_from_instance = _lead
            choice.error_messages["required"] = "请选择拟中榜的揭榜书"
            self.fields[f"proposal{lane}"] = choice
            self.fields[f"amount{lane}"] = MoneyField(label="中榜金额", required=lane == 1)
            self.fields[f"grant{lane}"] = MoneyField(
                label="其中财政补助", required=False, initial=0
            )
        text = forms.Textarea(attrs={"rows": 4})
        self.fields["reason"] = forms.CharField(label="中榜理由", max_length=1000, widget=text)
        self.fields["departure"] = forms.CharField(
            label="未按排序推荐的理由",
            max_length=1000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="按评审排序推荐时不必填写。",
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        chosen = [
            Chosen(bid, data[f"amount{n}"] or Decimal(0), data[f"grant{n}"] or Decimal(0))
            for n in self.lanes
            if (bid := data[f"proposal{n}"])
        ]
        return {"chosen": chosen, "reason": data["reason"], "departure": data["departure"]}


class MinutesForm(ServiceForm):
    """The record of the collective decision."""

    minutes_number = forms.CharField(label="会议纪要编号", max_length=60)
    members = forms.CharField(
        label="审议人员",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一人，或用顿号隔开。",
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the service takes."""
        names = self.cleaned_data["members"].replace("、", "\n").split("\n")
        return {"minutes_number": self.cleaned_data["minutes_number"], "members": names}


class RulesForm(ServiceForm):
    """A call's rules of review, decision, notice and objection."""

    in_steps = forms.BooleanField(
        label="逐级决定并公示",
        required=False,
        help_text="提出建议、审批、集体审议、公示，期满定榜。不勾选则由审批人员一次定榜。",
    )
    basis = forms.CharField(
        label="一次定榜的依据",
        max_length=200,
        required=False,
        help_text="不逐级决定时须写明依据的文件或会议纪要，随中榜决定公开。",
    )
    blind = forms.BooleanField(
        label="匿名评审",
        required=False,
        help_text="专家提交全部评分之前，看不到揭榜单位和人员的名称。",
    )
    diligence_required = forms.BooleanField(label="拟中榜须经尽职调查或现场考察", required=False)
    winners = forms.IntegerField(label="赛马：最多并行中榜数", min_value=1, max_value=3)
    members_least = forms.IntegerField(label="集体审议最少人数", min_value=1, max_value=30)
    notice_days = forms.IntegerField(label="公示期（工作日）", min_value=0, max_value=60)
    reply_days = forms.IntegerField(label="异议答复期限（工作日）", min_value=1, max_value=60)
    text_least = forms.IntegerField(label="异议和答复最少字数", min_value=1, max_value=500)
    experts_published = forms.BooleanField(label="公示专家名单", required=False)
    scores_published = forms.BooleanField(label="公示得分", required=False)
    reviews_least = forms.IntegerField(label="每份揭榜书最少评审人数", min_value=0, max_value=30)
    spread_most = forms.DecimalField(label="评分分歧上限（分）", min_value=0, max_value=100)
    reviews_if_spread = forms.IntegerField(
        label="分歧过大时最少评审人数", min_value=0, max_value=30
    )
    method = forms.ChoiceField(label="计分方法", choices=Method.choices)
    opinion_required = forms.BooleanField(label="须有发榜方论证", required=False)
    comment_least = forms.IntegerField(label="评审意见最少字数", min_value=0, max_value=500)
    criteria = forms.CharField(
        label="评审指标和分值",
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="每行一项，指标后空一格写分值；分值之和须为 100。",
    )


class DayForm(ServiceForm):
    """A day to correct."""

    day = forms.DateField(label="日期")
    worked = forms.TypedChoiceField(
        label="这一天",
        choices=[("yes", "上班"), ("no", "放假")],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(label="依据", max_length=100)


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: Request, pk: int) -> HttpResponse:
    """Show the ranking and the decision of a challenge; an officer proposes here."""
    thing = found(challenges.visible_to(request.user), pk)
    current = queries.current(thing)
    rules = queries.rules_of(thing.call)
    if request.method == "POST":
        policies.may_propose(request.user, thing).enforce()
    returned = current is not None and current.state == DecisionState.RETURNED
    offered = thing.state_now == State.CLOSED and (current is None or returned)
    may = offered and bool(policies.may_propose(request.user, thing))
    typed = request.POST if request.method == "POST" else None
    form = ProposalForm(typed, challenge=thing, lanes=rules.winners)
    if request.method == "POST" and form.is_valid():
        try:
            if current is not None and returned:
                decisions.revise(decision=current, actor=request.user, **form.arguments)
            else:
                decisions.propose(challenge=thing, actor=request.user, **form.arguments)
        except DomainError as refusal:
            _at_fields(form, refusal)
        else:
            messages.success(request, "定榜建议已提出，等待审批")
            return redirect("web:officer-decision", pk)
    context = {**_page(request, thing, current), "form": form if may or form.errors else None}
    return render(request, "officer/decision.html", context, status=422 if form.errors else 200)


@requires_role(*BUREAU)
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Approve, return, cancel, or let the decision take effect after its notice."""
    thing = found(queries.decisions(), pk)
    action = action_of(request, Decision.LIFE)
    decisions.move(
        decision=thing, action=action, actor=request.user, note=request.POST.get("note", "")
    )
    messages.success(request, f"{thing.challenge}：{DecisionState(thing.state).label}")
    return redirect("web:officer-decision", thing.challenge_id)


@requires_role(*BUREAU)
@require_POST
def minutes(request: Request, pk: int) -> HttpResponse:
    """Record the collective decision; the notice starts."""
    thing = found(queries.decisions(), pk)
    policies.may_move(request.user, DecisionAction.RESOLVE, thing).enforce()
    form = MinutesForm(request.POST)
    if form.is_valid():
        try:
            decisions.resolve(decision=thing, actor=request.user, **form.arguments)
        except Invalid as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "集体审议已登记，公示已开始")
            return redirect("web:officer-decision", thing.challenge_id)
    context = {**_page(request, thing.challenge, thing), "minutes_form": form}
    return render(request, "officer/decision.html", context, status=422)


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: Request, pk: int) -> HttpResponse:
    """Show a call's rules of review and decision; an officer sets them."""
    call = found(Call.objects.all(), pk)
    kept = queries.rules_of(call)
    if request.method == "POST":
        policies.may_keep_rules(request.user).enforce()
    initial = {name: getattr(kept, name) for name in RulesForm.base_fields if name != "criteria"}
    initial["criteria"] = "\n".join(f"{n} {w}" for n, w in queries.criteria_of(call))
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            criteria = _criteria(data.pop("criteria"))
            reviews.set_rules(call=call, actor=request.user, rules=data, criteria=criteria)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "评审与定榜规则已保存")
            return redirect("web:officer-decision-rules", pk)
    context = {
        "call": call,
        "form": form,
        "may_keep": bool(policies.may_keep_rules(request.user)),
    }
    return render(
        request, "officer/decision_rules.html", context, status=422 if form.errors else 200
    )


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: Request) -> HttpResponse:
    """Show the year's holidays and days worked instead; an officer corrects them."""
    if request.method == "POST":
        calendar_policies.may_correct(request.user).enforce()
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calendar_services.correct(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "工作日已更正，此后计算的期限按更正后的日历")
            return redirect(address("officer-calendar", year=form.cleaned_data["day"].year))
    year = _year(request)
    context = {
        "year": year,
        "days": calendar.special_days(year),
        "form": form,
        "may_correct": bool(calendar_policies.may_correct(request.user)),
    }
    return render(request, "officer/calendar.html", context, status=422 if form.errors else 200)


def _page(request: Request, thing: Challenge, current: Decision | None) -> dict[str, Any]:
    """Return the ranking and what lacks, and the decision where there is one."""
    scores = bool(policies.may_see_scores(request.user, thing))
    return {
        "challenge": thing,
        "rules": queries.rules_of(thing.call),
        "standings": queries.standings(thing) if scores else [],
        "lacking": queries.unready(thing) if scores else [],
        "scores": scores,
        "sealed": thing.is_sealed,
        **(_current(request, current) if current else {}),
    }


def _current(request: Request, current: Decision) -> dict[str, Any]:
    may = [a for a in policies.actions_for(request.user, current) if a not in WITH_CONTENT]
    resolvable = current.state == DecisionState.APPROVED and bool(
        policies.may_move(request.user, DecisionAction.RESOLVE, current)
    )
    moves = address("officer-decision-move", current.pk)
    return {
        "decision": current,
        "days_left": queries.days_left(current),
        "minutes_form": MinutesForm() if resolvable else None,
        "objections": current.objections.order_by("pk"),
        "readable": set(queries.objections_visible_to(request.user).values_list("pk", flat=True)),
        "files": shelves_for(current, request.user),
        "actions": buttons(Decision.LIFE, may, moves, primary=DecisionAction.APPROVE),
        "trail": trail(current),
    }


def _at_fields(form: ProposalForm, refusal: DomainError) -> None:
    """Show a refusal above the form; what it says of money stands at the first lane."""
    names = {"amount": "amount1", "grant": "grant1", "chosen": "", "proposal": "proposal1"}
    refusal.fields = {names.get(k, k) or k: v for k, v in refusal.fields.items()}
    apply_errors(form, refusal)


def _criteria(text: str) -> list[tuple[str, int]]:
    rows = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _, weight = line.rpartition(" ")
        if not name.strip() or not weight.isdecimal() or int(weight) > queries.FULL:
            sentence = f"“{line}”应写成指标、空格、分值"
            raise Invalid(sentence, code="weights_invalid", fields={"criteria": [sentence]})
        rows.append((name.strip(), int(weight)))
    return rows


def _year(request: Request) -> int:
    asked = request.GET.get("year", "")
    low, high = YEARS
    fits = asked.isdecimal() and low <= int(asked) <= high
    return int(asked) if fits else clock.today().year


def _lead(bid: Proposal) -> str:
    return bid.lead.name
