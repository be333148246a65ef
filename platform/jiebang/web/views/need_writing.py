"""Writing a need, with its check-up beside it; what is refused stays as it was typed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.audit import queries as audit
from jiebang.common.errors import DomainError, NotAllowed, Stale
from jiebang.library import checkup, policies, queries, services, snapshots
from jiebang.library.models import TechNeed
from jiebang.library.states import EDITABLE, Action, State
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import found
from jiebang.web.need_forms import (
    IndicatorFormSet,
    NeedForm,
    differences,
    examine,
    findings,
    refuse,
    rows_of,
    show_errors,
)

ROWS = "indicators"  # the prefix of the indicator rows


@signed_in
def need_new(request: Request) -> HttpResponse:
    """Begin a need in the name of a unit one writes for."""
    writable = list(units.units_written_by(request.user))
    if not writable:
        raise NotAllowed(
            "填报需求须由已核验单位的管理员或编辑办理，请先登记单位或联系本单位管理员",
            code="no_unit",
        )
    wanted = request.POST.get("owner") or request.GET.get("owner")
    owner = next((unit for unit in writable if str(unit.pk) == wanted), writable[0])
    form = NeedForm(request.POST or None, initial=_beginning(owner))
    rows = IndicatorFormSet(request.POST or None, prefix=ROWS, initial=rows_of(None))
    if request.method == "POST" and _are_valid(form, rows):
        try:
            made = services.create_need(
                owner=owner, actor=request.user, data=form.content(), indicators=rows.rows()
            )
        except DomainError as refusal:
            refuse(form, rows, refusal)
        else:
            return _kept(request, made)
    return _page(request, form, rows, owner=owner, choices=writable)


@signed_in
def need_edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft or returned need; `?check=1` marks what keeps it from being submitted."""
    need = found(queries.visible_to(request.user), pk)
    policies.may_edit(request.user, need).enforce()
    if need.state not in EDITABLE:
        messages.info(request, f"需求{need.get_state_display()}，内容已锁定。")
        return redirect("web:need", pk=pk)
    form = NeedForm(request.POST or None, initial=NeedForm.initial_of(need))
    rows = IndicatorFormSet(request.POST or None, prefix=ROWS, initial=rows_of(need))
    changes: Sequence[snapshots.Change] | None = None
    if request.method == "POST":
        if _are_valid(form, rows):
            try:
                services.save_need(
                    need=need,
                    actor=request.user,
                    data=form.content(),
                    indicators=rows.rows(),
                    revision=form.cleaned_data["revision"],
                )
            except DomainError as refusal:
                if isinstance(refusal, Stale):
                    need.refresh_from_db()
                    changes = differences(need, form)
                refuse(form, rows, refusal)
            else:
                return _kept(request, need)
    elif request.GET.get("check") and (report := _report_on(need)).errors:
        show_errors(form, rows, report)
    return _page(request, form, rows, owner=need.owner, need=need, changes=changes)


@signed_in
@require_POST
def need_check_up(request: Request) -> HttpResponse:
    """Answer with the check-up of what is typed; nothing is saved."""
    return render(request, "_partials/check_up.html", _shown(examine(request.POST)))


def _are_valid(form: NeedForm, rows: Any) -> bool:
    """Say whether both can be read; both are asked, so that both say what is wrong."""
    return all([form.is_valid(), rows.is_valid()])


def _kept(request: Request, need: TechNeed) -> HttpResponse:
    """Go on from a saved draft; handing in may be refused, and the draft is kept all the same."""
    edit = reverse("web:need-edit", args=[need.pk])
    if request.POST.get("then") != "submit":
        messages.success(request, "草稿已保存。")
        return redirect(edit)
    try:
        services.submit(need=need, actor=request.user)
    except DomainError as refusal:
        messages.error(request, f"草稿已保存，尚未提交。{refusal}")
        return redirect(f"{edit}?check=1" if refusal.fields else edit)
    messages.success(request, "需求已提交，等待归口部门推荐。")
    return redirect("web:need", pk=need.pk)


def _page(
    request: Request,
    form: NeedForm,
    rows: Any,
    *,
    owner: Organization | None,
    need: TechNeed | None = None,
    choices: Sequence[Organization] = (),
    changes: Sequence[snapshots.Change] | None = None,
) -> HttpResponse:
    """Draw the form; `changes` where a colleague saved meanwhile, and saving again is knowing."""
    posted = request.method == "POST"
    report = examine(request.POST) if posted else _report_on(need, form)
    context = {
        "form": form,
        "formset": rows,
        "need": need,
        "owner": owner,
        "choices": choices,
        "changes": changes,
        "revision": form["revision"].value() if changes is None or not need else need.revision,
        "reason": _reason(need),
        **_shown(report),
    }
    return render(request, "owner/form.html", context, status=422 if posted else 200)


def _beginning(owner: Organization) -> dict[str, Any]:
    """Return what a new need starts with: the contact, and the call where there is but one."""
    calls = list(queries.calls_open()[:2])
    begun: dict[str, Any] = {"call": calls[0]} if len(calls) == 1 else {}
    return {**begun, "contact_name": owner.contact_name, "contact_phone": owner.contact_phone}


def _reason(need: TechNeed | None) -> str:
    returned = need is not None and need.state == State.RETURNED
    return audit.last_note(need, Action.RETURN) if need and returned else ""


def _report_on(need: TechNeed | None, form: NeedForm | None = None) -> checkup.CheckUp:
    if need is not None:
        rows, rules = snapshots.rows_of(need), queries.rules_of(need.call)
        return checkup.check(snapshots.content_of(need), rows, rules)
    begun = dict(form.initial) if form else {}
    return checkup.check(begun, [], queries.rules_of(begun.get("call")))


def _shown(report: checkup.CheckUp) -> dict[str, Any]:
    return {"findings": findings(report), "score": report.score}
