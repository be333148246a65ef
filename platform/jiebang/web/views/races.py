"""A race: what each lane has, and the checkpoints that rank and cut."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from jiebang.common.errors import DomainError
from jiebang.contracts import lanes, policies, queries, races
from jiebang.contracts.models import Checkpoint, Contract, Race
from jiebang.contracts.states import CheckpointAction, CheckpointState, State
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import NumberField, ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found

TONES = ("blue", "green", "amber")


class PlanForm(ServiceForm):
    """The next checkpoint."""

    title = forms.CharField(label="检查点名称", max_length=80)
    due_on = forms.DateField(label="检查日期")
    keep = forms.IntegerField(label="保留几家", min_value=1, max_value=3)


class RankForm(ServiceForm):
    """A score and an opinion for every running contract."""

    def __init__(self, *args: Any, contracts: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = contracts
        for each in contracts:
            score = NumberField(label=f"{each.solver}得分", max_digits=5, decimal_places=2)
            opinion = forms.CharField(label=f"{each.solver}评价", max_length=1000)
            opinion.widget = forms.Textarea(attrs={"rows": 2})
            self.fields |= {f"score-{each.pk}": score, f"opinion-{each.pk}": opinion}

    def rows(self) -> list[dict[str, Any]]:
        """Return what the service takes."""
        data = self.cleaned_data
        return [
            {
                "contract": each.pk,
                "score": data[f"score-{each.pk}"],
                "opinion": data[f"opinion-{each.pk}"],
            }
            for each in self.contracts
        ]


class DecideForm(ServiceForm):
    """Why, and who takes over the work and the budget of those who are cut."""

    merge_into = forms.TypedChoiceField(
        label="释放的预算", required=False, coerce=int, empty_value=None
    )
    note = forms.CharField(label="决定理由", max_length=1000, widget=forms.Textarea)

    def __init__(self, *args: Any, staying: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "转入未分配"), *((each.pk, f"并入{each.solver}的合同") for each in staying)]
        self.fields["merge_into"].choices = choices  # type: ignore[attr-defined]


@signed_in
def race(request: Request, pk: int) -> HttpResponse:
    """Show the budgets and the checkpoints; take the next one."""
    thing = found(queries.races_visible_to(request.user), pk)
    may_plan = bool(policies.may_plan_race(request.user))
    open_one = thing.checkpoints.exclude(state=CheckpointState.DECIDED).first()
    form = PlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        policies.may_plan_race(request.user).enforce()
    if form.is_valid():
        try:
            races.plan(race=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "检查点已设置")
            return redirect("web:race", pk)
    running = races.running(thing)
    context = {
        **_shown(thing),
        "form": form if may_plan and open_one is None and len(running) > 1 else None,
        "open": open_one,
        "can_rank": open_one
        and policies.may_run_race(request.user, CheckpointAction.RANK, open_one),
        "can_decide": open_one
        and open_one.state == CheckpointState.RANKED
        and policies.may_run_race(request.user, CheckpointAction.DECIDE, open_one),
    }
    return render(request, "contracts/race.html", context, status=422 if form.errors else 200)


@signed_in
def rank(request: Request, pk: int) -> HttpResponse:
    """Score the running contracts; the scores give the places."""
    checkpoint = _checkpoint(request, pk)
    policies.may_run_race(request.user, CheckpointAction.RANK, checkpoint).enforce()
    Checkpoint.LIFE.target(CheckpointAction.RANK, checkpoint.state)
    contracts = races.running(checkpoint.race)
    typed = request.POST if request.method == "POST" else None
    form = RankForm(typed, contracts=contracts)
    if form.is_valid():
        try:
            races.rank(checkpoint=checkpoint, actor=request.user, rows=form.rows())
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "名次已登记，等待决定去留")
            return redirect("web:race", checkpoint.race_id)
    return _step(request, checkpoint, form, f"登记名次：{checkpoint.title}")


@signed_in
def decide(request: Request, pk: int) -> HttpResponse:
    """Decide who goes on."""
    checkpoint = _checkpoint(request, pk)
    policies.may_run_race(request.user, CheckpointAction.DECIDE, checkpoint).enforce()
    Checkpoint.LIFE.target(CheckpointAction.DECIDE, checkpoint.state)
    standings = checkpoint.standings.select_related("contract__solver")
    staying = [row.contract for row in standings if row.place <= checkpoint.keep]
    typed = request.POST if request.method == "POST" else None
    form = DecideForm(typed, staying=staying)
    if form.is_valid():
        try:
            races.decide(checkpoint=checkpoint, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "去留已决定，被淘汰的合同已终止")
            return redirect("web:race", checkpoint.race_id)
    return _step(request, checkpoint, form, f"决定去留：{checkpoint.title}")


def _checkpoint(request: Request, pk: int) -> Checkpoint:
    mine = queries.races_visible_to(request.user).order_by().values("pk")
    rows = Checkpoint.objects.filter(race__in=mine).select_related("race__challenge")
    return found(rows, pk)


def _step(
    request: Request, checkpoint: Checkpoint, form: ServiceForm, heading: str
) -> HttpResponse:
    context = {
        **_shown(checkpoint.race),
        "checkpoint": checkpoint,
        "form": form,
        "heading": heading,
    }
    status = 422 if form.errors else 200
    return render(request, "contracts/race_step.html", context, status=status)


def _shown(thing: Race) -> dict[str, Any]:
    rows = Contract.objects.filter(award__challenge=thing.challenge_id)
    contracts = list(rows.select_related("solver", "award").order_by("award__lane"))
    budgets = dict(enumerate(lanes.budgets(thing), 1))
    marks = zip(contracts, TONES, strict=False)
    segments = [
        {"label": each.solver.name, "amount": budgets[_lane(each)], "tone": tone}
        for each, tone in marks
    ]
    return {
        "race": thing,
        "contracts": [
            (each, budgets[_lane(each)], each.milestones.first(), each.state == State.RUNNING)
            for each in contracts
        ],
        "segments": [*segments, {"label": "未分配", "amount": thing.reserve, "tone": "grey"}],
        "checkpoints": thing.checkpoints.prefetch_related(
            "standings__contract__solver", "standings__merged_into__solver"
        ),
        "total": sum(budgets.values(), Decimal(0)) + thing.reserve,
    }


def _lane(contract: Contract) -> int:
    return contract.award.lane if contract.award else 1
