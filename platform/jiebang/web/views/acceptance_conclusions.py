"""The conclusion: proposed, under public notice, and a failed one's integrity record; rules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from jiebang.acceptance import conclusions, policies, queries, services
from jiebang.acceptance.states import Action, Integrity, State
from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError, WrongState
from jiebang.library.models import Call
from jiebang.web import acceptance_parts as parts
from jiebang.web.acceptance_forms import ConclusionForm, IntegrityForm, RulesForm
from jiebang.web.acceptance_tables import ACCEPTANCE_NOTICES
from jiebang.web.access import Request, open_to_all, requires_role
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found, page_of
from jiebang.web.views.officer import BUREAU


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def conclusion(request: Request, pk: int) -> HttpResponse:
    """Take an officer's proposal of a conclusion, beside what the panel said."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may(request.user, Action.PROPOSE, thing).enforce()
    if request.method != "POST" and thing.state != State.REVIEWING:
        raise WrongState(f"这项验收{thing.get_state_display()}，现在不能提出结论")
    form = ConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conclusions.propose(acceptance=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "验收结论已提出，等待审批")
            return redirect("web:acceptance", pk)
    given = list(queries.votes(thing))
    context = {
        "acceptance": thing,
        "form": form,
        "heading": "提出验收结论",
        "verb": "提出结论",
        "indicators": parts.indicator_rows(thing),
        "tallies": parts.tallies(given),
        "votes": given,
    }
    return render(request, "acceptance/form.html", context, status=422 if form.errors else 200)


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def integrity(request: Request, pk: int) -> HttpResponse:
    """Enter the integrity record that a failed acceptance proposes, or drop it with a reason."""
    thing = found(queries.visible_to(request.user), pk)
    policies.may_settle_integrity(request.user, thing).enforce()
    if request.method != "POST" and thing.integrity != Integrity.PROPOSED:
        raise WrongState("没有待处理的诚信记录建议", code="nothing_proposed")
    conduct = f"承担的“{thing.contract.title}”（{thing.contract.number}）验收不通过：{thing.reason}"
    form = IntegrityForm(None, initial={"conduct": conduct[:1000], "sanction": "no_projects"})
    if request.method == "POST" and request.POST.get("action") == "drop":
        note = request.POST.get("note", "")
        conclusions.drop_integrity(acceptance=thing, actor=request.user, note=note)
        messages.success(request, "已记明不登记诚信记录的理由")
        return redirect("web:acceptance", pk)
    if request.method == "POST":
        form = IntegrityForm(request.POST)
        if form.is_valid():
            try:
                made = conclusions.enter_integrity(
                    acceptance=thing, actor=request.user, **form.cleaned_data
                )
            except DomainError as refusal:
                apply_errors(form, refusal)
            else:
                messages.success(request, f"已登记诚信记录 {made.number}")
                return redirect("web:acceptance", pk)
    context = {
        "acceptance": thing,
        "form": form,
        "heading": "诚信记录建议",
        "verb": "登记诚信记录",
        "may_drop": True,
    }
    return render(request, "acceptance/form.html", context, status=422 if form.errors else 200)


@open_to_all
def notice_list(request: HttpRequest) -> HttpResponseBase:
    """List the conclusions under notice and in effect."""
    rows = queries.announced()
    if file := ACCEPTANCE_NOTICES.file(request, rows):
        return file
    page = page_of(request, rows, table=ACCEPTANCE_NOTICES)
    return render(request, "acceptance/notices.html", {"page_obj": page})


@open_to_all
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one conclusion as everybody may read it."""
    thing = found(queries.announced(), pk)
    given = list(queries.votes(thing))
    context = {
        "acceptance": thing,
        "contract": thing.contract,
        "tallies": parts.tallies(given),
        "panel": parts.named_panel(thing),
        "draws": thing.draws.order_by("round"),
    }
    return render(request, "acceptance/notice.html", context)


@requires_role(*BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: Request, pk: int) -> HttpResponse:
    """Show a call's rules of acceptance; an officer sets them."""
    call = found(Call.objects.all(), pk)
    kept = queries.rules_of(call)
    if request.method == "POST":
        policies.may_keep_rules(request.user).enforce()
    form = RulesForm(request.POST or None, initial=RulesForm.initial_of(kept))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_rules(call=call, actor=request.user, values=form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "验收规则已保存")
            return redirect("web:officer-acceptance-rules", pk)
    context = {
        "call": call,
        "form": form,
        "may_keep": bool(policies.may_keep_rules(request.user)),
    }
    return render(request, "acceptance/rules.html", context, status=422 if form.errors else 200)
