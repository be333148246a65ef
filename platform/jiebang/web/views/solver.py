"""The solver's desk: solutions, from the first line to the receipt."""

from collections.abc import Sequence

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
from jiebang.organizations.models import Organization
from jiebang.proposals import policies, queries, receipts, services, snapshots
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import EDITABLE, Action, State
from jiebang.web import proposal_parts
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import found, page_of
from jiebang.web.papers import as_answer
from jiebang.web.proposal_draft import Draft
from jiebang.web.refusals import marked
from jiebang.web.review_parts import reviewed
from jiebang.web.tables import OWN_BIDS
from jiebang.web.trail import trail
from jiebang.web.views.attachments import shelves_for

SAVED = "proposal-saved"  # in the session: the next page says that the browser need keep nothing


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
def intend(request: Request, pk: int) -> HttpResponse:
    """State that one's unit means to bid."""
    challenge = found(challenges.visible_to(request.user), pk)
    lead = _lead(request)
    made = services.intend(challenge=challenge, lead=lead, actor=request.user)
    messages.success(request, "揭榜意向已登记。榜题的变更和澄清会通知您，随时可以起草揭榜书。")
    return redirect("web:proposal", pk=made.pk)


@signed_in
@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Begin a solution in the name of one's unit."""
    challenge = found(challenges.visible_to(request.user), pk)
    proposal = services.start(challenge=challenge, lead=_lead(request), actor=request.user)
    return redirect("web:proposal-edit", pk=proposal.pk)


@signed_in
def edit(request: Request, pk: int) -> HttpResponse:
    """Write on a solution; handing in saves first, so that nothing typed is lost.

    `?check=1` marks what keeps it from being submitted.
    """
    thing = _own(request, pk)
    if thing.state not in EDITABLE:
        how = "请先点“起草揭榜书”" if thing.state == State.INTENTION else "截止前可先撤回再编辑"
        messages.info(request, f"揭榜书{thing.get_state_display()}，不能修改；{how}。")
        return redirect("web:proposal", pk=pk)
    policies.may_edit(request.user, thing).enforce()
    draft = Draft(thing, request.POST or None)
    changes: Sequence[Change] | None = None
    if request.method == "POST" and draft.is_valid():
        try:
            draft.save(request.user)
        except DomainError as refusal:
            if isinstance(refusal, Stale):
                thing.refresh_from_db()
                changes = draft.differences()
            draft.refuse(refusal)
        else:
            request.session[SAVED] = pk
            if request.POST.get("then") == "submit":
                return _submit(request, thing)
            messages.success(request, "草稿已保存。")
            return redirect("web:proposal-edit", pk=pk)
    elif request.method == "GET" and request.GET.get("check"):
        draft.show_missing()
    form, posted = draft.form, request.method == "POST"
    context = {
        "draft": draft,
        "form": form,
        "proposal": thing,
        "challenge": thing.challenge,
        "facts": proposal_parts.asked(thing),
        "open": _may_hand_in(thing),
        "leads": bool(policies.may(request.user, Action.SUBMIT, thing)),
        "changes": changes,
        "posted": posted,
        "saved": not posted and request.session.pop(SAVED, None) == pk,
        "files": shelves_for(thing, request.user),
        "revision": form["revision"].value() if changes is None else thing.revision,
        "missing": draft.missing(),
        "weak": draft.weak(),
    }
    return render(request, "solver/form.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def autosave(request: Request, pk: int) -> HttpResponse:
    """Keep what is typed, and answer with what is still missing."""
    thing = _own(request, pk)
    policies.may_edit(request.user, thing).enforce()
    draft = Draft(thing, request.POST)
    if not draft.is_valid():
        raise Invalid(
            "刚才的修改没有保存，请先改正；填写的内容已留在本机",
            code="draft_invalid",
            fields=draft.errors(),
        )
    kept = draft.save(request.user)
    context = {"revision": kept.revision, "missing": draft.missing(), "weak": draft.weak()}
    response = render(request, "solver/_missing.html", context)
    response["X-Saved-At"] = f"{clock.local(clock.now()):%H:%M:%S}"
    return response


@signed_in
def proposal(request: Request, pk: int) -> HttpResponse:
    """Show a solution to its unit, and once opened to poster and bureau."""
    thing = queries.find(request.user, pk)
    openings.note_look(proposal=thing, reader=request.user)
    owns = policies.is_party(request.user, thing)
    context = {
        "thing": thing,
        "challenge": thing.challenge,
        "facts": proposal_parts.facts(thing),
        "rows": proposal_parts.rows(thing),
        "texts": proposal_parts.texts(thing),
        "tables": proposal_parts.tables(thing),
        "parties": thing.parties.select_related("unit"),
        "files": shelves_for(thing, request.user),
        "actions": proposal_parts.actions(request.user, thing) if owns else [],
        "receipts": thing.receipts.all(),
        "owns": owns,
        "entries": trail(thing),
        **reviewed(request.user, thing),
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
    return redirect(
        "web:proposal-edit" if action in (Action.REVISE, Action.WRITE) else "web:proposal", pk=pk
    )


@signed_in
def receipt(request: Request, pk: int) -> HttpResponse:
    """Show the receipt of a submission, for printing."""
    thing = found(receipts.visible_to(request.user), pk)
    proposal = thing.proposal
    context = {
        "thing": thing,
        "proposal": proposal,
        "newest": thing.version == proposal.version,
        "files": receipts.files_of(thing),
    }
    return render(request, "solver/receipt.html", context)


@signed_in
def receipt_file(request: Request, pk: int) -> HttpResponse:
    """Give the receipt out as PDF."""
    return as_answer(receipts.give(found(receipts.visible_to(request.user), pk)))


def _lead(request: Request) -> Organization:
    own = {str(unit.pk): unit for unit in units.units_of(request.user)}
    lead = own.get(request.POST.get("lead", ""))
    if lead is None:
        raise NotAllowed("请选择您所在的单位作为牵头单位", code="not_member")
    return lead


def _own(request: Request, pk: int) -> Proposal:
    return found(queries.mine(request.user), pk)


def _may_hand_in(thing: Proposal) -> bool:
    """Say whether the time is not over for it: by the clock, or by permission."""
    if thing.challenge.state_now == ChallengeState.OPEN:
        return True
    late = queries.late_permission(thing.challenge, thing.lead_id)
    return thing.challenge.state_now == ChallengeState.CLOSED and late is not None


@signed_in
def difference(request: Request, pk: int) -> HttpResponse:
    """Show what changed from one handed-in version to another, for its units."""
    thing = _own(request, pk)
    kept = {each.version: each for each in thing.receipts.select_related("submitted_by")}
    before, after = (_number(request.GET.get(name, "")) for name in ("before", "after"))
    after = after if after in kept else max(kept, default=0)
    before = before if before in kept else max((v for v in kept if v < after), default=0)
    if not before or not after:
        raise NotFound("提交过两次以后，这里显示两个版本的差异")
    context = {
        "thing": thing,
        "before": kept[before],
        "after": kept[after],
        "receipts": kept.values(),
        "changes": snapshots.differences(kept[before].content, kept[after].content),
    }
    return render(request, "solver/difference.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def _submit(request: Request, thing: Proposal) -> HttpResponse:
    try:
        made = services.submit(proposal=thing, actor=request.user)
    except DomainError as refusal:
        messages.error(request, f"草稿已保存，尚未提交。{refusal}")
        edit_url = reverse("web:proposal-edit", args=[thing.pk])
        back = redirect(f"{edit_url}?check=1" if refusal.fields else edit_url)
        return marked(back, refusal)
    messages.success(request, "揭榜书已提交，请保存回执。")
    return redirect("web:proposal-receipt", pk=made.pk)
