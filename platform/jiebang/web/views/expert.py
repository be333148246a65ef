"""The expert's appraisals: what is to write, what was written, and the page to write it on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.library import queries, screening
from jiebang.library.models import Appraisal, Criterion
from jiebang.library.states import State
from jiebang.web.access import Request, requires_role
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.tables import APPRAISALS


class AppraisalForm(ServiceForm):
    """A score for each criterion, and an opinion; what is missing the service says."""

    opinion = forms.CharField(
        label="论证意见",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=(
            f"至少 {screening.SHORTEST_OPINION} 字：必要性、可行性、指标是否合理，以及修改建议。"
        ),
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [str(each.pk) for each in criteria]
        for each in criteria:
            widget = forms.TextInput(attrs={"inputmode": "decimal", "data-weight": each.weight})
            self.fields[f"score-{each.pk}"] = forms.DecimalField(
                label=each.name, required=False, max_digits=5, decimal_places=2, widget=widget
            )

    def scores(self) -> dict[str, Any]:
        """Return the scores by criterion key."""
        typed = {key: self.cleaned_data[f"score-{key}"] for key in self.keys}
        return {key: score for key, score in typed.items() if score is not None}


@requires_role(PlatformRole.EXPERT)
def appraisal_list(request: Request) -> HttpResponseBase:
    """List one's appraisals: those to write, first due on top, or those written."""
    done = request.GET.get("tab") == "done"
    to_write = queries.appraisals_of(request.user)
    written = queries.appraisals_of(request.user, done=True)
    rows = written if done else to_write
    if file := APPRAISALS.file(request, rows):
        return file
    context = {
        "tabs": [
            {
                "label": "待论证",
                "url": address("expert-appraisals"),
                "count": to_write.count(),
                "active": not done,
            },
            {
                "label": "已提交",
                "url": address("expert-appraisals", tab="done"),
                "count": written.count(),
                "active": done,
            },
        ],
        "done": done,
        "page_obj": page_of(request, rows, table=APPRAISALS),
    }
    return render(request, "expert/appraisals.html", context)


@requires_role(PlatformRole.EXPERT)
def appraisal(request: Request, pk: int) -> HttpResponse:
    """Show a need to its appraiser, and take the scores and the opinion."""
    mine = Appraisal.objects.filter(expert=request.user)
    thing = found(mine.select_related("need__owner", "need__tech_field__parent", "need__call"), pk)
    need = thing.need
    criteria = list(need.call.criteria.all()) if need.call else []
    typed = request.POST if request.method == "POST" else None
    form = AppraisalForm(typed, criteria=criteria, initial=_written(thing, criteria))
    if form.is_valid():
        try:
            screening.appraise(
                appraisal=thing,
                actor=request.user,
                scores=form.scores(),
                opinion=form.cleaned_data["opinion"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"已提交“{need.title}”的论证意见，总分 {thing.total} 分")
            return redirect("web:expert-appraisals")
    context = {
        "appraisal": thing,
        "need": need,
        "indicators": need.indicators.all(),
        "form": form,
        "rows": [(each, form[f"score-{each.pk}"]) for each in criteria],
        "weights": sum((each.weight for each in criteria), Decimal(0)),
        "may_write": _may_write(thing),
    }
    return render(request, "expert/appraisal.html", context, status=422 if form.errors else 200)


def _may_write(thing: Appraisal) -> bool:
    need = thing.need
    current = need.state == State.APPRAISAL and thing.version == need.version
    return current and thing.submitted_at is None


def _written(thing: Appraisal, criteria: list[Criterion]) -> dict[str, Any]:
    scores = {f"score-{each.pk}": thing.scores.get(str(each.pk)) for each in criteria}
    return {**scores, "opinion": thing.opinion}
