"""One's own units: registering, editing, members and invitations."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.audit import queries as audit
from jiebang.common.errors import DomainError
from jiebang.organizations import policies, queries, services
from jiebang.organizations.models import Invitation, Membership, Organization
from jiebang.organizations.states import Action, MemberRole, State
from jiebang.taxonomy.models import ChainNode
from jiebang.web.access import Request, open_to_all, signed_in
from jiebang.web.forms import apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.trail import trail
from jiebang.web.unit_forms import InviteForm, UnitForm


@signed_in
def mine(request: Request) -> HttpResponse:
    """Show one's unit, or a choice of several, or how to get one."""
    own = list(queries.units_of(request.user))
    if len(own) == 1:
        return redirect("web:unit-members", pk=own[0].pk)
    return render(request, "units/mine.html", {"own": own})


@signed_in
def register(request: Request) -> HttpResponse:
    """Register a unit; the bureau verifies it."""
    form = UnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.register(
                actor=request.user,
                data=form.data_of(),
                qualifications=form.cleaned_data["qualifications"],
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "单位已登记，科技局核验通过后即可申报需求和揭榜。")
            return redirect("web:unit-members", pk=unit.pk)
    return _form(request, form, "登记单位", "提交登记")


@signed_in
def edit(request: Request, pk: int) -> HttpResponse:
    """Change the unit's data."""
    unit = _own(request, pk)
    policies.may_administer(request.user, unit).enforce()
    initial = UnitForm.initial_of(unit)
    form = UnitForm(request.POST or None, initial=initial)
    if unit.is_verified:
        for name in ("name", "uscc", "kind", "qualifications"):
            form.fields[name].disabled = True
            form.fields[name].help_text = "已核验，如需修改请联系科技局"
    if request.method == "POST" and form.is_valid():
        qualifications = None if unit.is_verified else form.cleaned_data["qualifications"]
        try:
            services.edit(
                organization=unit,
                actor=request.user,
                data=form.data_of(),
                qualifications=qualifications,
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, "单位信息已保存。")
            return redirect("web:unit-members", pk=unit.pk)
    return _form(request, form, "修改单位信息", "保存")


@signed_in
@require_POST
def resubmit(request: Request, pk: int) -> HttpResponse:
    """Hand a returned registration in again."""
    services.move(organization=_own(request, pk), action=Action.RESUBMIT, actor=request.user)
    messages.success(request, "已重新提交，等待科技局核验。")
    return redirect("web:unit-members", pk=pk)


@signed_in
def nodes(request: Request) -> HttpResponse:
    """Answer with the links of the chosen chain, for the select beside it."""
    chain = request.GET.get("chain", "")
    rows = ChainNode.objects.filter(active=True, chain=int(chain)) if chain.isdigit() else ()
    return render(request, "units/_nodes.html", {"nodes": rows})


@signed_in
def members(request: Request, pk: int) -> HttpResponse:
    """Show the unit's registration, members and open invitations."""
    return _members(request, _own(request, pk), InviteForm())


@signed_in
@require_POST
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite somebody; the link is shown once, and sent."""
    unit = _own(request, pk)
    policies.may_invite(request.user, unit).enforce()
    form = InviteForm(request.POST)
    if form.is_valid():
        link = request.build_absolute_uri(reverse("web:invitation", args=["TOKEN"]))
        link = link.replace("{", "").replace("TOKEN", "{token}")
        try:
            _, token = services.invite(
                organization=unit, actor=request.user, link=link, **form.cleaned_data
            )
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            shown = link.format(token=token)
            return _members(request, unit, InviteForm(), link=shown)
    return _members(request, unit, form, status=422)


@signed_in
@require_POST
def member(request: Request, pk: int) -> HttpResponse:
    """Change a member's role, or end a membership."""
    row = found(Membership.objects.select_related("organization", "user").filter(active=True), pk)
    unit = _own(request, row.organization_id)
    if request.POST.get("action") == "remove":
        services.remove_member(membership=row, actor=request.user)
        messages.success(request, f"{row.user.display_name}已移出{unit.name}。")
    else:
        role = request.POST.get("role", "")
        services.change_member(membership=row, actor=request.user, role=role)
        messages.success(request, f"{row.user.display_name}的角色已改为{row.get_role_display()}。")
    if row.user_id == request.user.pk and not row.active:
        return redirect("web:my-unit")
    return redirect("web:unit-members", pk=unit.pk)


@signed_in
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """Take an invitation back."""
    row = found(Invitation.objects.select_related("organization"), pk)
    unit = _own(request, row.organization_id)
    services.revoke_invitation(invitation=row, actor=request.user)
    messages.success(request, "邀请已撤回。")
    return redirect("web:unit-members", pk=unit.pk)


@open_to_all
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; who has signed in with its address accepts it here."""
    offer = services.find_invitation(token)
    if request.method == "POST" and request.user.is_authenticated:
        services.accept_invitation(token=token, actor=request.user)
        messages.success(request, f"您已加入{offer.organization.name}。")
        return redirect("web:desk")
    return render(request, "units/invitation.html", {"offer": offer})


def _own(request: Request, pk: int) -> Organization:
    return found(queries.units_of(request.user), pk)


def _form(request: Request, form: UnitForm, title: str, verb: str) -> HttpResponse:
    context = {"form": form, "title": title, "verb": verb}
    return render(request, "units/form.html", context, status=422 if form.errors else 200)


def _members(
    request: Request, unit: Organization, form: InviteForm, *, link: str = "", status: int = 200
) -> HttpResponse:
    returned = unit.state == State.RETURNED
    context: dict[str, Any] = {
        "unit": unit,
        "members": queries.members(unit),
        "invitations": queries.open_invitations(unit),
        "roles": MemberRole.choices,
        "administers": bool(policies.may_administer(request.user, unit)),
        "reason": audit.last_note(unit, Action.RETURN) if returned else "",
        "returned": returned,
        "form": form,
        "link": link,
        "entries": trail(unit, without=("edit",)),
    }
    return render(request, "units/members.html", context, status=status)
