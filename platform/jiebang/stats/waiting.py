"""What waits, for how long: the bureau's queues, and the needs that nobody has taken up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiebang.audit.models import Entry
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import MilestoneState
from jiebang.contracts.states import State as ContractState
from jiebang.library.models import Appraisal, Call, TechNeed
from jiebang.library.states import State as NeedState
from jiebang.organizations.models import Organization
from jiebang.organizations.states import State as UnitState
from jiebang.proposals.models import Proposal
from jiebang.proposals.queries import HANDED_IN
from jiebang.stats.stages import needs_of

# Ages in days from which a field of the heat strip begins, and its name.
AGES = ((0, "7 天内"), (7, "7–30 天"), (30, "30–90 天"), (90, "90–180 天"), (180, "半年以上"))


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one kind of work: how many, and since when the oldest."""

    key: str
    label: str
    count: int
    oldest: datetime | None

    @property
    def days(self) -> int | None:
        """Return how many whole days the oldest has waited; None when nothing waits."""
        return (clock.now() - self.oldest).days if self.oldest else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the heat strip: 0 is the youngest."""

    level: int
    label: str
    count: int


def since(model: type[Model], begun: str = "created_at") -> Any:
    """Return the expression for when a row came into the state it is in, by the record."""
    entered = Entry.objects.filter(
        thing_type=model._meta.label_lower, thing_id=OuterRef("pk"), went_to=OuterRef("state")
    )
    return Coalesce(Subquery(entered.order_by("-pk").values("at")[:1]), F(begun))


def unbid(call: Call | None = None) -> QuerySet[Challenge]:
    """Return the open challenges without a solution, longest on the board first."""
    bids = Proposal.objects.filter(challenge=OuterRef("pk"), state__in=HANDED_IN)
    found = challenges.open_now().filter(~Exists(bids)).annotate(since=F("opens_at"))
    return (found.filter(call=call) if call else found).order_by("since", "pk")


def unposted(call: Call | None = None) -> QuerySet[TechNeed]:
    """Return the library needs that are not on the board, longest in the library first."""
    found = needs_of(call).filter(state=NeedState.IN_LIBRARY).annotate(since=since(TechNeed))
    return found.select_related("owner__district", "tech_field", "call").order_by("since", "pk")


def heat(waiting: QuerySet[Any]) -> list[Cell]:
    """Return how many wait in each age, of a list with `since`. One query."""
    counts = waiting.order_by().aggregate(
        **{f"age_{level}": Count("pk", filter=_of_age(level)) for level in range(len(AGES))}
    )
    return [Cell(level, label, counts[f"age_{level}"]) for level, (_, label) in enumerate(AGES)]


def of_age(waiting: QuerySet[Any], level: int) -> QuerySet[Any]:
    """Keep what has waited as long as this field of the heat strip says."""
    return waiting.filter(_of_age(level))


def queues(call: Call | None = None) -> list[Queue]:
    """Return the bureau's queues in the order of the process. Five queries.

    Units belong to no call; with one they are left out.
    """
    return [
        *([] if call else _units()),
        *_needs(call),
        *_challenges(call),
        *_contracts(call),
        *_milestones(call),
    ]


def _units() -> Iterator[Queue]:
    pending = Organization.objects.filter(state=UnitState.PENDING)
    found = pending.annotate(since=since(Organization)).aggregate(n=Count("pk"), at=Min("since"))
    yield Queue("units", "待核验单位", found["n"], found["at"])


def _needs(call: Call | None) -> Iterator[Queue]:
    asked = Appraisal.objects.filter(need=OuterRef("pk"), version=OuterRef("version"))
    waits = {
        ("endorse", "待归口推荐"): Q(state=NeedState.SUBMITTED),
        ("check", "待形式审查"): Q(state=NeedState.ENDORSED),
        ("assign", "待分派专家"): Q(state=NeedState.APPRAISAL, asked=False),
        ("appraise", "专家论证中"): Q(state=NeedState.APPRAISAL, asked=True),
        ("post", "已入库待张榜"): Q(state=NeedState.IN_LIBRARY),
    }
    needs = needs_of(call).annotate(since=since(TechNeed), asked=Exists(asked))
    yield from _counted(needs, waits)


def _challenges(call: Call | None) -> Iterator[Queue]:
    closed = Challenge.objects.filter(challenges.standing(ChallengeState.CLOSED))
    closed = closed.filter(call=call) if call else closed
    found = closed.aggregate(n=Count("pk"), at=Min("closes_at"))
    yield Queue("award", "待定榜", found["n"], found["at"])


def _contracts(call: Call | None) -> Iterator[Queue]:
    contracts = Contract.objects.annotate(since=since(Contract))
    contracts = contracts.filter(award__challenge__call=call) if call else contracts
    waits = {
        ("draft", "合同拟定中"): Q(state=ContractState.DRAFTING),
        ("sign", "合同待签署"): Q(state=ContractState.SIGNING),
    }
    yield from _counted(contracts, waits)


def _milestones(call: Call | None) -> Iterator[Queue]:
    reported = Milestone.objects.filter(
        contract__state=ContractState.RUNNING, state=MilestoneState.REPORTED
    )
    reported = reported.filter(contract__award__challenge__call=call) if call else reported
    since_then = reported.annotate(since=since(Milestone, "contract__created_at"))
    found = since_then.aggregate(n=Count("pk"), at=Min("since"))
    yield Queue("confirm", "里程碑待确认", found["n"], found["at"])


def _counted(things: QuerySet[Any], waits: dict[tuple[str, str], Q]) -> Iterator[Queue]:
    wanted: dict[str, Any] = {}
    for (key, _), which in waits.items():
        wanted |= {f"{key}_n": Count("pk", filter=which), f"{key}_at": Min("since", filter=which)}
    found = things.order_by().aggregate(**wanted)
    for key, label in waits:
        yield Queue(key, label, found[f"{key}_n"], found[f"{key}_at"])


def _of_age(level: int) -> Q:
    now = clock.now()
    younger = Q(since__lte=now - timedelta(days=AGES[level][0])) if level else Q()
    if level + 1 == len(AGES):
        return younger
    return younger & Q(since__gt=now - timedelta(days=AGES[level + 1][0]))
