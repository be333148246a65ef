"""Performance assessments: the list, one with its effects, report, score, reply."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.acceptance import assessments, policies, queries
from jiebang.acceptance.models import Assessment
from jiebang.acceptance.states import AssessmentAction, AssessmentState
from jiebang.accounts.models import PlatformRole
from jiebang.common import clock
from jiebang.common.errors import DomainError, WrongState
from jiebang.web.acceptance_filters import AssessmentFilter
from jiebang.web.acceptance_forms import EffectsForm, ScoreForm
from jiebang.web.acceptance_tables import ASSESSMENTS
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.bureau_filters import counted, tabs
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.trail import trail


@signed_in
def assessment_list(request: Request) -> HttpResponseBase:
    """List the assessments that one may read."""
    form = AssessmentFilter(request.GET)
    asked = form.apply(queries.assessments_visible_to(request.user))
    rows = form.of_state(asked)
    if file := ASSESSMENTS.file(request, rows):
        return file
    context = {
        "form": form,
        "tabs": tabs("assessments", form, dict(AssessmentState.choices), counted(asked)),
        "page_obj": page_of(request, rows, table=ASSESSMENTS),
    }
    return render(
        request, "acceptance/assessments.html", context, part="acceptance/_assessments.html"
    )


@signed_in
def assessment(request: Request, pk: int) -> HttpResponse:
    """Show one with its effects, score and reply."""
    thing = _found(request, pk)
    context = {
        "assessment": thing,
        "contract": thing.contract,
        "money": [(_label(name), getattr(thing, name)) for name in assessments.MONEY],
        "counts": [(_label(name), getattr(thing, name)) for name in assessments.COUNTS],
        "actions": _actions(request, thing),
        "trail": trail(thing),
    }
    return render(request, "acceptance/assessment.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, pk: int) -> HttpResponse:
    """Take the unit's report of the effects."""
    thing = _found(request, pk)
    policies.may_assess(request.user, AssessmentAction.REPORT, thing).enforce()
    if request.method != "POST" and thing.opens_on > clock.today():
        day = thing.opens_on
        raise WrongState(f"绩效评价自{day.year}年{day.month}月{day.day}日起填报")
    initial = {name: getattr(thing, name) for name in assessments.EFFECTS}
    form = EffectsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            assessments.report(assessment=thing, actor=request.user, data=form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "成效已填报，等待科技局评分")
            return redirect("web:assessment", pk)
    return _form(request, thing, form, "填报成效", "提交")


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: Request, pk: int) -> HttpResponse:
    """Take an officer's score."""
    thing = _found(request, pk)
    policies.may_assess(request.user, AssessmentAction.SCORE, thing).enforce()
    form = ScoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            assessments.judge(
                assessment=thing, action=AssessmentAction.SCORE, actor=request.user, **said
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "评分已提交，承担单位可以答复")
            return redirect("web:assessment", pk)
    return _form(request, thing, form, "绩效评分", "提交评分")


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Return a report, or as the unit answer the score."""
    thing = _found(request, pk)
    note, action = request.POST.get("note", ""), request.POST.get("action", "")
    if action == AssessmentAction.REPLY:
        assessments.reply(assessment=thing, actor=request.user, text=note)
    else:
        assessments.judge(assessment=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"绩效评价{thing.get_state_display()}")
    return redirect("web:assessment", pk)


def _form(
    request: Request, thing: Assessment, form: EffectsForm | ScoreForm, heading: str, verb: str
) -> HttpResponse:
    context = {"assessment": thing, "form": form, "heading": heading, "verb": verb}
    status = 422 if form.errors else 200
    return render(request, "acceptance/assessment_form.html", context, status=status)


def _actions(request: Request, thing: Assessment) -> list[Button]:
    can = policies.assessment_actions_for(request.user, thing)
    made: list[Button] = []
    if AssessmentAction.REPORT in can and thing.opens_on <= clock.today():
        made.append(link("填报成效", address("assessment-report", thing.pk), primary=True))
    if AssessmentAction.SCORE in can:
        made.append(link("评分", address("assessment-score", thing.pk), primary=True))
    rest = [a for a in can if a in (AssessmentAction.RETURN, AssessmentAction.REPLY)]
    return made + buttons(Assessment.LIFE, rest, address("assessment-move", thing.pk))


def _label(name: str) -> str:
    return str(Assessment._meta.get_field(name).verbose_name).removesuffix("（万元）")  # type: ignore[union-attr]


def _found(request: Request, pk: int) -> Assessment:
    return found(queries.assessments_visible_to(request.user), pk)
