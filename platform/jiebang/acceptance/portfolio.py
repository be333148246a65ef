"""All contracts at a glance: what is due next, what is late, the sums; late first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from jiebang.acceptance.states import WITH_SOLVER
from jiebang.acceptance.states import State as AcceptanceState
from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import TO_REPORT, MilestoneState, State


@dataclass(frozen=True)
class Totals:
    """The sums over a selection of contracts, money in 万元."""

    count: int
    running: int
    late: int
    amount: Decimal
    grant: Decimal
    drawn: Decimal
    paid: Decimal


def contracts(today: date | None = None) -> QuerySet[Contract]:
    """Return all contracts with `next_due` and `is_overdue`, the late ones first.

    Due next is the first milestone to report, or the application for acceptance after the last.
    """
    open_ones = Milestone.objects.filter(contract=OuterRef("pk"), state__in=TO_REPORT)
    deadline = Case(  # as `Milestone.deadline` has it
        When(state=MilestoneState.RECTIFYING, rectify_by__isnull=False, then=F("rectify_by")),
        default=F("due_on"),
    )
    first = open_ones.order_by().values("contract").annotate(day=Min(deadline)).values("day")
    others = Milestone.objects.filter(contract=OuterRef("pk"))
    others = others.exclude(state=MilestoneState.CONFIRMED).order_by()
    left = others.values("contract").annotate(n=Count("pk")).values("n")
    revising = Q(acceptance__state=AcceptanceState.REVISING)
    applying = Q(acceptance__state__in=sorted(WITH_SOLVER))
    rows = Contract.objects.annotate(
        open_left=Coalesce(Subquery(left), 0),
        milestone_due=Subquery(first, output_field=DateField()),
    ).annotate(
        next_due=Case(
            When(~Q(state=State.RUNNING), then=Value(None)),
            When(milestone_due__isnull=False, then=F("milestone_due")),
            When(Q(open_left=0) & revising, then=F("acceptance__revise_by")),
            When(Q(open_left=0) & applying, then=F("acceptance__due_on")),
            default=Value(None),
            output_field=DateField(),
        )
    )
    late = Q(next_due__lt=today or clock.today())
    rows = rows.annotate(is_overdue=Case(When(late, then=1), default=0))
    parts = (
        "poster__district",
        "poster__chain",
        "solver",
        "acceptance",
        "award__challenge",
        "commission",
    )
    rows = rows.select_related(*parts).prefetch_related("milestones")
    return rows.order_by("-is_overdue", F("next_due").asc(nulls_last=True), "-pk")


def totals(rows: QuerySet[Contract]) -> Totals:
    """Return the sums over these rows. One query."""
    zero = Decimal(0)
    found = rows.order_by().aggregate(
        count=Count("pk"),
        running=Count("pk", filter=Q(state=State.RUNNING)),
        late=Sum("is_overdue"),
        amount=Sum("amount"),
        grant=Sum("grant"),
        drawn=Sum("drawn"),
        paid=Sum("paid"),
    )
    return Totals(
        count=found["count"],
        running=found["running"],
        late=found["late"] or 0,
        amount=found["amount"] or zero,
        grant=found["grant"] or zero,
        drawn=found["drawn"] or zero,
        paid=found["paid"] or zero,
    )
