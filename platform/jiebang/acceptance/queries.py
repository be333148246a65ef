"""Questions asked of acceptances, panels, assessments and the track record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from jiebang.acceptance.models import (
    Acceptance,
    AcceptanceRules,
    Assessment,
    Member,
    PanelDraw,
    TrackItem,
    Vote,
)
from jiebang.acceptance.policies import OPENED
from jiebang.acceptance.states import (
    WITH_SOLVER,
    AssessmentState,
    Conclusion,
    State,
    TrackKind,
)
from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.policies import READERS
from jiebang.contracts.states import MilestoneState
from jiebang.experts.conflicts import Party
from jiebang.experts.states import HELD, ON_PANEL, SeatState
from jiebang.library.models import Call
from jiebang.organizations import queries as units
from jiebang.organizations.states import MemberRole

PARTS = (
    "contract__award__challenge__need",
    "contract__award__challenge__call",
    "contract__award__proposal",
    "contract__commission__call",
    "contract__poster",
    "contract__solver",
    "submitted_by",
    "satisfied_by",
    "proposed_by",
    "approved_by",
)
NEAR = 90  # days before an application is due, from which on it is spoken of
DAYS_OF_A_MONTH = Decimal("30.4375")


def rules_of(call: Call | None) -> AcceptanceRules:
    """Return what the call sets for acceptance, or the defaults, unsaved."""
    kept = AcceptanceRules.objects.filter(call=call).first() if call and call.pk else None
    return kept or AcceptanceRules(call=call or Call())


# Acceptances


def acceptances() -> QuerySet[Acceptance]:
    """Return all acceptances with what rows and pages show, newest first."""
    return Acceptance.objects.select_related(*PARTS).order_by("-pk")


def visible_to(user: User) -> QuerySet[Acceptance]:
    """Return what this person may read: the bureau all, parties theirs, members who signed."""
    if user.has_role(*READERS):
        return acceptances()
    mine = set(units.roles_of(user))
    own = Q(contract__poster__in=mine) | Q(contract__solver__in=mine)
    seated = Member.objects.filter(expert__user=user, state__in=OPENED).values("acceptance")
    return acceptances().filter(own | Q(pk__in=seated))


def of_contract(contract: Contract) -> Acceptance | None:
    """Return the contract's acceptance, or None where there is none yet."""
    return acceptances().filter(contract=contract).first()


def to_apply(user: User) -> QuerySet[Acceptance]:
    """Return the applications that the person's units have to hand in, first due first.

    One is due once every milestone is confirmed, once it was returned, or when its day is near.
    """
    left = Milestone.objects.filter(contract=OuterRef("contract"))
    ready = ~Exists(left.exclude(state=MilestoneState.CONFIRMED))
    near = Q(due_on__lte=clock.today() + timedelta(days=NEAR))
    waiting = acceptances().filter(
        ready | near | ~Q(state=State.DRAFT),
        contract__solver__in=_written_by(user),
        state__in=WITH_SOLVER,
        contract__state="running",
    )
    return waiting.order_by("due_on", "pk")


def to_rate(user: User) -> QuerySet[Acceptance]:
    """Return the applications about which the person's units have not said how content they are."""
    waiting = acceptances().filter(
        contract__poster__in=_written_by(user), state=State.SUBMITTED, satisfaction=""
    )
    return waiting.order_by("submitted_at", "pk")


def in_state(*states: State) -> QuerySet[Acceptance]:
    """Return the acceptances in one of these states, oldest first."""
    return acceptances().filter(state__in=states).order_by("pk")


def due() -> QuerySet[Acceptance]:
    """Return the conclusions whose notice has ended."""
    return acceptances().filter(state=State.NOTICE, notice_ends_on__lt=clock.today())


def announced() -> QuerySet[Acceptance]:
    """Return the conclusions that anybody may read: announced, under notice or in effect."""
    public = (State.NOTICE, State.PASSED, State.CLOSED, State.FAILED)
    rows = acceptances().filter(state__in=public, notice_ends_on__isnull=False)
    return rows.order_by("-approved_at", "-pk")


# Panels


def parties_of(contract: Contract) -> list[Party]:
    """Return who has an interest in the acceptance: both sides, their people and partners."""
    found: list[Party] = []
    if contract.poster:
        people = tuple({need.contact_name for need in contract.needs if need.contact_name})
        found.append(Party("发榜单位", contract.poster.name, contract.poster_id, people))
    bid = contract.award.proposal if contract.award else None
    people = tuple(filter(None, (bid.pi_name,))) if bid else ()
    found.append(Party("承担单位", contract.solver.name, contract.solver_id, people))
    return found


def members() -> QuerySet[Member]:
    """Return all seats with what their rows show."""
    return Member.objects.select_related(
        "expert__user", "expert__unit", "draw", "acceptance__contract__poster",
        "acceptance__contract__solver", "acceptance__contract__award__challenge__call",
        "acceptance__contract__award__challenge__need", "acceptance__contract__award__proposal",
        "acceptance__contract__commission__call",
    ).prefetch_related("votes")  # fmt: skip


def panel(acceptance: Acceptance) -> QuerySet[Member]:
    """Return everybody ever asked to the panel, in order of invitation."""
    return members().filter(acceptance=acceptance).order_by("pk")


def members_visible_to(user: User) -> QuerySet[Member]:
    """Return the seats this person may know of: all for the bureau, one's own for an expert."""
    found = members().order_by("-pk")
    return found if user.has_role(*READERS) else found.filter(expert__user=user)


def seats_waiting_for(user: User) -> list[Member]:
    """Return the expert's seats that wait for an answer, a signature or a vote."""
    mine = members().filter(expert__user=user, acceptance__state=State.REVIEWING)
    rows = mine.filter(state__in=ON_PANEL).order_by("review_by", "pk")
    return [row for row in rows if row.state in HELD or not voted(row)]


def voted(member: Member) -> bool:
    """Say whether the member has voted in this turn."""
    return any(vote.turn == member.acceptance.turn for vote in member.votes.all())


def votes(acceptance: Acceptance) -> QuerySet[Vote]:
    """Return the votes of all turns."""
    given = Vote.objects.filter(member__acceptance=acceptance)
    return given.select_related("member__expert__user").order_by("turn", "pk")


def tally(given: Iterable[Vote], turn: int) -> dict[Conclusion, int]:
    """Return how many members of this turn advise what."""
    asked = [vote.advice for vote in given if vote.turn == turn]
    return {conclusion: asked.count(conclusion) for conclusion in Conclusion}


def majority(counts: dict[Conclusion, int], share: int) -> Conclusion | None:
    """Return the conclusion that the votes carry; None where none has the share."""
    total = sum(counts.values())
    carried = [c for c, n in counts.items() if total and n * 100 >= total * share]
    return carried[0] if len(carried) == 1 else None


def unanswered() -> QuerySet[Member]:
    """Return the invitations whose time to answer is over, oldest first."""
    late = members().filter(state=SeatState.INVITED, answer_by__lte=clock.now())
    return late.order_by("answer_by", "pk")


def draws() -> QuerySet[PanelDraw]:
    """Return the draws of panels, which are public, newest first."""
    parts = ("acceptance__contract__award__challenge", "acceptance__contract__solver")
    return PanelDraw.objects.select_related(*parts).order_by("-pk")


# Assessments


def assessments() -> QuerySet[Assessment]:
    """Return all assessments with what rows and pages show, newest first."""
    return Assessment.objects.select_related(
        "contract__poster", "contract__solver", "reported_by", "scored_by", "replied_by"
    ).order_by("-pk")


def assessments_visible_to(user: User) -> QuerySet[Assessment]:
    """Return the assessments this person may read: the bureau all, parties theirs."""
    if user.has_role(*READERS):
        return assessments()
    mine = set(units.roles_of(user))
    return assessments().filter(Q(contract__poster__in=mine) | Q(contract__solver__in=mine))


def to_report(user: User) -> QuerySet[Assessment]:
    """Return the assessments whose effects the person's units have to report now."""
    waiting = assessments().filter(
        contract__solver__in=_written_by(user),
        state__in=(AssessmentState.PENDING, AssessmentState.RETURNED),
        opens_on__lte=clock.today(),
    )
    return waiting.order_by("due_on", "pk")


def to_score() -> QuerySet[Assessment]:
    """Return the assessments that wait for a score, oldest first."""
    return assessments().filter(state=AssessmentState.REPORTED).order_by("reported_at", "pk")


# The track record


@dataclass(frozen=True)
class TrackRecord:
    """What a unit's past contracts say: counts, and the same with what is old weighing less."""

    counts: dict[TrackKind, int] = field(default_factory=dict)
    weights: dict[TrackKind, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many items there are."""
        return sum(self.counts.values())

    @property
    def words(self) -> str:
        """Return one line for people; empty without history."""
        said = [f"{kind.label} {self.counts[kind]} 项" for kind in TrackKind if kind in self.counts]
        return "、".join(said)


def track_record(
    organization_ids: Iterable[int], today: date | None = None
) -> dict[int, TrackRecord]:
    """Return the track record of each unit, empty for one without history. One query."""
    found = {key: TrackRecord() for key in organization_ids}
    rows = TrackItem.objects.filter(organization__in=found).order_by()
    now = today or clock.today()
    for key, kind, day in rows.values_list("organization_id", "kind", "happened_on"):
        record, which = found[key], TrackKind(kind)
        record.counts[which] = record.counts.get(which, 0) + 1
        record.weights[which] = record.weights.get(which, Decimal(0)) + weight(day, now)
    return found


def weight(day: date, today: date) -> Decimal:
    """Return what an item of that day still weighs: one today, half after each half-life."""
    months = Decimal(max((today - day).days, 0)) / DAYS_OF_A_MONTH
    left = Decimal(2) ** (-months / Decimal(settings.TRACK_RECORD_HALF_LIFE_MONTHS))
    return left.quantize(Decimal("0.01"))


def track_items(organization_id: int) -> QuerySet[TrackItem]:
    """Return the items of a unit's track record with their contracts, newest first."""
    rows = TrackItem.objects.filter(organization=organization_id)
    return rows.select_related("contract__award__challenge", "organization", "replied_by")


def track_items_of(contracts: Sequence[int]) -> QuerySet[TrackItem]:
    """Return the items that these contracts left."""
    return TrackItem.objects.filter(contract__in=contracts).select_related("organization")


def _written_by(user: User) -> list[int]:
    writers = {MemberRole.ADMINISTRATOR, MemberRole.EDITOR}
    return [pk for pk, role in units.roles_of(user).items() if role in writers]
