"""Answers the floor below: the two people of an opening read what is still sealed."""

from jiebang.accounts.models import User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.openings import queries
from jiebang.proposals.models import Proposal
from jiebang.proposals.registry import reads_early


@reads_early
def as_one_of_two(actor: User, proposal: Proposal) -> Decision | None:
    """Let the two people read; has no view of others."""
    return ALLOWED if queries.looked_into_by(actor, proposal.challenge) else None
