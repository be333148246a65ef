"""A unit's track record: what the contracts say today, or what a later feature tells better."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from jiebang.acceptance.models import Assessment, TrackItem
from jiebang.acceptance.states import TrackKind
from jiebang.audit.models import Entry
from jiebang.common import clock
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State


@dataclass(frozen=True)
class Record:
    """How the contracts ended in which a unit was the solver; `None` is not known."""

    running: int = 0
    accepted: int = 0
    on_time: int | None = None
    terminated: int = 0
    disputed: int | None = None
    scores: tuple[int, ...] = ()  # of performance assessments (绩效评价), the newest first

    def __str__(self) -> str:
        """Return it in words; an empty text where there is nothing to tell."""
        if not self.running + self.accepted + self.terminated + (self.disputed or 0):
            return ""
        said = [f"已验收 {self.accepted} 项"]
        if self.accepted and self.on_time is not None:
            said[0] += f"（按期 {self.on_time} 项）"
        if self.running:
            said.append(f"在研 {self.running} 项")
        if self.terminated:
            said.append(f"终止 {self.terminated} 项")
        if self.disputed:
            said.append(f"有争议 {self.disputed} 项")
        if len(self.scores) == 1:
            said.append(f"绩效评价 {self.scores[0]} 分")
        elif self.scores:
            mean = round(sum(self.scores) / len(self.scores))
            said.append(f"绩效评价平均 {mean} 分（{len(self.scores)} 项）")
        return "，".join(said)


Provider = Callable[[Collection[int]], Mapping[int, Record]]
_providers: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Let this tell the records from now on; for a floor that knows more than the contracts."""
    _providers.append(provider)
    return provider


def of_units(units: Collection[int]) -> Mapping[int, Record]:
    """Return the records of these units (keys); a fixed number of queries."""
    if not units:
        return {}
    return (_providers[-1] if _providers else of_contracts)(units)


def of_contracts(units: Collection[int]) -> Mapping[int, Record]:
    """Return what contracts, their histories, noted disputes and scores say; four queries."""
    solved = Contract.objects.filter(solver__in=units).order_by("pk")
    rows = list(solved.values_list("pk", "solver", "state", "ends_on"))
    ended = Entry.objects.filter(
        thing_type=Contract._meta.label_lower,
        thing_id__in=[pk for pk, _, state, _ in rows if state == State.ACCEPTED],
        went_to=State.ACCEPTED,
    ).order_by("pk")
    when = {pk: clock.local(at).date() for pk, at in ended.values_list("thing_id", "at")}
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for pk, solver, state, last in rows:
        counted[solver][state] += 1
        if last is not None and pk in when and when[pk] <= last:
            counted[solver]["on_time"] += 1
    noted = TrackItem.objects.filter(organization__in=units, kind=TrackKind.DISPUTED).order_by()
    for solver in noted.values_list("organization", flat=True):
        counted[solver]["disputed"] += 1
    scored = Assessment.objects.filter(contract__solver__in=units, score__isnull=False)
    scores: dict[int, list[int]] = defaultdict(list)
    for solver, score in scored.order_by("-scored_at").values_list("contract__solver", "score"):
        scores[solver].append(score or 0)
    return {
        solver: Record(
            running=counts[State.RUNNING],
            accepted=counts[State.ACCEPTED],
            on_time=counts["on_time"],
            terminated=counts[State.TERMINATED],
            disputed=counts["disputed"],
            scores=tuple(scores[solver]),
        )
        for solver, counts in counted.items()
    }
