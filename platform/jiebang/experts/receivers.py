"""Answers the floors below: whom the graph bars from appraising, and which reviewers may read."""

from typing import Any

from django.dispatch import receiver

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import Decision
from jiebang.experts import queries
from jiebang.library.models import TechNeed
from jiebang.library.signals import appraisers_weighed
from jiebang.proposals.models import Proposal
from jiebang.proposals.registry import reads_opened


@receiver(appraisers_weighed)
def say_who_is_barred(need: TechNeed, **_: Any) -> dict[int, str]:
    """Return by the key of a user which edge bars."""
    return queries.barred_from(need)


@reads_opened
def as_reviewer(actor: User, proposal: Proposal) -> Decision | None:
    """Answer for experts, who read once they signed; has no view of others."""
    if not actor.has_role(PlatformRole.EXPERT):
        return None
    return queries.may_open(actor, proposal)
