"""Needs before the bureau: the list, the panel beside a need, appraisers, the call."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole, User
from jiebang.batches.deeds import Code
from jiebang.common import clock
from jiebang.common.errors import DomainError, Invalid
from jiebang.library import checkup, policies, queries, screening, snapshots
from jiebang.library.appraisers import candidates
from jiebang.library.models import Appraisal, Call, TechNeed
from jiebang.library.states import ADMITTED, Action, State
from jiebang.web.access import Request, requires_role
from jiebang.web.bulk import bulk
from jiebang.web.bureau_filters import NEED_STATES, NeedFilter, counted, tabs
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.tables import NEEDS
from jiebang.web.views.officer import BUREAU

APPRAISAL_DAYS = 14
# What a row asks of whom may act: the verb that opens the need.
VERBS = {
    Action.ENDORSE: "推荐",
    Action.PASS_CHECK: "审查",
    Action.ADMIT: "审定",
    Action.POST: "张榜",
}

# What can be done with many needs of one state at once.
DEEDS_OF: dict[str, tuple[Code, ...]] = {
    State.ENDORSED: (Code.CHECK_NEEDS, Code.RETURN_NEEDS),
    State.APPRAISAL: (Code.ADMIT_NEEDS, Code.RETURN_NEEDS),
}


class AppraisersForm(ServiceForm):
    """Whom to ask, and until when."""

    experts = forms.ModelMultipleChoiceField(User.objects.none(), label="论证专家")
    due_at = forms.DateTimeField(label="应完成时间")

    def __init__(self, *args: Any, experts: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experts"].queryset = experts  # type: ignore[attr-defined]


class PlaceForm(ServiceForm):
    """Which call a gathered need goes into."""

    call = forms.ModelChoiceField(Call.objects.all(), label="批次", empty_label="请选择批次")


@requires_role(*BUREAU)
def need_list(request: Request) -> HttpResponseBase:
    """List the needs of one state with their appraisals, longest in their state first."""
    form = NeedFilter(request.GET)
    asked = form.apply(queries.visible_to(request.user))
    rows = form.of_state(asked)
    if file := NEEDS.file(request, rows):
        return file
    page = page_of(request, rows, table=NEEDS)
    deeds = DEEDS_OF.get(form.value("state"), ())
    context = {
        "form": form,
        "tabs": tabs("officer-needs", form, NEED_STATES, counted(asked)),
        "page_obj": page,
        "bulk": bulk(request.user, *deeds) if deeds else None,
        "verbs": {need.pk: _verb(request.user, need) for need in page},
    }
    return render(request, "officer/needs.html", context, part="officer/_needs.html")


@requires_role(PlatformRole.OFFICER)
def assign(request: Request, pk: int) -> HttpResponse:
    """Choose who appraises a need; who may not is named with the reason."""
    need = found(queries.visible_to(request.user), pk)
    pool = candidates(need)
    experts = User.objects.filter(pk__in=[each.expert.pk for each in pool])
    evening = clock.local(clock.now() + timedelta(days=APPRAISAL_DAYS)).replace(hour=18, minute=0)
    typed = request.POST if request.method == "POST" else None
    form = AppraisersForm(typed, experts=experts, initial={"due_at": evening.replace(second=0)})
    if form.is_valid():
        try:
            made = screening.assign_appraisers(need=need, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已分派 {len(made)} 名专家论证“{need.title}”")
            return redirect("web:need", pk)
    context = {
        "need": need,
        "form": form,
        "pool": pool,
        "chosen": set(request.POST.getlist("experts")),
        "required": queries.required_appraisals(need.call),
        "asked_count": sum(each.asked for each in pool),
    }
    return render(request, "officer/assign.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.OFFICER)
@require_POST
def place(request: Request, pk: int) -> HttpResponseRedirect:
    """Put a gathered need into a call."""
    need = found(queries.visible_to(request.user), pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Invalid("请选择批次，需求还没有归入")
    call = form.cleaned_data["call"]
    screening.place_in_call(need=need, actor=request.user, call=call)
    messages.success(request, f"已归入“{call}”")
    return redirect("web:need", pk)


def need_panel(user: User, need: TechNeed) -> dict[str, Any]:
    """Return what the bureau sees beside a need; empty for everybody else.

    The formal checklist, the appraisals against the pass mark, and the call a gathered need may be
    placed in. Drawn by `officer/_need_panel.html`.
    """
    if not user.has_role(*BUREAU):
        return {}
    rules = queries.rules_of(need.call)
    report = checkup.check(snapshots.content_of(need), snapshots.rows_of(need), rules)
    count, mean = queries.appraisal_result(need)
    mark, officer = queries.pass_mark(need.call), user.has_role(PlatformRole.OFFICER)
    return {
        "need": need,
        "findings": report.findings,
        "score": report.score,
        "appraisals": _scored(need),
        "answered": count,
        "required": queries.required_appraisals(need.call),
        "mean": mean,
        "pass_mark": mark,
        "passed": mean is not None and mean >= mark,
        "may_assign": officer and need.state == State.APPRAISAL,
        "place": PlaceForm() if officer and need.call is None else None,
        "may_post": officer and need.state == State.IN_LIBRARY,
    }


def _scored(need: TechNeed) -> dict[str, Any]:
    """Return the table of appraisals: a row an expert, a column a criterion, the means below."""
    criteria = list(need.call.criteria.all()) if need.call else []
    rows: list[tuple[Appraisal, list[str | None]]] = [
        (appraisal, [appraisal.scores.get(str(each.pk)) for each in criteria])
        for appraisal in queries.appraisals_for(need)
    ]
    columns = zip(*(scores for appraisal, scores in rows if appraisal.submitted_at), strict=True)
    means = [sum(map(Decimal, column), Decimal(0)) / len(column) for column in columns]
    return {"criteria": criteria, "rows": rows, "means": [f"{mean:.1f}" for mean in means]}


def _verb(user: User, need: TechNeed) -> str:
    """Return what this person can do with the need now, in a word; empty for nothing."""
    actions = policies.actions_for(user, need)
    if need.state in ADMITTED:
        actions = [Action.POST] if need.state == State.IN_LIBRARY else []
    if need.state == State.APPRAISAL and not getattr(need, "asked", 0):
        return "分派专家" if user.has_role(PlatformRole.OFFICER) else ""
    return next((VERBS[Action(a)] for a in actions if a in VERBS), "")
