"""The bureau's commissions: the list, a draft, and the page on which one is decided."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.approvals.hearings import is_running
from jiebang.audit import queries as audit
from jiebang.commissions import decisions, dossier, opinions, policies, queries, services
from jiebang.commissions import strength as evidence
from jiebang.commissions.models import Commission
from jiebang.commissions.states import EDITABLE, Action, State
from jiebang.common.errors import DomainError, Invalid, WrongState
from jiebang.experts import queries as experts
from jiebang.ledger.models import Record
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from jiebang.papers.forms import form_of
from jiebang.web import commission_parts as parts
from jiebang.web.access import Request, requires_role
from jiebang.web.bureau_filters import counted, tabs
from jiebang.web.buttons import action_of, buttons, link
from jiebang.web.commission_forms import (
    CommissionFilter,
    CommissionForm,
    CommissionMinutesForm,
    MemberForm,
    PartForm,
    initial_of,
    named,
    rows_of,
    unit_names,
)
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import address, found, page_of
from jiebang.web.papers import download
from jiebang.web.rows import filled, put_back
from jiebang.web.tables import COMMISSIONS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for
from jiebang.web.wording import day

READERS = policies.READERS
EMPTY_ROWS = 3
NOTICE_RUNS = "公示至{}，期满无异议后自动生效并生成合同，次日起也可由审批人员办理正式委托"
CONFIRM: dict[str, str] = {
    Action.PROPOSE: "提交后内容和证据固定，所涉需求不能再张榜。",
    Action.APPROVE: "您已阅看需求、理由、能力依据、集中度、关联和诚信检查及专家意见。",
    Action.ELEVATE: "您同意委托；因超过上限，还须上级审批。",
    Action.CONFIRM: "您已阅看超过上限的原因和全部依据。",
    Action.TAKE_EFFECT: "公示期满无异议，委托生效并生成合同。",
}


@requires_role(*READERS)
def commission_list(request: Request) -> HttpResponseBase:
    """List the commissions, newest first, a tab for each state."""
    form = CommissionFilter(request.GET)
    asked = form.apply(queries.commissions())
    rows = form.of_state(asked)
    if file := COMMISSIONS.file(request, rows):
        return file
    context = {
        "form": form,
        "tabs": tabs("officer-commissions", form, dict(State.choices), counted(asked)),
        "page_obj": page_of(request, rows, table=COMMISSIONS),
        "may_draft": request.user.has_role(PlatformRole.OFFICER),
    }
    return render(request, "commissions/list.html", context, part="commissions/_list.html")


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Draft a commission of needs that are in the library."""
    chosen = [int(key) for key in request.GET.getlist("need") if key.isdecimal()]
    free = TechNeed.objects.filter(state=NeedState.IN_LIBRARY)
    asked = free.filter(pk__in=chosen).first()
    initial: dict[str, Any] = {"kind": "single", "needs": chosen}
    if asked is not None:
        initial |= {
            "title": f"{asked.title}定向攻关"[:80],
            "amount": asked.bounty,
            "grant": asked.grant or 0,
            "term_months": asked.term_months,
        }
    return _written(request, None, free, initial, ([], []))


@requires_role(PlatformRole.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Write a draft or returned commission anew."""
    thing = found(queries.commissions(), pk)
    policies.may_write(request.user, thing).enforce()
    if thing.state not in EDITABLE:
        raise WrongState("已提交的定向委托不能修改；如需修改请由审批人员退回")
    own = TechNeed.objects.filter(pk__in=[need.pk for need in thing.needs])
    free = TechNeed.objects.filter(state=NeedState.IN_LIBRARY) | own
    return _written(request, thing, free, initial_of(thing), rows_of(thing))


@requires_role(*READERS)
def commission(request: Request, pk: int) -> HttpResponse:
    """Show everything that a decision needs on one page; frozen once it was proposed."""
    thing = found(queries.commissions(), pk)
    content, version = evidence.seen(thing)
    user, moves = request.user, address("officer-commission-move", pk)
    may = [a for a in policies.actions_for(user, thing) if a != Action.RESOLVE]
    primary = next((a for a in may if a in CONFIRM), "")
    ways = buttons(Commission.LIFE, may, moves, primary=primary, confirm=CONFIRM)
    writes = thing.state in EDITABLE and bool(policies.may_write(user, thing))
    if writes:
        ways.append(link("修改内容", address("officer-commission-edit", pk)))
    resolves = thing.state == State.APPROVED and bool(
        policies.may_move(user, Action.RESOLVE, thing)
    )
    context = {
        "commission": thing,
        "rules": queries.rules_of(thing.call),
        "content": content,
        "version": version,
        "record": _record(version),
        "bars": parts.bars(content["concentration"]),
        "steps": parts.steps(thing),
        "actions": ways,
        "hints": [NOTICE_RUNS.format(day(thing.notice_ends_on))] if is_running(thing) else [],
        "changes": parts.changes(thing),
        "opinions": thing.opinions.select_related("expert__user").order_by("pk"),
        "candidates": opinions.candidates(thing) if writes else [],
        "minutes_form": CommissionMinutesForm() if resolves else None,
        "days_left": queries.days_left(thing),
        "objections": thing.objections.select_related("unit").order_by("pk"),
        "contract": parts.contract_of(thing),
        "files": shelves_for(thing, user),
        "trail": trail(thing),
        "returned": audit.last_note(thing, Action.RETURN) if thing.state == State.RETURNED else "",
    }
    return render(request, "commissions/commission.html", context)


@requires_role(*READERS)
def file(request: Request, pk: int) -> HttpResponse:
    """Give the approval file as PDF, or as Word where the address asks for it."""
    thing = found(queries.commissions(), pk)
    paper = dossier.of(thing)
    form = form_of("docx" if request.GET.get("form") == "word" else "pdf")
    return download(paper, form, f"{thing.number}审批材料")


@requires_role(*READERS)
@require_POST
def move(request: Request, pk: int) -> HttpResponseRedirect:
    """Take one step of the chain."""
    thing = found(queries.commissions(), pk)
    action = action_of(request, Commission.LIFE)
    note = request.POST.get("note", "")
    decisions.move(commission=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"“{thing}”：{State(thing.state).label}")
    return redirect("web:officer-commission", pk)


@requires_role(PlatformRole.OFFICER)
@require_POST
def ask(request: Request, pk: int) -> HttpResponseRedirect:
    """Ask an expert of the pool."""
    thing = found(queries.commissions(), pk)
    policies.may_write(request.user, thing).enforce()
    key = request.POST.get("expert", "")
    expert = found(experts.pool(), int(key) if key.isdecimal() else 0)
    opinions.ask(commission=thing, actor=request.user, expert=expert)
    messages.success(request, f"已向{expert}征询意见")
    return redirect(f"{address('officer-commission', pk)}#opinions")


@requires_role(*READERS)
@require_POST
def minutes(request: Request, pk: int) -> HttpResponseRedirect:
    """Record the collective decision; the notice starts."""
    thing = found(queries.commissions(), pk)
    policies.may_move(request.user, Action.RESOLVE, thing).enforce()
    form = CommissionMinutesForm(request.POST)
    if not form.is_valid():
        raise Invalid("请填写会议纪要编号、会议日期和审议人员", code="minutes_incomplete")
    data = {**form.cleaned_data, "members": named([form.cleaned_data["members"]])}
    decisions.resolve(commission=thing, actor=request.user, **data)
    messages.success(request, "集体审议已登记，公示已开始")
    return redirect("web:officer-commission", pk)


def _written(
    request: Request,
    thing: Commission | None,
    needs: Any,
    initial: dict[str, Any],
    rows: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> HttpResponse:
    """Show the form and take what was typed; refusals stand at the fields."""
    typed = request.POST if request.method == "POST" else None
    needs = needs.order_by("-pk")
    form = CommissionForm(typed, needs=needs, initial=initial)
    kinds: tuple[Any, Any] = (
        forms.formset_factory(PartForm, extra=0 if rows[0] else EMPTY_ROWS, max_num=12),
        forms.formset_factory(MemberForm, extra=0 if rows[1] else EMPTY_ROWS, max_num=12),
    )
    shown = rows if typed is None else (None, None)
    sub = kinds[0](typed, initial=shown[0], prefix="parts", form_kwargs={"needs": needs})
    members = kinds[1](typed, initial=shown[1], prefix="members")
    if typed is not None and form.is_valid() and sub.is_valid() and members.is_valid():
        data = dict(form.cleaned_data)
        said: dict[str, Any] = {
            "actor": request.user,
            "needs": list(data.pop("needs")),
            "parts": [row.cleaned_data for row in filled(sub)],
            "members": [row.cleaned_data for row in filled(members)],
            "data": {**data, "grant": data["grant"] or 0},
        }
        try:
            if thing is None:
                made = services.start(**said)
            else:
                made = services.write(commission=thing, **said)
        except DomainError as refusal:
            put_back(refusal, sub)
            put_back(refusal, members)
            apply_errors(form, refusal, sub, members)
        else:
            messages.success(request, "定向委托已保存，请征询专家意见后提交审批")
            return redirect("web:officer-commission", made.pk)
    context = {
        "form": form,
        "parts": sub,
        "members": members,
        "commission": thing,
        "unit_names": unit_names(initial.get("candidate"), initial.get("applicant")),
    }
    return render(request, "commissions/form.html", context, status=422 if form.is_bound else 200)


def _record(version: Any) -> int | None:
    """Return the number of the ledger's record of what was frozen."""
    if version is None:
        return None
    rows = Record.objects.filter(about_type="commissions.version", about_id=version.pk)
    return rows.values_list("number", flat=True).first()
