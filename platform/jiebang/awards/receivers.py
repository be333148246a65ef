"""Answers the floors below: who has scored stays, and blind reviewers open no files."""

from typing import Any

from django.dispatch import receiver

from jiebang.accounts.models import PlatformRole, User
from jiebang.awards import blinding
from jiebang.awards.models import Review
from jiebang.common.decisions import Decision
from jiebang.common.errors import WrongState
from jiebang.experts import queries as experts
from jiebang.experts.models import Seat
from jiebang.experts.signals import seat_leaving
from jiebang.proposals.models import Proposal
from jiebang.proposals.registry import bars_files


@receiver(seat_leaving)
def keep_who_scored(seat_id: int, **_: Any) -> None:
    """Raise WrongState where there are scores already."""
    seat = Seat.objects.select_related("expert").get(pk=seat_id)
    scored = Review.objects.filter(
        reviewer=seat.expert.user_id, proposal__challenge=seat.challenge_id
    )
    if scored.exists():
        raise WrongState("该专家已提交评审，不能再退出或撤换", code="scored_already")


@bars_files
def while_blind(actor: User, proposal: Proposal) -> Decision | None:
    """Keep files, which name their bidder, from reviewers in a blind call until they scored."""
    if not actor.has_role(PlatformRole.EXPERT) or not experts.may_open(actor, proposal):
        return None
    if not blinding.hides(actor, proposal.challenge):
        return None
    return Decision("盲评期间不提供附件原件，提交评分后可以打开", code="blind_review")
