"""The solver's desk: solutions, from the first line to the receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.challenges import queries as challenges
from jiebang.common.errors import DomainError, NotAllowed, NotFound
from jiebang.common.money import in_wan
from jiebang.organizations import queries as units
from jiebang.proposals import policies, queries, services, snapshots
from jiebang.proposals.models import Proposal, Receipt
from jiebang.proposals.states import EDITABLE, LIFE, Action
from jiebang.web.access import Request, signed_in
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.forms import apply_errors
from jiebang.web.listing import found, page_of
from jiebang.web.proposal_forms import ProposalForm
from jiebang.web.trail import trail


@signed_in
def proposals(request: Request) -> HttpResponse:
    """List the solutions of one's units."""
    context = {"page_obj": page_of(request, queries.mine(request.user))}
    return render(request, "solver/proposals.html", context)


@signed_in
@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Begin a solution in the name of one's unit."""
    challenge = found(challenges.visible_to(request.user), pk)
    own = {str(unit.pk): unit for unit in units.units_of(request.user)}
    lead = own.get(request.POST.get("lead", ""))
    if lead is None:
        raise NotAllowed("请选择您所在的单位作为牵头单位", code="not_member")
    proposal = services.start(challenge=challenge, lead=lead, actor=request.user)
    return redirect("web:proposal-edit", pk=proposal.pk)


@signed_in
def edit(request: Request, pk: int) -> HttpResponse:
    """Write on a solution; handing in saves first, so that nothing typed is lost."""
    thing = _own(request, pk)
    if thing.state not in EDITABLE:
        messages.info(
            request, f"揭榜书{thing.get_state_display()}，不能修改；截止前可先撤回再编辑。"
        )
        return redirect("web:proposal", pk=pk)
    form = ProposalForm(request.POST or None, proposal=thing)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, thing, form)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            if request.POST.get("then") == "submit":
                return _submit(request, thing)
            messages.success(request, "草稿已保存。")
            return redirect("web:proposal-edit", pk=pk)
    missing = _missing(thing)
    context = {"form": form, "proposal": thing, "challenge": thing.challenge, "missing": missing}
    return render(request, "solver/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def autosave(request: Request, pk: int) -> HttpResponse:
    """Keep what is typed, and answer with what is still missing."""
    thing = _own(request, pk)
    form = ProposalForm(request.POST, proposal=thing)
    if form.is_valid():
        thing = _save(request, thing, form)
    context = {"missing": _missing(thing), "revision": thing.revision, "proposal": thing}
    return render(request, "solver/_missing.html", context, status=200 if form.is_valid() else 422)


@signed_in
def proposal(request: Request, pk: int) -> HttpResponse:
    """Show a solution to its unit, and once opened to poster and bureau."""
    thing = Proposal.objects.select_related("challenge__need__owner", "lead").filter(pk=pk).first()
    if thing is None:
        raise NotFound("没有这份揭榜书，或者您无权查看")
    policies.may_read(request.user, thing).enforce()
    owns = units.role_in(request.user, thing.lead_id) is not None
    context = {
        "thing": thing,
        "challenge": thing.challenge,
        "facts": _facts(thing),
        "rows": _rows(thing),
        "actions": _buttons(request, thing) if owns else [],
        "receipts": thing.receipts.all(),
        "owns": owns,
        "entries": trail(thing),
    }
    return render(request, "solver/proposal.html", context)


@signed_in
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """Hand in, withdraw, or take up again."""
    thing = _own(request, pk)
    action = request.POST.get("action", "")
    if action not in Action.values:
        raise NotFound("没有这个操作")
    if action == Action.SUBMIT:
        return _submit(request, thing)
    note = request.POST.get("note", "")
    services.move(proposal=thing, action=action, actor=request.user, note=note)
    messages.success(request, f"已{Action(action).label}。")
    return redirect("web:proposal-edit" if action == Action.REVISE else "web:proposal", pk=pk)


@signed_in
def receipt(request: Request, pk: int) -> HttpResponse:
    """Show the receipt of a submission, for printing."""
    mine = Receipt.objects.filter(proposal__lead__in=units.roles_of(request.user))
    thing = found(mine.select_related("proposal__challenge", "proposal__lead", "submitted_by"), pk)
    return render(request, "solver/receipt.html", {"thing": thing, "proposal": thing.proposal})


def _own(request: Request, pk: int) -> Proposal:
    return found(queries.mine(request.user), pk)


def _save(request: Request, thing: Proposal, form: ProposalForm) -> Proposal:
    return services.save(
        proposal=thing,
        actor=request.user,
        data=form.content(),
        responses=form.responses(),
        revision=form.cleaned_data["revision"],
    )


def _submit(request: Request, thing: Proposal) -> HttpResponse:
    try:
        made = services.submit(proposal=thing, actor=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("web:proposal-edit", pk=thing.pk)
    messages.success(request, "揭榜书已提交，请保存回执。")
    return redirect("web:proposal-receipt", pk=made.pk)


def _missing(thing: Proposal) -> list[tuple[str, str]]:
    """Return what is still missing: the place to jump to, and the sentence."""
    return [(f"id_{n}", s) for n, texts in snapshots.missing(thing).items() for s in texts]


def _rows(thing: Proposal) -> list[dict[str, Any]]:
    answered = {row.indicator_id: row for row in thing.responses.select_related("indicator")}
    rows = []
    for asked in thing.challenge.need.indicators.all():
        response = answered.get(asked.pk)
        rows.append(
            {
                "name": asked.name,
                "core": asked.core,
                "target": asked.target,
                "promised": response.promised if response else "",
                "evidence": response.method if response else "",
            }
        )
    return rows


def _buttons(request: Request, thing: Proposal) -> list[Button]:
    url = reverse("web:proposal-move", args=[thing.pk])
    made = buttons(
        LIFE,
        policies.actions_for(request.user, thing),
        url,
        primary=Action.SUBMIT,
        confirm={Action.WITHDRAW: "撤回后需要重新提交才有效。确认撤回吗？"},
    )
    if thing.state in EDITABLE:
        made.insert(0, link("编辑", reverse("web:proposal-edit", args=[thing.pk])))
    return made


def _facts(thing: Proposal) -> list[tuple[str, Any, str]]:
    challenge = reverse("web:challenge", args=[thing.challenge_id])
    return [
        ("榜题", thing.challenge.title, challenge),
        ("牵头单位", thing.lead.name, reverse("web:unit", args=[thing.lead_id])),
        ("参与单位", thing.partners, ""),
        ("项目负责人", thing.pi_name, ""),
        ("期望金额", in_wan(thing.asked_amount) if thing.asked_amount is not None else "", ""),
        ("自筹资金", in_wan(thing.self_raised) if thing.self_raised is not None else "", ""),
        ("完成期限", f"{thing.term_months} 个月" if thing.term_months else "", ""),
        ("知识产权", thing.get_ip_ownership_display(), ""),
    ]
