"""Questions asked of the solutions; what is sealed does not come out of here."""

from typing import NamedTuple

from django.apps import apps
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiebang.accounts.models import User
from jiebang.audit.models import Entry
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.files import queries as files
from jiebang.files.models import Attachment
from jiebang.files.states import USABLE
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.organizations import queries as units
from jiebang.proposals import policies
from jiebang.proposals.models import LatePermission, PartnerInvitation, Party, Proposal
from jiebang.proposals.policies import READERS
from jiebang.proposals.states import InvitationState, LateState, State


class ListedFile(NamedTuple):
    """A file handed in with a solution, as everybody may know of it."""

    unit: str
    slot: str
    title: str
    is_confidential: bool


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


def counted(challenges: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Add to each challenge its `count`, as `bid_count`, without a query more."""
    handed_in = Proposal.objects.filter(challenge=OuterRef("pk"), state__in=HANDED_IN)
    counts = handed_in.order_by().values("challenge").annotate(n=Count("pk")).values("n")
    return challenges.annotate(bid_count=Coalesce(Subquery(counts), 0))


def bidders_of(challenge: Challenge) -> list[int]:
    """Return the keys of all units behind its solutions, however unfinished: whom it concerns."""
    leads = challenge.proposals.values_list("lead", flat=True)
    partners = Party.objects.filter(challenge=challenge).values_list("unit", flat=True)
    return sorted({*leads, *partners})


def files_listed(challenge: Challenge) -> list[ListedFile]:
    """Return what everybody may know of the files handed in: nothing unless the call says so.

    Titles only, once the bids are open; who may read a file learns its address elsewhere.
    """
    listed = library.rules_of(challenge.call).get(RuleCode.BID_FILES_LISTED, 0)
    if not listed or challenge.state not in OPENED:
        return []
    bids = {bid.pk: bid for bid in of_challenge(challenge)}
    rows = files.of_many(Proposal._meta.label_lower, bids).filter(content__state__in=USABLE)
    return [
        ListedFile(bids[row.holder_id].lead.name, row.slot_label, row.name, row.is_confidential)
        for row in rows.order_by("holder_id", "slot", "pk")
    ]


def with_parts(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Fetch what a list row shows, in a fixed number of queries."""
    parts = proposals.select_related("challenge__need__owner", "challenge__call", "lead")
    return parts.prefetch_related("parties")


def opened() -> QuerySet[Proposal]:
    """Return the handed-in solutions of challenges that have closed."""
    by_state = Q(challenge__state__in=OPENED)
    return with_parts(Proposal.objects.filter(by_state, state__in=HANDED_IN)).order_by("pk")


def of_challenge(challenge: Challenge) -> QuerySet[Proposal]:
    """Return the handed-in solutions of one challenge; ask `policies.may_list` first."""
    return with_parts(challenge.proposals.filter(state__in=HANDED_IN)).order_by("pk")


def mine(user: User) -> QuerySet[Proposal]:
    """Return the solutions that one's units lead or take part in, newest first."""
    return with_parts(Proposal.objects.filter(_of(user))).order_by("-pk")


def _of(user: User) -> Q:
    mine = units.roles_of(user)
    return Q(lead__in=mine) | Q(pk__in=Party.objects.filter(unit__in=mine).values("proposal"))


def visible_to(user: User) -> QuerySet[Proposal]:
    """Return what this person may read: one's own, and opened ones for poster and bureau."""
    which = _of(user)
    unsealed = Q(challenge__state__in=OPENED, state__in=HANDED_IN)
    if user.has_role(*READERS):
        which |= unsealed
    which |= unsealed & Q(challenge__need__owner__in=units.roles_of(user))
    return with_parts(Proposal.objects.filter(which)).order_by("-pk")


def find(user: User, pk: int) -> Proposal:
    """Return a solution that this person may read.

    Raises NotAllowed while it is sealed, for poster and bureau, who know how many there are;
    NotFound for everybody else, and for drafts and withdrawn ones.
    """
    proposal = with_parts(Proposal.objects.filter(pk=pk)).first()
    if proposal is not None:
        may = policies.may_read(user, proposal)
        if may:
            return proposal
        party = policies.may_list(user, proposal.challenge)
        if party.code == "sealed" and proposal.state in HANDED_IN:
            raise NotAllowed(may.reason, code=may.code)
    raise NotFound("没有这份揭榜书，或者您无权查看")


def without_sealed(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Leave out of the record what was done to solutions that are not open: it tells who bids.

    So with everything that belongs to one of them: its rows in this app, and its files.
    """
    kind = Proposal._meta.label_lower
    readable = opened().order_by().values("pk")
    sealed = Q(thing_type=kind) & ~Q(thing_id__in=readable)
    held = Attachment.objects.filter(holder_type=kind).exclude(holder_id__in=readable)
    sealed |= Q(thing_type=Attachment._meta.label_lower, thing_id__in=held.order_by().values("pk"))
    for model in apps.get_app_config(Proposal._meta.app_label).get_models():
        if any(field.name == "proposal" for field in model._meta.fields):
            rows = model._default_manager.exclude(proposal__in=readable).order_by()
            sealed |= Q(thing_type=model._meta.label_lower, thing_id__in=rows.values("pk"))
    return entries.exclude(sealed)


def invitations_to(user: User) -> QuerySet[PartnerInvitation]:
    """Return the open invitations to units that this person writes for."""
    mine = units.units_written_by(user).order_by()
    rows = PartnerInvitation.objects.filter(
        unit__in=mine, state=InvitationState.OPEN, expires_at__gt=clock.now()
    )
    return rows.select_related("proposal__challenge__need", "proposal__lead", "unit").order_by("pk")


def late_permission(challenge: Challenge, unit: int) -> LatePermission | None:
    """Return the permission by which this unit may still hand in now, or None."""
    granted = challenge.late_permissions.filter(
        unit=unit, state=LateState.GRANTED, until__gt=clock.now()
    )
    return granted.first()


def late_permissions(challenge: Challenge) -> QuerySet[LatePermission]:
    """Return what was asked for and decided about being late, newest first."""
    rows = challenge.late_permissions.select_related("unit", "proposed_by", "decided_by")
    return rows.order_by("-pk")


def late_to_decide(user: User) -> QuerySet[LatePermission]:
    """Return the permissions that wait for somebody other than their proposer."""
    waiting = LatePermission.objects.filter(state=LateState.PROPOSED).exclude(proposed_by=user)
    return waiting.select_related("challenge", "unit").order_by("pk")
