"""A consortium's page: who is in it with which part, who is invited, who has signed, remarks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.common.errors import DomainError, NotFound
from jiebang.organizations import queries as units
from jiebang.proposals import checks, consortium, policies, queries
from jiebang.proposals.models import PartnerInvitation, Party, Proposal
from jiebang.proposals.states import EDITABLE, InvitationState
from jiebang.web.access import Request, open_to_all, signed_in
from jiebang.web.consortium_forms import CommentForm, ConfirmForm, PartnerForm, ShareForms
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.views.attachments import shelves_for


@signed_in
def page(request: Request, pk: int) -> HttpResponse:
    """Show the consortium of one's own solution."""
    return _page(request, _own(request, pk))


@signed_in
@require_POST
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite a unit or an address; an address's link is sent, and shown once."""
    thing = _own(request, pk)
    policies.may_lead(request.user, thing).enforce()
    form = PartnerForm(request.POST)
    if form.is_valid():
        place = request.build_absolute_uri(reverse("web:partner-invitation", args=["TOKEN"]))
        link = place.replace("{", "").replace("TOKEN", "{token}")
        try:
            made, token = consortium.invite(
                proposal=thing, actor=request.user, link=link, **form.cleaned_data
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            if made.email:
                return _page(request, thing, link=link.format(token=token))
            messages.success(request, f"邀请已发给{made.addressee}。")
            return redirect("web:proposal-consortium", pk=pk)
    return _page(request, thing, invite=form, status=422)


@signed_in
@require_POST
def shares(request: Request, pk: int) -> HttpResponse:
    """Write who does what for which money."""
    thing = _own(request, pk)
    policies.may_lead(request.user, thing).enforce()
    forms = ShareForms(thing, request.POST)
    if forms.is_valid():
        try:
            consortium.share_out(proposal=thing, actor=request.user, rows=forms.rows())
        except DomainError as refusal:
            forms.refuse(refusal)
        else:
            messages.success(request, "分工已保存。")
            return redirect("web:proposal-consortium", pk=pk)
    return _page(request, thing, shares=forms, status=422)


@signed_in
@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """Sign for one's unit that it agrees to the solution as it stands."""
    party = _party(request, pk)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["signatory"]
        consortium.confirm(party=party, actor=request.user, signatory=name)
        messages.success(request, f"{party.unit.name}已签署确认。此后内容有修改，须重新签署。")
        return redirect("web:proposal-consortium", pk=party.proposal_id)
    return _page(request, party.proposal, confirm=form, status=422)


@signed_in
@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """Leave a consortium, or part with a partner."""
    party = _party(request, pk)
    own = units.role_in(request.user, party.unit_id)
    consortium.leave(party=party, actor=request.user)
    messages.success(request, f"{party.unit.name}已退出联合体。")
    if own:
        return redirect("web:proposals")
    return redirect("web:proposal-consortium", pk=party.proposal_id)


@signed_in
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """Take an invitation back."""
    mine = queries.mine(request.user).order_by().values("pk")
    rows = PartnerInvitation.objects.filter(proposal__in=mine).select_related("proposal", "unit")
    invitation = found(rows, pk)
    consortium.revoke(invitation=invitation, actor=request.user)
    messages.success(request, "邀请已撤回。")
    return redirect("web:proposal-consortium", pk=invitation.proposal_id)


@signed_in
@require_POST
def comment(request: Request, pk: int) -> HttpResponse:
    """Remark on the solution."""
    thing = _own(request, pk)
    policies.may_comment(request.user, thing).enforce()
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            consortium.comment(proposal=thing, actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "批注已发布，联合体各成员可见。")
            return redirect("web:proposal-consortium", pk=pk)
    return _page(request, thing, comment=form, status=422)


@open_to_all
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an invitation into a consortium; whom it is addressed to answers here."""
    invitation = consortium.find_invitation(reference)
    person = request.user if request.user.is_authenticated else None
    # The number of a unit's invitation is no secret: only its people learn what it says.
    if invitation.unit is not None and (
        person is None or units.role_in(person, invitation.unit) is None
    ):
        raise NotFound("没有这份邀请，或者它不是发给您所在单位的")
    if request.method == "POST" and person is not None:
        if request.POST.get("action") == "decline":
            consortium.decline(reference=reference, actor=person)
            messages.success(request, "已谢绝邀请。")
            return redirect("web:desk")
        writable = {str(unit.pk): unit for unit in units.units_written_by(person)}
        unit = writable.get(request.POST.get("unit", ""))
        party = consortium.accept(reference=reference, actor=person, unit=unit)
        messages.success(request, f"{party.unit.name}已加入联合体。")
        return redirect("web:proposal-consortium", pk=party.proposal_id)
    context = {
        "offer": invitation,
        "challenge": invitation.proposal.challenge,
        "my_units": units.units_written_by(person) if person else (),
    }
    return render(request, "solver/invitation.html", context)


def _own(request: Request, pk: int) -> Proposal:
    return found(queries.mine(request.user), pk)


def _party(request: Request, pk: int) -> Party:
    mine = queries.mine(request.user).order_by().values("pk")
    rows = Party.objects.filter(proposal__in=mine)
    parts = ("unit", "proposal__lead", "proposal__challenge__need__owner")
    return found(rows.select_related(*parts), pk)


def _page(
    request: Request, thing: Proposal, *, link: str = "", status: int = 200, **forms: Any
) -> HttpResponse:
    editable = thing.state in EDITABLE
    leads = editable and bool(policies.may_lead(request.user, thing))
    parties = list(thing.parties.select_related("unit", "confirmed_by"))
    faults = checks.missing(thing) if editable else {}
    to_sign = [
        party
        for party in parties
        if editable
        and policies.may_confirm(request.user, party)
        and not checks.signed(thing, party)
    ]
    context = {
        "thing": thing,
        "challenge": thing.challenge,
        "parties": parties,
        "signed": {party.pk for party in parties if checks.signed(thing, party)},
        "files": shelves_for(thing, request.user),
        "leads": leads,
        "to_sign": to_sign,
        "missing": [
            text
            for name, texts in faults.items()
            if name.startswith(("party-", "parties", "confirmation-", "files"))
            for text in texts
        ],
        "invitations": thing.invitations.select_related("unit", "answered_by"),
        "open_invitation": InvitationState.OPEN,
        "comments": thing.comments.select_related("author", "unit"),
        "may_comment": bool(policies.may_comment(request.user, thing)),
        "mine": units.roles_of(request.user),
        "editable": editable,
        "link": link,
        "shares": forms.get("shares") or ShareForms(thing),
        "invite": forms.get("invite") or PartnerForm(),
        "confirm": forms.get("confirm") or ConfirmForm(),
        "comment": forms.get("comment") or CommentForm(),
    }
    return render(request, "solver/consortium.html", context, status=status)
