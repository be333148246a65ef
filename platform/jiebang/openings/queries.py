"""Questions asked of emergency openings."""

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.openings import policies
from jiebang.openings.models import Look, Opening
from jiebang.openings.states import State
from jiebang.proposals.models import Proposal


def with_parts(rows: QuerySet[Opening]) -> QuerySet[Opening]:
    """Fetch what a row shows, in one query."""
    parts = rows.select_related("challenge__need__owner", "proposed_by", "decided_by")
    return parts.order_by("-pk")


def openings() -> QuerySet[Opening]:
    """Return all of them, newest first; ask `policies.may_list` first."""
    return with_parts(Opening.objects.all())


def public(challenge: Challenge) -> Opening | None:
    """Return the opening of this challenge as everybody may know of it, or None."""
    return challenge.openings.filter(state=State.OPENED).first()


def to_decide(user: User) -> QuerySet[Opening]:
    """Return what waits for a second person other than its proposer."""
    return openings().filter(state=State.PROPOSED).exclude(proposed_by=user)


def looked_into_by(user: User, challenge: Challenge) -> Opening | None:
    """Return the opening by which this person may look now, or None."""
    standing = challenge.openings.filter(state=State.OPENED).first()
    return standing if standing and policies.may_look(user, standing) else None


def looks_at(proposal: Proposal) -> QuerySet[Look]:
    """Return who looked at a solution while it was sealed, newest first."""
    return proposal.looks.order_by("-pk")
