"""Questions asked of the contracts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from jiebang.accounts.models import User
from jiebang.common import clock
from jiebang.common.money import in_wan
from jiebang.contracts.models import Contract, Milestone, Payment
from jiebang.contracts.policies import READERS
from jiebang.contracts.states import MilestoneState, PaymentState, State
from jiebang.experts.registry import PastContract
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.organizations.states import MemberRole

PARTS = ("award__challenge__need", "award__challenge__call", "award__proposal", "poster", "solver")

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
    return _milestones(
        contract__solver__in=_written_by(user),
        state__in=(MilestoneState.PENDING, MilestoneState.RETURNED),
    )


def to_judge(user: User) -> QuerySet[Milestone]:
    """Return the reports that wait for the person's units as posters."""
    return _milestones(contract__poster__in=_written_by(user), state=MilestoneState.REPORTED)


def late(today: date | None = None) -> QuerySet[Milestone]:
    """Return the milestones of running contracts that should have been reported."""
    return _milestones(
        due_on__lt=today or clock.today(),
        state__in=(MilestoneState.PENDING, MilestoneState.RETURNED),
    )


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
