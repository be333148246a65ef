"""The numbers behind the charts: each function is one chart and a fixed number of queries.

Money is in 万元. With a `call`, only what belongs to that call is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, TruncMonth

from jiebang.audit.models import Entry
from jiebang.awards.models import Award
from jiebang.common import clock
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Action as ContractAction
from jiebang.library.models import Call, NeedVersion, TechNeed
from jiebang.library.states import COLLECTED
from jiebang.library.states import Action as NeedAction
from jiebang.stats.stages import RAN, Stage, ever_on_the_board, needs_of, reached

MONEY = {
    Stage.COLLECTED: ("拟投入", "total_budget"),
    Stage.LIBRARY: ("拟投入", "total_budget"),
    Stage.POSTED: ("榜单金额", "bounty"),
    Stage.BID: ("榜单金额", "bounty"),
    Stage.AWARDED: ("中榜金额", "award_amount"),
    Stage.RUNNING: ("合同金额", "contract_amount"),
    Stage.ACCEPTED: ("合同金额", "contract_amount"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: how many needs ever reached it, and with how much money."""

    stage: Stage
    count: int
    money: Decimal
    money_label: str


@dataclass(frozen=True, slots=True)
class Group:
    """The needs of one field, district or call: its code, and how many reached each stage."""

    code: str
    label: str
    counts: Mapping[Stage, int]


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in one month, counted by stage; bids are not dated, being sealed."""

    first: date
    counts: Mapping[Stage, int]


def funnel(call: Call | None = None) -> list[Step]:
    """Return the whole funnel, in the order of its stages. One query."""
    awarded = Award.objects.filter(challenge__need=OuterRef("pk")).order_by("-pk")
    ran = Contract.objects.filter(RAN, award__challenge__need=OuterRef("pk")).order_by("-pk")
    needs = _marked(needs_of(call)).annotate(
        award_amount=Subquery(awarded.values("amount")[:1]),
        contract_amount=Subquery(ran.values("amount")[:1]),
    )
    sums = {
        f"{stage}_money": Sum(column, filter=_came_to(stage))
        for stage, (_, column) in MONEY.items()
    }
    found = needs.aggregate(**_counts(), **sums)
    return [
        Step(stage, found[stage], found[f"{stage}_money"] or Decimal(0), MONEY[stage][0])
        for stage in Stage
    ]


def by_field(call: Call | None = None) -> list[Group]:
    """Return the funnel of each top technical field, most needs first. One query."""
    parent, own = "tech_field__parent", "tech_field"
    return _groups(
        needs_of(call),
        code=Coalesce(f"{parent}__code", f"{own}__code"),
        label=Coalesce(f"{parent}__name", f"{own}__name"),
        otherwise="未填技术领域",
    )


def by_district(call: Call | None = None) -> list[Group]:
    """Return the funnel of each town and park, most needs first. One query."""
    district = "owner__district"
    return _groups(
        needs_of(call),
        code=F(f"{district}__code"),
        label=F(f"{district}__name"),
        otherwise="公开归集",
    )


def by_call() -> list[Group]:
    """Return the funnel of each call, most needs first. One query."""
    return _groups(
        needs_of(None),
        code=F("call__pk"),
        label=F("call__name"),
        otherwise="未归入批次",
    )


def monthly(months: int = 12, call: Call | None = None) -> list[Month]:
    """Return the last months, oldest first, the present one included. Seven queries."""
    present = clock.today().replace(day=1)
    firsts = [present - relativedelta(months=n) for n in reversed(range(months))]
    needs = needs_of(call).filter(state__in=COLLECTED)
    contracts = Contract.objects.order_by()
    awards, posted = Award.objects.order_by(), ever_on_the_board()
    if call:
        contracts = contracts.filter(award__challenge__call=call)
        awards, posted = awards.filter(challenge__call=call), posted.filter(call=call)
    handed_in = NeedVersion.objects.order_by().filter(number=1, need__in=needs)
    series: dict[Stage, list[tuple[QuerySet[Any], str]]] = {
        Stage.COLLECTED: [
            (handed_in, "submitted_at"),
            (needs.exclude(source_key=""), "created_at"),
        ],
        Stage.LIBRARY: [(_entries(TechNeed, NeedAction.ADMIT, needs), "at")],
        Stage.POSTED: [(posted, "opens_at")],
        Stage.AWARDED: [(awards, "decided_at")],
        Stage.RUNNING: [(contracts.filter(signed_at__isnull=False), "signed_at")],
        Stage.ACCEPTED: [(_entries(Contract, ContractAction.ACCEPT, contracts), "at")],
    }
    counted = {
        stage: [_by_month(rows, column, firsts[0]) for rows, column in parts]
        for stage, parts in series.items()
    }
    return [
        Month(
            first,
            {stage: sum(part.get(first, 0) for part in parts) for stage, parts in counted.items()},
        )
        for first in firsts
    ]


def _marked(needs: QuerySet[TechNeed]) -> QuerySet[TechNeed]:
    marks = {f"is_{s}": ExpressionWrapper(reached(s), BooleanField()) for s in Stage}
    return needs.annotate(**marks)


def _came_to(stage: Stage) -> Q:
    return Q(**{f"is_{stage}": True})


def _counts() -> dict[str, Count]:
    return {stage: Count("pk", filter=_came_to(stage)) for stage in Stage}


def _groups(needs: QuerySet[TechNeed], *, code: Any, label: Any, otherwise: str) -> list[Group]:
    collected = _marked(needs).filter(_came_to(Stage.COLLECTED))
    rows: QuerySet[Any, Any] = collected.values(code=code, label=label)
    groups = [
        Group(str(row["code"] or ""), row["label"] or otherwise, {s: row[s] for s in Stage})
        for row in rows.annotate(**_counts())
    ]
    return sorted(groups, key=lambda group: (-group.counts[Stage.COLLECTED], group.code))


def _entries(
    model: type[TechNeed] | type[Contract], action: str, things: QuerySet[Any]
) -> QuerySet[Entry]:
    entries = Entry.objects.order_by().filter(thing_type=model._meta.label_lower, action=action)
    return entries.filter(thing_id__in=things.values("pk"))


def _by_month(rows: QuerySet[Any], column: str, since: date) -> dict[date, int]:
    recent = rows.filter(**{f"{column}__date__gte": since}).annotate(month=TruncMonth(column))
    counted = recent.values_list("month").annotate(Count("pk", distinct=True))
    return {clock.local(month).date(): count for month, count in counted}
