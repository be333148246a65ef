"""Questions asked of the solutions; what is sealed does not come out of here."""

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.organizations import queries as units
from jiebang.proposals.models import Proposal
from jiebang.proposals.policies import READERS
from jiebang.proposals.states import State

HANDED_IN = (State.SUBMITTED, State.AWARDED, State.NOT_AWARDED)
OPENED = (
    ChallengeState.CLOSED,
    ChallengeState.AWARDED,
    ChallengeState.COMPLETED,
    ChallengeState.FAILED,
)


def count(challenge: Challenge) -> int:
    """Return how many solutions were handed in: all that is known before the closing time."""
    return challenge.proposals.filter(state__in=HANDED_IN).count()


def with_parts(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Fetch what a list row shows, in one query."""
    return proposals.select_related("challenge__need__owner", "challenge__call", "lead")


def opened() -> QuerySet[Proposal]:
    """Return the handed-in solutions of challenges that have closed."""
    by_state = Q(challenge__state__in=OPENED)
    return with_parts(Proposal.objects.filter(by_state, state__in=HANDED_IN)).order_by("pk")


def of_challenge(challenge: Challenge) -> QuerySet[Proposal]:
    """Return the handed-in solutions of one challenge; ask `policies.may_list` first."""
    return with_parts(challenge.proposals.filter(state__in=HANDED_IN)).order_by("pk")


def mine(user: User) -> QuerySet[Proposal]:
    """Return the solutions of one's units, newest first."""
    own = Proposal.objects.filter(lead__in=units.roles_of(user))
    return with_parts(own).order_by("-pk")


def visible_to(user: User) -> QuerySet[Proposal]:
    """Return what this person may read: one's own, and opened ones for poster and bureau."""
    which = Q(lead__in=units.roles_of(user))
    unsealed = Q(challenge__state__in=OPENED, state__in=HANDED_IN)
    if user.has_role(*READERS):
        which |= unsealed
    which |= unsealed & Q(challenge__need__owner__in=units.roles_of(user))
    return with_parts(Proposal.objects.filter(which)).order_by("-pk")
