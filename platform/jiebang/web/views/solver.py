"""The solver's desk: solutions, from the first line to the receipt."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.challenges import queries as challenges
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import DomainError, Invalid, NotAllowed, NotFound, Stale
from jiebang.library.snapshots import Change
from jiebang.openings import services as openings
from jiebang.organizations import queries as units
from jiebang.proposals import policies, queries, services, snapshots
from jiebang.proposals.models import Proposal, Receipt
from jiebang.proposals.states import EDITABLE, Action
from jiebang.web import proposal_parts
from jiebang.web.access import Request, signed_in
from jiebang.web.forms import apply_errors
from jiebang.web.listing import found, page_of
from jiebang.web.proposal_forms import ProposalForm
from jiebang.web.tables import OWN_BIDS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for


@signed_in
def proposals(request: Request) -> HttpResponseBase:
    """List the solutions of one's units."""
    rows = queries.mine(request.user)
    if file := OWN_BIDS.file(request, rows):
        return file
    context = {"page_obj": page_of(request, rows, table=OWN_BIDS)}
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
    """Write on a solution; handing in saves first, so that nothing typed is lost.

    `?check=1` marks what keeps it from being submitted.
    """
    thing = _own(request, pk)
    if thing.state not in EDITABLE:
        messages.info(
            request, f"揭榜书{thing.get_state_display()}，不能修改；截止前可先撤回再编辑。"
        )
        return redirect("web:proposal", pk=pk)
    form = ProposalForm(request.POST or None, proposal=thing)
    changes: list[Change] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, thing, form)
        except DomainError as refusal:
            if isinstance(refusal, Stale):
                thing.refresh_from_db()
                changes = form.differences(thing)
            apply_errors(form, refusal)
        else:
            if request.POST.get("then") == "submit":
                return _submit(request, thing)
            messages.success(request, "草稿已保存。")
            return redirect("web:proposal-edit", pk=pk)
    elif request.GET.get("check") and (faults := snapshots.missing(thing)):
        form.show_missing(faults)
    context = {
        "form": form,
        "proposal": thing,
        "challenge": thing.challenge,
        "facts": proposal_parts.asked(thing),
        "open": thing.challenge.state_now == ChallengeState.OPEN,
        "changes": changes,
        "revision": form["revision"].value() if changes is None else thing.revision,
        **proposal_parts.readiness(thing),
    }
    return render(request, "solver/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def autosave(request: Request, pk: int) -> HttpResponse:
    """Keep what is typed, and answer with what is still missing."""
    thing = _own(request, pk)
    form = ProposalForm(request.POST, proposal=thing)
    if not form.is_valid():
        faults = {name: list(map(str, texts)) for name, texts in form.errors.items()}
        raise Invalid("刚才的修改没有保存，请先改正", code="draft_invalid", fields=faults)
    thing = _save(request, thing, form)
    context = {"revision": thing.revision, **proposal_parts.readiness(thing)}
    response = render(request, "solver/_missing.html", context)
    response["X-Saved-At"] = f"{clock.local(clock.now()):%H:%M:%S}"
    return response


@signed_in
def proposal(request: Request, pk: int) -> HttpResponse:
    """Show a solution to its unit, and once opened to poster and bureau."""
    thing = Proposal.objects.select_related("challenge__need__owner", "lead").filter(pk=pk).first()
    if thing is None:
        raise NotFound("没有这份揭榜书，或者您无权查看")
    policies.may_read(request.user, thing).enforce()
    openings.note_look(proposal=thing, reader=request.user)
    owns = units.role_in(request.user, thing.lead_id) is not None
    context = {
        "thing": thing,
        "challenge": thing.challenge,
        "facts": proposal_parts.facts(thing),
        "rows": proposal_parts.rows(thing),
        "actions": proposal_parts.actions(request.user, thing) if owns else [],
        "receipts": thing.receipts.all(),
        "owns": owns,
        "files": shelves_for(thing, request.user),
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
    proposal = thing.proposal
    context = {"thing": thing, "proposal": proposal, "newest": thing.version == proposal.version}
    return render(request, "solver/receipt.html", context)


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
        messages.error(request, f"草稿已保存，尚未提交。{refusal}")
        edit_url = reverse("web:proposal-edit", args=[thing.pk])
        return redirect(f"{edit_url}?check=1" if refusal.fields else edit_url)
    messages.success(request, "揭榜书已提交，请保存回执。")
    return redirect("web:proposal-receipt", pk=made.pk)
