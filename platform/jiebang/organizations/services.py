"""What can be done to units: registering, verifying, editing, members and invitations."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from stdnum.cn import uscc as uscc_check

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from jiebang.organizations import policies, queries
from jiebang.organizations.models import Invitation, Membership, Organization, Qualification
from jiebang.organizations.signals import organization_changed
from jiebang.organizations.states import MemberRole, QualificationKind

INVITATION_DAYS = 7


def check_uscc(code: str) -> str:
    """Return the code in its plain form; raises Invalid for a wrong check digit (GB 32100)."""
    plain = code.strip().upper()
    if not uscc_check.is_valid(plain):
        sentence = "统一社会信用代码不正确：应为 18 位，且末位校验码须相符，请对照营业执照核对"
        raise Invalid(sentence, code="uscc_invalid", fields={"uscc": [sentence]})
    return str(uscc_check.compact(plain))


@transaction.atomic
def register(
    *,
    actor: User,
    data: Mapping[str, Any],
    qualifications: Iterable[str] = (),
) -> Organization:
    """Register a unit; the actor becomes its first administrator and the bureau verifies it."""
    unit = _enter(actor, data, qualifications, "登记单位")
    Membership.objects.create(organization=unit, user=actor, role=MemberRole.ADMINISTRATOR)
    _forget(actor)
    return unit


@transaction.atomic
def enrol(
    *, actor: User, data: Mapping[str, Any], qualifications: Iterable[str] = ()
) -> Organization:
    """Take in a unit from a register for the bureau; it has no members until one is invited."""
    actor.needs_role(PlatformRole.OFFICER)
    return _enter(actor, data, qualifications, "导入单位")


@transaction.atomic
def edit(
    *,
    organization: Organization,
    actor: User,
    data: Mapping[str, Any],
    qualifications: Iterable[str] | None = None,
) -> Organization:
    """Change the unit's data. Name and code of a verified unit stay what the bureau verified."""
    policies.may_administer(actor, organization).enforce()
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    fixed = {"name", "uscc", "kind"} if row.is_verified else set()
    before = {name: getattr(row, name) for name in data}
    if blocked := [n for n in data if n in fixed and data[n] != before[n]]:
        sentence = "核验通过后不能自行修改，请联系科技局"
        raise Invalid(sentence, code="verified_data", fields={n: [sentence] for n in blocked})
    for name, value in data.items():
        setattr(row, name, check_uscc(value) if name == "uscc" else value)
    _clean(row)
    row.save()
    if qualifications is not None:
        if row.is_verified:
            sentence = "核验通过后资质由科技局认定，请联系科技局"
            raise Invalid(sentence, code="verified_data", fields={"qualifications": [sentence]})
        _set_qualifications(row, qualifications)
    changed = {n: [str(before[n] or ""), str(data[n] or "")] for n in data if before[n] != data[n]}
    audit.record(
        actor=actor, thing=row, action="edit", label="修改单位信息", detail={"changes": changed}
    )
    organization_changed.send(Organization, organization_id=row.pk)
    return row


@transaction.atomic
def recognise(
    *, organization: Organization, actor: User, qualifications: Iterable[str]
) -> Organization:
    """Set the titles that the bureau recognises, such as 链主企业."""
    actor.needs_role(PlatformRole.OFFICER)
    kinds = sorted(set(qualifications))
    _set_qualifications(organization, kinds)
    audit.record(
        actor=actor,
        thing=organization,
        action="recognise",
        label="认定资质",
        detail={"qualifications": kinds},
    )
    organization_changed.send(Organization, organization_id=organization.pk)
    return organization


@transaction.atomic
def move(*, organization: Organization, action: str, actor: User, note: str = "") -> Organization:
    """Verify, return, resubmit, suspend or restore a unit."""
    policies.may(actor, action, organization).enforce()
    audit.advance(thing=organization, action=action, actor=actor, note=note)
    organization_changed.send(Organization, organization_id=organization.pk)
    return organization


@transaction.atomic
def invite(
    *, organization: Organization, actor: User, email: str, role: str, link: str = "{token}"
) -> tuple[Invitation, str]:
    """Offer a place to an address; returns the invitation and the token of its link.

    `link` is the address to send, with `{token}` in it. The token itself is not kept.
    """
    policies.may_invite(actor, organization).enforce()
    if not policies.has_administrator(organization) and role != MemberRole.ADMINISTRATOR:
        sentence = "这个单位还没有管理员，请先邀请一名管理员"
        raise Invalid(sentence, code="administrator_first", fields={"role": [sentence]})
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        organization=organization,
        email=email.strip().lower(),
        role=role,
        token_digest=_digest(token),
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        invited_by=actor,
    )
    _clean(invitation)
    again = Conflict("这个邮箱已有未答复的邀请，可先撤回再重发", code="invitation_open")
    if queries.open_invitations(organization).filter(email=invitation.email).exists():
        raise again
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise again from error
    audit.record(
        actor=actor,
        thing=organization,
        action="invite",
        label="邀请成员",
        detail={"email": invitation.email, "role": role},
    )
    text = (
        f"{actor.display_name} 邀请您以“{invitation.get_role_display()}”身份加入"
        f"{organization.name}。请在 {INVITATION_DAYS} 天内打开：\n{link.format(token=token)}"
    )
    subject = f"邀请您加入{organization.name}"
    transaction.on_commit(
        lambda: send_mail(subject, text, None, [invitation.email], fail_silently=True)
    )
    return invitation, token


@transaction.atomic
def accept_invitation(*, token: str, actor: User) -> Membership:
    """Take the offered place. Only the person whose address was invited may."""
    invitation = find_invitation(token)
    if invitation.email != actor.email.lower():
        raise NotAllowed(
            f"这份邀请发给 {invitation.email}，请用该邮箱的账号登录后再接受", code="not_invited"
        )
    taken = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.OPEN).update(
        state=Invitation.State.ACCEPTED, accepted_by=actor
    )
    if not taken:
        raise Stale("这份邀请刚刚已被处理")
    member, _ = Membership.objects.update_or_create(
        organization=invitation.organization,
        user=actor,
        defaults={"role": invitation.role, "active": True},
    )
    audit.record(
        actor=actor,
        thing=invitation.organization,
        action="join",
        label="加入单位",
        detail={"role": invitation.role},
    )
    _forget(actor)
    return member


def find_invitation(token: str) -> Invitation:
    """Return the open invitation of this link; raises NotFound or Invalid when it is spent."""
    found = Invitation.objects.select_related("organization")
    invitation = found.filter(token_digest=_digest(token)).first()
    if invitation is None:
        raise NotFound("邀请链接不正确，请向邀请人索取新的链接", code="invitation_unknown")
    if invitation.state != Invitation.State.OPEN:
        label = invitation.get_state_display()
        raise Invalid(f"这份邀请{label}，不能再用", code="invitation_spent")
    if invitation.is_expired:
        raise Invalid("这份邀请已过期，请单位管理员重新邀请", code="invitation_expired")
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User) -> None:
    """Take an offer back."""
    policies.may_administer(actor, invitation.organization).enforce()
    taken = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.OPEN).update(
        state=Invitation.State.REVOKED
    )
    if not taken:
        raise Stale("这份邀请刚刚已被处理")
    audit.record(
        actor=actor,
        thing=invitation.organization,
        action="revoke_invitation",
        label="撤回邀请",
        detail={"email": invitation.email},
    )


@transaction.atomic
def change_member(*, membership: Membership, actor: User, role: str) -> Membership:
    """Give a member another role; the last administrator stays one."""
    return _write_member(membership, actor, role=role, active=True, label="调整成员角色")


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> Membership:
    """End a membership; members may leave themselves, the last administrator may not."""
    return _write_member(membership, actor, role=membership.role, active=False, label="移出成员")


def _write_member(
    membership: Membership, actor: User, *, role: str, active: bool, label: str
) -> Membership:
    unit = membership.organization
    leaving = not active and membership.user_id == actor.pk
    if not leaving:
        policies.may_administer(actor, unit).enforce()
    if role not in MemberRole.values:
        raise Invalid("没有这种单位内角色", fields={"role": ["请选择单位内角色"]})
    # Whoever changes members holds the unit: two administrators cannot remove each other at once.
    Organization.objects.select_for_update().get(pk=unit.pk)
    administrators = queries.members(unit).filter(role=MemberRole.ADMINISTRATOR)
    stays_administrator = active and role == MemberRole.ADMINISTRATOR
    if not stays_administrator and not administrators.exclude(pk=membership.pk).exists():
        raise NotAllowed(
            "这是本单位最后一名管理员，请先指定另一名管理员", code="last_administrator"
        )
    written = Membership.objects.filter(pk=membership.pk, active=True).update(
        role=role, active=active
    )
    if not written:
        raise Stale("这名成员刚刚已被移出")
    membership.role, membership.active = role, active
    audit.record(
        actor=actor,
        thing=unit,
        action="change_member",
        label=label,
        detail={"user": membership.user_id, "role": role, "active": active},
    )
    _forget(actor)
    return membership


def _enter(
    actor: User, data: Mapping[str, Any], qualifications: Iterable[str], label: str
) -> Organization:
    unit = Organization(**{**data, "uscc": check_uscc(data["uscc"])})
    _clean(unit)
    if Organization.objects.filter(uscc=unit.uscc).exists():
        raise _taken()
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        raise _taken() from error
    _set_qualifications(unit, qualifications)
    audit.record(actor=actor, thing=unit, action="register", label=label, went_to=unit.state)
    return unit


def _set_qualifications(unit: Organization, kinds: Iterable[str]) -> None:
    wanted = set(kinds)
    if unknown := wanted - set(QualificationKind.values):
        raise Invalid(f"没有这种资质：{'、'.join(sorted(unknown))}", code="qualification_unknown")
    unit.qualifications.exclude(kind__in=wanted).delete()
    held = set(unit.qualifications.values_list("kind", flat=True))
    Qualification.objects.bulk_create(
        Qualification(organization=unit, kind=kind) for kind in sorted(wanted - held)
    )


def _clean(row: Organization | Invitation) -> None:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Invalid("有内容需要修改，请按提示处理", fields=error.message_dict) from error
    if isinstance(row, Organization) and row.node and row.node.chain_id != row.chain_id:
        raise Invalid("环节不属于所选产业链", fields={"node": ["请选择该产业链下的环节"]})


def _taken() -> Conflict:
    sentence = "该统一社会信用代码已登记，请联系该单位管理员邀请您加入"
    return Conflict(sentence, code="uscc_taken", fields={"uscc": [sentence]})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _forget(user: User) -> None:
    user.__dict__.pop("_unit_roles", None)
