"""Reviewers among the readers of a solution's files: after the undertaking, not before."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import Decision
from jiebang.experts import queries
from jiebang.proposals.models import Proposal
from jiebang.proposals.registry import reads_opened


@reads_opened
def as_reviewer(actor: User, proposal: Proposal) -> Decision | None:
    """Answer for experts; has no view of others."""
    if not actor.has_role(PlatformRole.EXPERT):
        return None
    return queries.may_open(actor, proposal)
