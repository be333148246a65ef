"""Hears what happens among the units behind a solution, and tells them, nobody else."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.common import clock
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Comment, LatePermission, PartnerInvitation, Proposal
from jiebang.proposals.signals import (
    comment_made,
    confirmations_voided,
    late_moved,
    partner_invited,
    partner_moved,
)
from jiebang.proposals.states import LateState

OF_A_PARTNER = {
    "join": "加入了联合体",
    "leave": "已退出联合体",
    "confirm": "已签署确认",
    "decline": "谢绝了联合体邀请",
}


@receiver(partner_invited)
def tell_of_invitation(invitation_id: int, **_: Any) -> None:
    """Tell a unit's people that it is invited; an address is written to by mail."""
    rows = PartnerInvitation.objects.select_related("proposal__lead", "proposal__challenge")
    made = rows.get(pk=invitation_id)
    if made.unit_id is None:
        return
    tell(
        people=units.people_of(made.unit_id),
        kind=Kind.PROPOSAL,
        subject=f"{made.proposal.lead.name}邀请贵单位联合揭榜：{made.proposal.challenge.title}",
        text=f"权限：{made.get_right_display()}",
        link=reverse("web:partner-invitation", args=[made.pk]),
        due=made.expires_at,
        about=f"partner-invitation:{made.pk}",
    )


@receiver(partner_moved)
def tell_of_partner(proposal_id: int, unit_id: int, step: str, **_: Any) -> None:
    """Tell the lead what a partner did."""
    bid = Proposal.objects.select_related("challenge").get(pk=proposal_id)
    unit = Organization.objects.filter(pk=unit_id).first()
    name = unit.name if unit else "受邀人"
    tell(
        people=units.people_of(bid.lead_id),
        kind=Kind.PROPOSAL,
        subject=f"{name}{OF_A_PARTNER[step]}：{bid.challenge.title}",
        link=reverse("web:proposal-consortium", args=[proposal_id]),
        about=f"partner:{proposal_id}:{unit_id}:{step}:{clock.now():%Y%m%d%H%M%S}",
    )


@receiver(confirmations_voided)
def tell_of_voided(proposal_id: int, signed: list[int], revision: int, **_: Any) -> None:
    """Tell the partners that what they signed has changed and must be signed again."""
    bid = Proposal.objects.select_related("challenge").get(pk=proposal_id)
    tell(
        people=units.people_of(*signed),
        kind=Kind.PROPOSAL,
        subject=f"揭榜书内容有修改，请重新签署确认：{bid.challenge.title}",
        link=reverse("web:proposal-consortium", args=[proposal_id]),
        about=f"voided:{proposal_id}:{revision}:{clock.now():%Y%m%d%H%M%S}",
    )


@receiver(comment_made)
def tell_of_comment(comment_id: int, **_: Any) -> None:
    """Tell all units of the solution but the one that remarked."""
    made = Comment.objects.select_related("proposal__challenge", "unit").get(pk=comment_id)
    others = made.proposal.parties.exclude(unit=made.unit_id).values_list("unit", flat=True)
    tell(
        people=units.people_of(*others),
        kind=Kind.PROPOSAL,
        subject=f"{made.unit.name}批注了揭榜书：{made.proposal.challenge.title}",
        text=made.text,
        link=f"{reverse('web:proposal-consortium', args=[made.proposal_id])}#comments",
        about=f"comment:{made.pk}",
    )


@receiver(late_moved)
def tell_of_late(permission_id: int, state: str, **_: Any) -> None:
    """Tell the bureau that one waits, and the unit and its proposer how it was decided."""
    made = LatePermission.objects.select_related("challenge", "unit", "proposed_by").get(
        pk=permission_id
    )
    title, about = made.challenge.title, f"late:{permission_id}:{state}"
    desk = reverse("web:officer-late", args=[made.challenge_id])
    if state == LateState.PROPOSED:
        bureau = accounts.holding(PlatformRole.OFFICER, PlatformRole.APPROVER)
        people = bureau.exclude(pk=made.proposed_by_id)
        subject = f"逾期许可待复核：{title}"
        tell(people=people, kind=Kind.PROPOSAL, subject=subject, link=desk, about=about)
    elif state == LateState.GRANTED:
        until = clock.local(made.until)
        tell(
            people=units.people_of(made.unit_id),
            kind=Kind.PROPOSAL,
            subject=f"科技局批准贵单位逾期提交揭榜书：{title}",
            text=f"请于{until.year}年{until.month}月{until.day}日 {until:%H:%M} 前提交",
            link=reverse("web:challenge", args=[made.challenge_id]),
            due=made.until,
            about=about,
        )
