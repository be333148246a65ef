"""The stages of a need's whole life, and which needs ever reached one."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from jiebang.audit.models import Entry
from jiebang.awards.models import Award
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.challenges.states import State as ChallengeState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import ADMITTED, COLLECTED
from jiebang.proposals.models import Proposal
from jiebang.proposals.queries import HANDED_IN

RAN = Q(state__in=(ContractState.RUNNING, ContractState.ACCEPTED)) | Q(signed_at__isnull=False)


class Stage(models.TextChoices):
    """The steps of the funnel, each a part of the one before."""

    COLLECTED = "collected", "征集"
    LIBRARY = "library", "入库"
    POSTED = "posted", "张榜"
    BID = "bid", "有人揭榜"
    AWARDED = "awarded", "中榜"
    RUNNING = "running", "签约实施"
    ACCEPTED = "accepted", "验收"


# What firms meant to spend is theirs to tell; what was posted and awarded is public.
PUBLIC_MONEY = (Stage.POSTED, Stage.AWARDED, Stage.RUNNING)


def needs_of(call: Call | None) -> QuerySet[TechNeed]:
    """Return all needs, or those of one call, in no order."""
    needs = TechNeed.objects.order_by()
    return needs.filter(call=call) if call else needs


def reached(stage: Stage) -> Q | Exists:
    """Return the condition on a need that it ever came this far, whatever became of it."""
    match stage:
        case Stage.COLLECTED:
            return Q(state__in=COLLECTED)
        case Stage.LIBRARY:
            return Q(state__in=ADMITTED)
        case Stage.POSTED:
            return Exists(ever_on_the_board().filter(need=OuterRef("pk")))
        case Stage.BID:
            bids = Proposal.objects.filter(challenge=OuterRef("pk"), state__in=HANDED_IN)
            return Exists(ever_on_the_board().filter(Exists(bids), need=OuterRef("pk")))
        case Stage.AWARDED:
            return Exists(Award.objects.filter(challenge__need=OuterRef("pk")))
        case Stage.RUNNING:
            return Exists(_contracts().filter(RAN))
        case Stage.ACCEPTED:
            return Exists(_contracts().filter(state=ContractState.ACCEPTED))


def ever_on_the_board() -> QuerySet[Challenge]:
    """Return what is or was on the board; of the withdrawn, those that had been opened."""
    opened = Entry.objects.filter(
        thing_type=Challenge._meta.label_lower,
        thing_id=OuterRef("pk"),
        action=ChallengeAction.OPEN,
    )
    withdrawn = Q(state=ChallengeState.WITHDRAWN) & Q(Exists(opened))
    board = challenges.on_the_board().order_by().values("pk")
    return Challenge.objects.order_by().filter(Q(pk__in=board) | withdrawn)


def _contracts() -> QuerySet[Contract]:
    return Contract.objects.filter(award__challenge__need=OuterRef("pk"))
