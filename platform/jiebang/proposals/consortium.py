"""A consortium (创新联合体): who is invited, who joins with which part, and who signs."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    RuleBroken,
    Stale,
    WrongState,
)
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import gates, policies, snapshots
from jiebang.proposals.models import Comment, PartnerInvitation, Party, Proposal
from jiebang.proposals.signals import comment_made, partner_invited, partner_moved
from jiebang.proposals.states import EDITABLE, InvitationState

INVITATION_DAYS = 7


@transaction.atomic
def invite(
    *,
    proposal: Proposal,
    actor: User,
    right: str,
    unit: Organization | None = None,
    email: str = "",
    task: str = "",
    link: str = "{token}",
) -> tuple[PartnerInvitation, str]:
    """Offer a place to a unit here or to an address; returns it and the token of its link.

    `link` is the address to send, with `{token}` in it. The token itself is not kept.
    """
    held = _held(proposal, actor, "邀请成员")
    _needs_room(held)
    if unit is not None:
        if held.parties.filter(unit=unit).exists():
            sentence = f"{unit.name}已是成员，不必再邀请"
            raise Invalid(sentence, code="already_a_party", fields={"unit": [sentence]})
        gates.needs_free(held.challenge, unit)
    token = secrets.token_urlsafe(24)
    now = clock.now()
    made = PartnerInvitation(
        proposal=held,
        unit=unit,
        email=email.strip().lower(),
        right=right,
        task=task,
        token_digest=_digest(token),
        expires_at=_until(held, now),
        invited_at=now,
        invited_by=actor,
    )
    _clean(made)
    if (unit is None) == (not made.email):
        sentence = "请选择一家单位，或填写一个邮箱，二者选一"
        raise Invalid(sentence, code="addressee_unclear", fields={"email": [sentence]})
    try:
        with transaction.atomic():
            _revoke_expired(held)
            made.save()
    except IntegrityError as error:
        sentence = "已向对方发出邀请，尚未答复；可先撤回再重发"
        where = "unit" if unit else "email"
        raise Invalid(sentence, code="invitation_open", fields={where: [sentence]}) from error
    _note(held, actor, "invite", "邀请加入联合体", made.addressee)
    if made.email:
        _send(made, link.format(token=token))
    partner_invited.send(PartnerInvitation, invitation_id=made.pk)
    return made, token


def find_invitation(reference: str) -> PartnerInvitation:
    """Return the open invitation of this token or number; raises when it is spent or unknown."""
    found = PartnerInvitation.objects.select_related(
        "proposal__challenge__need", "proposal__challenge__call", "proposal__lead", "unit"
    )
    if reference.isdecimal() and len(reference) < 19:
        invitation = found.filter(pk=int(reference), unit__isnull=False).first()
    else:
        invitation = found.filter(token_digest=_digest(reference)).first()
    if invitation is None:
        raise NotFound("邀请链接不正确，请向邀请单位索取新的链接", code="invitation_unknown")
    if invitation.state != InvitationState.OPEN:
        label = invitation.get_state_display()
        raise Invalid(f"这份邀请{label}，不能再用", code="invitation_spent")
    if invitation.is_expired:
        raise Invalid("这份邀请已过期，请牵头单位重新邀请", code="invitation_expired")
    return invitation


def may_answer(actor: User, invitation: PartnerInvitation) -> None:
    """Raise NotAllowed unless the invitation is to this person's address or unit."""
    if invitation.unit is not None:
        if units.role_in(actor, invitation.unit) is None:
            raise NotAllowed(
                f"这份邀请发给{invitation.unit.name}，请由该单位的人员答复", code="not_invited"
            )
        unit_policies.may_write_for(actor, invitation.unit).enforce()
    elif invitation.email != actor.email.lower():
        raise NotAllowed(
            f"这份邀请发给 {invitation.email}，请用该邮箱的账号登录后再答复", code="not_invited"
        )


@transaction.atomic
def accept(*, reference: str, actor: User, unit: Organization | None = None) -> Party:
    """Take the place for one's unit. One unit stands behind one solution, whoever acts."""
    invitation = find_invitation(reference)
    may_answer(actor, invitation)
    joining = invitation.unit or unit or units.units_written_by(actor).first()
    if joining is None:
        raise NotAllowed("请先登记单位并通过核验，再接受邀请", code="no_unit")
    unit_policies.may_write_for(actor, joining).enforce()
    proposal = _in_progress(invitation.proposal)
    gates.needs_open(proposal.challenge, "加入联合体")
    gates.needs_free(proposal.challenge, joining)
    if proposal.parties.filter(unit=joining).exists():
        raise Invalid(f"{joining.name}已是成员", code="already_a_party")
    _needs_room(proposal)
    _answer(invitation, actor, InvitationState.ACCEPTED)
    party = gates.seat(proposal, joining, actor)
    Party.objects.filter(pk=party.pk).update(right=invitation.right, task=invitation.task)
    party.right, party.task = invitation.right, invitation.task
    _note(proposal, actor, "join", "加入联合体", joining.name)
    _moved(proposal, joining, "join", actor)
    return party


@transaction.atomic
def decline(*, reference: str, actor: User) -> PartnerInvitation:
    """Say no to an invitation."""
    invitation = find_invitation(reference)
    may_answer(actor, invitation)
    _answer(invitation, actor, InvitationState.DECLINED)
    _note(invitation.proposal, actor, "decline_invitation", "谢绝邀请", invitation.addressee)
    key = invitation.unit_id or 0
    partner_moved.send(Party, proposal_id=invitation.proposal_id, unit_id=key, step="decline")
    return invitation


@transaction.atomic
def revoke(*, invitation: PartnerInvitation, actor: User) -> None:
    """Take an invitation back."""
    policies.may_lead(actor, invitation.proposal).enforce()
    _answer(invitation, actor, InvitationState.REVOKED)
    _note(invitation.proposal, actor, "revoke_invitation", "撤回邀请", invitation.addressee)


@transaction.atomic
def share_out(
    *, proposal: Proposal, actor: User, rows: Mapping[int, Mapping[str, Any]]
) -> list[Party]:
    """Write each party's task, money and share, and what a partner may do; by the party's key."""
    held = _held(proposal, actor, "修改分工")
    known = {party.pk: party for party in held.parties.select_related("unit")}
    faults: dict[str, list[str]] = {}
    for key, values in rows.items():
        party = known.get(key)
        if party is None:
            raise Invalid("没有这名成员", code="party_unknown")
        if unknown := sorted(set(values) - {*snapshots.PARTY, "right"}):
            raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
        for name, value in values.items():
            if name != "right" or not party.leads:
                setattr(party, name, value)
        try:
            party.clean_fields(exclude=["proposal", "challenge", "unit", "joined_by"])
        except ValidationError as error:
            faults |= {f"party-{key}-{n}": t for n, t in error.message_dict.items()}
        for name, most in (("money_in", None), ("grant_share", 100)):
            amount = getattr(party, name)
            if amount is not None and (amount < 0 or (most is not None and amount > most)):
                sentence = "金额不能为负" if most is None else "比例应在 0 至 100 之间"
                faults.setdefault(f"party-{key}-{name}", [sentence])
    if faults:
        raise Invalid("分工表有内容需要修改", code="rows_invalid", fields=faults)
    changed = [known[key] for key in rows]
    Party.objects.bulk_update(changed, [*snapshots.PARTY, "right"])
    audit.record(actor=actor, thing=held, action="share_out", label="修改联合体分工")
    gates.void_confirmations(held, actor)
    return list(held.parties.select_related("unit"))


@transaction.atomic
def leave(*, party: Party, actor: User) -> None:
    """Take a partner out: its own people may leave, the lead's may part with it."""
    if party.leads:
        raise RuleBroken("牵头单位不能退出自己的揭榜书，可以撤回", code="lead_stays")
    own = units.role_in(actor, party.unit_id)
    if own:
        unit_policies.may_write_for(actor, party.unit).enforce()
    else:
        policies.may_lead(actor, party.proposal).enforce()
    held = _in_progress(party.proposal)
    if not Party.objects.filter(pk=party.pk).delete()[0]:
        raise Stale("这名成员刚刚已退出")
    _note(held, actor, "leave", "退出联合体" if own else "移出联合体", party.unit.name)
    gates.void_confirmations(held, actor)
    _moved(held, party.unit, "leave", actor)


@transaction.atomic
def confirm(*, party: Party, actor: User, signatory: str) -> Party:
    """Sign for a partner that the solution as it stands now is what its unit agrees to."""
    policies.may_confirm(actor, party).enforce()
    held = _in_progress(party.proposal)
    signed = signatory.strip()
    if not signed:
        sentence = "请填写签署人姓名"
        raise Invalid(sentence, code="signatory_required", fields={"signatory": [sentence]})
    content = snapshots.digest(snapshots.take(held))
    Party.objects.filter(pk=party.pk).update(
        confirmed_at=clock.now(),
        confirmed_by=actor,
        signatory=signed[:40],
        confirmed_digest=content,
    )
    party.refresh_from_db()
    audit.record(
        actor=actor,
        thing=held,
        action="confirm",
        label="成员签署确认",
        note=f"{party.unit.name}，签署人 {signed}",
        detail={"unit": party.unit_id, "digest": content, "revision": held.revision},
    )
    _moved(held, party.unit, "confirm", actor)
    return party


@transaction.atomic
def comment(*, proposal: Proposal, actor: User, text: str) -> Comment:
    """Remark on the solution, for its units alone."""
    policies.may_comment(actor, proposal).enforce()
    partner = policies.partner_of(actor, proposal)
    own = bool(units.role_in(actor, proposal.lead_id)) or partner is None
    unit = proposal.lead if own or partner is None else partner.unit
    made = Comment(proposal=proposal, unit=unit, author=actor, text=text.strip(), at=clock.now())
    _clean(made)
    made.save()
    audit.record(actor=actor, thing=proposal, action="comment", label="批注揭榜书")
    comment_made.send(Comment, comment_id=made.pk)
    return made


def _held(proposal: Proposal, actor: User, what: str) -> Proposal:
    """Return the solution, held and fresh, for what only its lead does in the bidding time."""
    policies.may_lead(actor, proposal).enforce()
    held = _in_progress(proposal)
    gates.needs_open(held.challenge, what, held.lead_id)
    return held


def _in_progress(proposal: Proposal) -> Proposal:
    """Hold the row: of two who join at once, the second counts the first."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related(
        "challenge__need__owner", "challenge__call", "lead", "host_unit"
    )
    held = rows.get(pk=proposal.pk)
    if held.state not in EDITABLE:
        label = held.get_state_display()
        raise WrongState(f"揭榜书{label}，不能变更成员和分工", code="not_in_progress")
    return held


def _needs_room(proposal: Proposal) -> None:
    most = library.rules_of(proposal.challenge.call).get(RuleCode.MAX_PARTNERS)
    if most is not None and proposal.parties.filter(leads=False).count() >= most:
        sentence = f"本批次参与单位最多 {most.normalize():f} 家，已经满额"
        raise RuleBroken(sentence, code="too_many_partners")


def _until(proposal: Proposal, now: datetime) -> datetime:
    """Return when an invitation ends: after its days, at the latest with the bidding itself."""
    usual, closes = now + timedelta(days=INVITATION_DAYS), proposal.challenge.closes_at
    return min(usual, closes) if closes > now else usual


def _answer(invitation: PartnerInvitation, actor: User, state: InvitationState) -> None:
    written = PartnerInvitation.objects.filter(pk=invitation.pk, state=InvitationState.OPEN).update(
        state=state, answered_by=actor, answered_at=clock.now()
    )
    if not written:
        raise Stale("这份邀请刚刚已被处理")
    invitation.state = state


def _revoke_expired(proposal: Proposal) -> None:
    spent = proposal.invitations.filter(state=InvitationState.OPEN, expires_at__lte=clock.now())
    spent.update(state=InvitationState.REVOKED)


def _send(invitation: PartnerInvitation, address: str) -> None:
    lead, title = invitation.proposal.lead.name, invitation.proposal.challenge.title
    subject = f"{lead}邀请您参加联合揭榜"
    text = (
        f"{lead}邀请您所在的单位参加榜题“{title}”的联合揭榜，"
        f"权限：{invitation.get_right_display()}。\n"
        f"请在 {clock.local(invitation.expires_at):%Y年%-m月%-d日 %H:%M} 前打开：\n{address}"
    )
    transaction.on_commit(
        lambda: send_mail(subject, text, None, [invitation.email], fail_silently=True)
    )


def _moved(proposal: Proposal, unit: Organization, step: str, actor: User) -> None:
    actor.__dict__.pop("_unit_roles", None)
    partner_moved.send(Party, proposal_id=proposal.pk, unit_id=unit.pk, step=step)


def _note(proposal: Proposal, actor: User, action: str, label: str, whom: str) -> None:
    audit.record(actor=actor, thing=proposal, action=action, label=label, note=whom)


def _clean(row: PartnerInvitation | Comment) -> None:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Invalid("有内容需要修改，请按提示处理", fields=error.message_dict) from error


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
