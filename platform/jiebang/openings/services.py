"""Proposing an emergency opening, and deciding on it."""

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, WrongState
from jiebang.openings import policies, queries
from jiebang.openings.models import Look, Opening
from jiebang.openings.signals import opening_moved
from jiebang.openings.states import Action
from jiebang.proposals.models import Proposal

SHORTEST = 10  # signs of a reason


@transaction.atomic
def propose(*, challenge: Challenge, actor: User, reason: str) -> Opening:
    """Ask a second person to open the sealed solutions with one."""
    policies.may_propose(actor, challenge).enforce()
    _needs_sealed(challenge)
    reason = reason.strip()
    if not SHORTEST <= len(reason) <= 500:
        said = f"请写明理由，{SHORTEST} 至 500 字，会告知全部揭榜单位并公开"
        raise Invalid(said, code="reason_required", fields={"reason": [said]})
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                challenge=challenge, proposed_by=actor, reason=reason, created_at=clock.now()
            )
    except IntegrityError as error:
        said = "这个榜题已有一份待复核或已同意的应急开启"
        raise Conflict(said, code="opening_already") from error
    audit.record(
        actor=actor,
        thing=opening,
        action="propose",
        label="提出应急开启",
        went_to=opening.state,
        note=reason,
    )
    opening_moved.send(Opening, opening_id=opening.pk, state=opening.state)
    return opening


@transaction.atomic
def move(*, opening: Opening, action: str, actor: User, note: str = "") -> Opening:
    """Confirm, decline or withdraw it; who proposed it never confirms it."""
    policies.may_move(actor, action, opening).enforce()
    Opening.LIFE.target(action, opening.state)
    _needs_sealed(opening.challenge)
    also = {} if action == Action.WITHDRAW else {"decided_by": actor, "decided_at": clock.now()}
    audit.advance(thing=opening, action=action, actor=actor, note=note, also=also)
    opening_moved.send(Opening, opening_id=opening.pk, state=opening.state)
    return opening


@transaction.atomic
def note_look(*, proposal: Proposal, reader: User) -> Look | None:
    """Log that somebody looks at a sealed solution by an opening; None for its own people."""
    if not proposal.challenge.is_sealed:
        return None
    opening = queries.looked_into_by(reader, proposal.challenge)
    if opening is None:
        return None
    return Look.objects.create(
        opening=opening, proposal=proposal, reader=reader, reader_name=reader.display_name
    )


def _needs_sealed(challenge: Challenge) -> None:
    """Refuse what makes sense only while bids are sealed; holds the row, so closing waits."""
    held = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    standing = held.state_now
    if standing == ChallengeState.SCHEDULED:
        raise WrongState("榜题尚未张榜，没有揭榜书可以开启", code="not_open_yet")
    if standing != ChallengeState.OPEN:
        label = ChallengeState(standing).label
        said = f"榜题“{label}”，揭榜已截止，揭榜书按规则开启，不再需要应急开启"
        raise WrongState(said, code="closed_already")
