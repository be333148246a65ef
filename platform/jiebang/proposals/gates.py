"""What every step of bidding asks first: is it time, and is this unit free to bid here."""

from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, NotAllowed, RuleBroken
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.organizations.models import Organization
from jiebang.proposals import queries, snapshots
from jiebang.proposals.models import LatePermission, Party, Proposal
from jiebang.proposals.registry import related_to
from jiebang.proposals.signals import confirmations_voided
from jiebang.proposals.states import Right


class Admitted(NamedTuple):
    """The moment that was found to be in time, and the permission it needed after closing."""

    at: datetime
    permission: LatePermission | None


def needs_open(challenge: Challenge, what: str, late_for: int | None = None) -> Admitted:
    """Refuse what may only be done in the bidding time; holds the row, so closing waits.

    Returns when it was let in, and the permission of the unit `late_for` after closing.
    """
    held = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    now = clock.now()
    standing = held.state_at(now)
    if standing == ChallengeState.OPEN:
        return Admitted(now, None)
    if late_for is not None and standing == ChallengeState.CLOSED:
        permission = queries.late_permission(held, late_for)
        if permission is not None:
            return Admitted(now, permission)
    stamp = clock.local(now)
    ended = clock.local(held.closes_at)
    raise RuleBroken(
        f"现在不能{what}：榜题“{ChallengeState(standing).label}”，"
        f"揭榜截止时间 {ended:%Y-%m-%d %H:%M:%S}，"
        f"服务器时间 {stamp:%Y-%m-%d %H:%M:%S}（北京时间）。"
        "已填写的内容已为您保留",
        code="challenge_not_open",
    )


def needs_free(challenge: Challenge, unit: Organization) -> None:
    """Refuse the poster itself, and its related units unless the call lets them bid."""
    owner = challenge.need.owner
    if owner is None:
        return
    if owner.pk == unit.pk:
        raise NotAllowed("发榜单位不能揭自己的榜，也不能作为参与单位", code="own_challenge")
    if library.rules_of(challenge.call).get(RuleCode.ALLOW_RELATED_BIDDERS):
        return
    if basis := related_to(owner.pk).get(unit.pk):
        raise NotAllowed(
            f"{unit.name}是发榜方{owner.name}的关联单位（{basis}），按本批次规定不能揭榜；"
            "如有异议请联系科技局",
            code="related_party",
        )


def seat(proposal: Proposal, unit: Organization, actor: User, *, leads: bool = False) -> Party:
    """Put the unit behind the solution; raises Conflict where it stands behind one already."""
    rules = library.rules_of(proposal.challenge.call)
    try:
        with transaction.atomic():
            return Party.objects.create(
                proposal=proposal,
                challenge=proposal.challenge,
                unit=unit,
                leads=leads,
                exclusive=leads or not rules.get(RuleCode.ALLOW_MANY_CONSORTIA),
                right=Right.EDIT if leads else Right.VIEW,
                joined_by=actor,
                joined_at=clock.now(),
            )
    except IntegrityError as error:
        raise bid_already(unit) from error


def bid_already(unit: Organization) -> Conflict:
    """Return the refusal of a second solution of one unit for one challenge."""
    return Conflict(
        f"{unit.name}对这个榜题已有一份揭榜书（牵头或参与），一家单位只能有一份，请直接编辑原有的一份",
        code="bid_already",
    )


def void_confirmations(proposal: Proposal, actor: User) -> list[Party]:
    """Take back the confirmations of another content than the present one, and tell who signed."""
    signed = list(proposal.parties.exclude(confirmed_at=None).select_related("unit"))
    if not signed:
        return []
    fresh = Proposal.objects.select_related("challenge", "lead", "host_unit").get(pk=proposal.pk)
    now = snapshots.digest(snapshots.take(fresh))
    voided = [party for party in signed if party.confirmed_digest != now]
    if not voided:
        return []
    # The signatory's name stays: it says that somebody had signed and must do so again.
    Party.objects.filter(pk__in=[party.pk for party in voided]).update(
        confirmed_at=None, confirmed_by=None, confirmed_digest=""
    )
    names = "、".join(party.unit.name for party in voided)
    audit.record(
        actor=actor,
        thing=proposal,
        action="void",
        label="成员确认失效",
        note=f"内容有修改，{names}的确认失效，须重新签署",
    )
    confirmations_voided.send(
        Proposal,
        proposal_id=proposal.pk,
        signed=[party.unit_id for party in voided],
        revision=fresh.revision,
    )
    return voided
