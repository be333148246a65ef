"""Questions asked of the contracts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.money import in_wan
from jiebang.contracts.models import (
    ChangeRequest,
    Checkpoint,
    Contract,
    Milestone,
    MilestoneReport,
    Payment,
    Race,
    Settlement,
    StageOpinion,
)
from jiebang.contracts.policies import READERS
from jiebang.contracts.states import (
    BROKEN_OFF,
    TO_REPORT,
    CheckpointState,
    MilestoneState,
    PaymentState,
    RequestState,
    SettlementState,
    State,
)
from jiebang.experts import queries as experts
from jiebang.experts.models import Expert
from jiebang.experts.registry import PastContract
from jiebang.experts.states import SeatState
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.organizations.states import MemberRole

PARTS = (
    *("award__challenge__need", "award__challenge__call", "award__proposal"),
    *("commission__call", "poster", "solver"),
)

REQUEST_PARTS = (*("contract__poster", "contract__solver", "asked_by", "agreed_by", "decided_by"),)
PAYMENT_PARTS = (
    *("contract__poster", "contract__solver", "milestone"),
    *("requested_by", "approved_by", "settled_by"),
)


def with_parts(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Fetch what a list row and the page show, in a fixed number of queries."""
    return contracts.select_related(*PARTS).prefetch_related("milestones", "signatures__signer")


def visible_to(user: User) -> QuerySet[Contract]:
    """Return the contracts this person is a party to; the bureau reads all, newest first."""
    if user.has_role(*READERS):
        return with_parts(Contract.objects.order_by("-pk"))
    mine = set(units.roles_of(user))
    own = Contract.objects.filter(Q(poster__in=mine) | Q(solver__in=mine))
    return with_parts(own).order_by("-pk")


def to_report(user: User) -> QuerySet[Milestone]:
    """Return the milestones the person's units have to report, first due first."""
    return _milestones(contract__solver__in=_written_by(user), state__in=TO_REPORT)


def to_judge(user: User) -> QuerySet[Milestone]:
    """Return the reports that wait for the person's units as posters."""
    return _milestones(contract__poster__in=_written_by(user), state=MilestoneState.REPORTED)


def late(today: date | None = None) -> QuerySet[Milestone]:
    """Return the milestones of running contracts that should have been reported."""
    day = today or clock.today()
    waiting = Q(state=MilestoneState.RECTIFYING, rectify_by__lt=day) | Q(
        state__in=TO_REPORT - {MilestoneState.RECTIFYING}, due_on__lt=day
    )
    return _milestones().filter(waiting)


def to_sign(user: User) -> QuerySet[Contract]:
    """Return the contracts that wait for a signature of the person's units."""
    roles = units.roles_of(user)
    heads = [pk for pk, role in roles.items() if role == MemberRole.ADMINISTRATOR]
    as_poster = Q(poster__in=heads) & ~Q(signatures__side="poster")
    as_solver = Q(solver__in=heads) & ~Q(signatures__side="solver")
    waiting = Contract.objects.filter(as_poster | as_solver, state=State.SIGNING)
    return with_parts(waiting).distinct().order_by("pk")


def payments_of(contract: Contract) -> QuerySet[Payment]:
    """Return the contract's money movements in their order, with who did what."""
    rows = Payment.objects.filter(contract=contract)
    return rows.select_related(*PAYMENT_PARTS).order_by("pk")


def payments_visible_to(user: User) -> QuerySet[Payment]:
    """Return the money movements of the contracts this person may read, newest first."""
    mine = visible_to(user).order_by().values("pk")
    rows = Payment.objects.filter(contract__in=mine)
    return rows.select_related(*PAYMENT_PARTS).order_by("-pk")


def to_settle(*states: PaymentState) -> QuerySet[Payment]:
    """Return the payments that wait in one of these states, oldest first."""
    rows = Payment.objects.filter(state__in=states)
    return rows.select_related(*PAYMENT_PARTS).order_by("pk")


def _written_by(user: User) -> list[int]:
    writers = {MemberRole.ADMINISTRATOR, MemberRole.EDITOR}
    return [pk for pk, role in units.roles_of(user).items() if role in writers]


def _milestones(**which: object) -> QuerySet[Milestone]:
    running = Milestone.objects.filter(contract__state=State.RUNNING, **which)
    return running.select_related("contract__poster", "contract__solver").order_by("due_on", "pk")


def track_record(unit: Organization, _: Sequence[TechNeed]) -> list[dict[str, Any]]:
    """Return the unit's contracts as solver and their results, newest first, as plain rows."""
    rows = Contract.objects.filter(solver=unit).prefetch_related("milestones")
    today = clock.today()
    found = []
    for made in rows.exclude(state__in=(State.DRAFTING, State.SIGNING)).order_by("-pk"):
        stones = list(made.milestones.all())
        open_ones = [s for s in stones if s.state != MilestoneState.CONFIRMED]
        late = made.state == State.RUNNING and any(s.due_on < today for s in open_ones)
        found.append(
            {
                "number": made.number,
                "title": made.title,
                "amount": in_wan(made.amount),
                "paid": in_wan(made.paid),
                "result": made.get_state_display(),
                "milestones": f"{len(stones) - len(open_ones)}/{len(stones)}",
                "late": late,
            }
        )
    return found


def signed_since(day: date) -> list[PastContract]:
    """Return the contracts between two units that took effect on this day or later. One query."""
    rows = Contract.objects.filter(signed_at__date__gte=day).exclude(poster=None)
    return [
        PastContract(made.poster_id, made.solver_id, made.title, clock.local(made.signed_at).date())
        for made in rows
        if made.poster_id is not None and made.signed_at is not None
    ]


def stage_experts(contract: Contract) -> list[Expert]:
    """Return who may be asked for a stage check, without those whom a conflict bars.

    They are the panel of its challenge, or for a commission the whole pool.
    """
    if contract.award:
        challenge = contract.award.challenge
        signed = (SeatState.UNDERTAKEN, SeatState.DONE)
        seated = [seat.expert for seat in experts.panel(challenge) if seat.state in signed]
        return [expert for expert in seated if not experts.uncovered(expert, challenge)]
    parties = [unit for unit in (contract.poster, contract.solver) if unit]
    return [expert for expert in experts.pool() if not experts.conflicts(expert, parties)]


def opinions_of(user: User) -> QuerySet[StageOpinion]:
    """Return the stage checks asked of this person, those without an answer first."""
    rows = StageOpinion.objects.filter(expert=user)
    rows = rows.select_related(
        "report__milestone__contract__solver", "report__reported_by", "expert"
    )
    rows = rows.prefetch_related(
        "report__measurements__indicator", "report__spending", "report__opinions__expert"
    )
    return rows.order_by(F("given_at").asc(nulls_first=True), "due_on", "pk")


def opinions_to_give(user: User) -> QuerySet[StageOpinion]:
    """Return the stage checks this person has still to answer."""
    running = {"report__milestone__contract__state": State.RUNNING}
    return opinions_of(user).filter(given_at=None, **running)


def requests_visible_to(user: User) -> QuerySet[ChangeRequest]:
    """Return the requests of the contracts this person may read, newest first."""
    mine = visible_to(user).order_by().values("pk")
    rows = ChangeRequest.objects.filter(contract__in=mine)
    return rows.select_related(*REQUEST_PARTS).order_by("-pk")


def requests_of(contract: Contract) -> QuerySet[ChangeRequest]:
    """Return the contract's requests, newest first, with who did what."""
    rows = ChangeRequest.objects.filter(contract=contract)
    return rows.select_related(*REQUEST_PARTS).order_by("-pk")


def requests_in(*states: RequestState) -> QuerySet[ChangeRequest]:
    """Return the requests that wait in one of these states, oldest first."""
    return (
        ChangeRequest.objects.filter(state__in=states).select_related(*REQUEST_PARTS).order_by("pk")
    )


def requests_to_agree(user: User) -> QuerySet[ChangeRequest]:
    """Return the requests that wait for the person's units as posters."""
    return requests_in(RequestState.ASKED).filter(contract__poster__in=_written_by(user))


def settlements_visible_to(user: User) -> QuerySet[Settlement]:
    """Return the settlements of the contracts this person may read."""
    mine = visible_to(user).order_by().values("pk")
    parts = ("contract__poster", "contract__solver", "proposed_by", "confirmed_by")
    return Settlement.objects.filter(contract__in=mine).select_related(*parts).order_by("-pk")


def to_arrange_check() -> QuerySet[Milestone]:
    """Return the reported milestones whose stage check nobody has arranged."""
    newest = MilestoneReport.objects.filter(milestone=OuterRef("pk")).order_by("-pk").values("pk")
    asked = StageOpinion.objects.filter(report=OuterRef("newest"))
    rows = _milestones(state=MilestoneState.REPORTED, expert_check=True)
    return rows.annotate(newest=Subquery(newest[:1])).exclude(Exists(asked))


def races_visible_to(user: User) -> QuerySet[Race]:
    """Return the races: all for the bureau; for others those they run in or posted."""
    rows = Race.objects.select_related("challenge__need__owner", "challenge__call")
    if user.has_role(*READERS):
        return rows.order_by("-pk")
    mine = set(units.roles_of(user))
    return rows.filter(challenge__need__owner__in=mine).order_by("-pk")


def settlements_in(*states: SettlementState) -> QuerySet[Settlement]:
    """Return the settlements that stand in one of these states, oldest first."""
    rows = Settlement.objects.filter(state__in=states, contract__closed_at=None)
    return rows.select_related("contract").order_by("pk")


def to_settle_up() -> QuerySet[Contract]:
    """Return the contracts that were broken off after money was paid and have no settlement."""
    over = Contract.objects.filter(state__in=BROKEN_OFF, paid__gt=0, closed_at=None)
    known = Q(settlement=None) | Q(settlement__state=SettlementState.RETURNED)
    return over.filter(known).select_related("solver").order_by("pk")


def checkpoints_in(*states: CheckpointState) -> QuerySet[Checkpoint]:
    """Return the checkpoints that stand in one of these states, first due first."""
    rows = Checkpoint.objects.filter(state__in=states).select_related("race__challenge")
    return rows.order_by("due_on", "pk")
