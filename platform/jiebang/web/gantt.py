"""A contract's milestones as bars over time: planned, worked, late, with today's line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from jiebang.common import clock
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import MilestoneAction, MilestoneState, State
from jiebang.web.contract_parts import state_label

TICKS = 5  # so many dates fit under each other's noses on a phone
HANDED_IN = (MilestoneState.CONFIRMED, MilestoneState.REPORTED)
NEAR = 13  # percent: a date nearer to today would stand under its label
EDGE = 94  # percent: a date further right would stand over the edge
STEPS = (1, 2, 3, 4, 6, 12)  # months between two ticks


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the axis, in shares of its width."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One milestone: when it was planned, how far it came, and what of that was too late."""

    milestone: Milestone
    starts: date
    state: str  # done | current | late | todo
    planned: Span | None
    longer: Span | None  # the term set for rectifying
    worked: Span | None
    over: Span | None
    finished: date | None
    finished_at: str
    days_late: int
    words: str  # how it stands


@dataclass(frozen=True, slots=True)
class Gantt:
    """The chart: an axis of months, today's place on it, and a bar a milestone."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[str, str]]  # place, words
    today: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The days from the first to the last, as shares."""

    first: date
    last: date

    def place(self, day: date) -> str:
        """Return where a day lies."""
        return f"{self._share(day):.2f}%"

    def span(self, start: date, end: date | None) -> Span | None:
        """Return the stretch between two days; None where there is none."""
        if end is None or end <= start:
            return None
        return Span(self.place(start), f"{self._share(end) - self._share(start):.2f}%")

    def ticks(self, clear_of: date) -> Iterator[tuple[str, str]]:
        """Return firsts of months, so many that they can be read, and none under this day."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        step = next((step for step in STEPS if months / step <= TICKS), STEPS[-1])
        day = self.first.replace(day=1) + relativedelta(months=step)
        while self._share(day) < EDGE:
            if abs(self._share(day) - self._share(clear_of)) > NEAR:
                yield self.place(day), f"{day.year}年{day.month}月"
            day += relativedelta(months=step)

    def _share(self, day: date) -> float:
        return (day - self.first).days * 100 / max((self.last - self.first).days, 1)


def chart(contract: Contract, milestones: Iterable[Milestone]) -> Gantt | None:
    """Return the chart of a contract with its dates and milestones set; None before that."""
    stones, starts, ends = list(milestones), contract.starts_on, contract.ends_on
    if not stones or starts is None or ends is None:
        return None
    running, today = contract.state == State.RUNNING, clock.today()
    until = [_until(stone, running=running) for stone in stones]
    days = [ends, *(stone.deadline for stone in stones), *filter(None, until)]
    axis = Axis(min([starts, *filter(None, until)]), max(days))
    bars, begins, behind = [], starts, False
    for stone, end in zip(stones, until, strict=True):
        waits = running and begins > today and stone.state == MilestoneState.PENDING
        words = "未开始" if waits else state_label(contract, stone)
        made = _bar(axis, stone, begins, end, running=running, behind=behind, words=words)
        bars.append(made)
        begins, behind = stone.due_on, behind or stone.state != MilestoneState.CONFIRMED
    here = axis.place(today) if axis.first <= today <= axis.last else ""
    return Gantt(bars, list(axis.ticks(clear_of=today)), here)


def _bar(
    axis: Axis,
    stone: Milestone,
    begins: date,
    end: date | None,
    *,
    running: bool,
    behind: bool,
    words: str,
) -> Bar:
    finished = _handed_in(stone) if stone.state in HANDED_IN else None
    limit = stone.deadline
    return Bar(
        milestone=stone,
        starts=begins,
        state=_state(stone, running=running, behind=behind),
        planned=axis.span(begins, stone.due_on),
        longer=axis.span(stone.due_on, limit),
        worked=axis.span(begins, min(end, limit) if end else None),
        over=axis.span(max(limit, begins), end),
        finished=finished,
        finished_at=axis.place(finished) if finished else "",
        days_late=max((finished - stone.due_on).days, 0) if finished else 0,
        words=words,
    )


def _until(stone: Milestone, *, running: bool) -> date | None:
    """Return until when it was worked on: handed in, or today while it is open."""
    if stone.state in HANDED_IN:
        return _handed_in(stone)
    return clock.today() if running else None


def _handed_in(stone: Milestone) -> date | None:
    """Return the day of the report that was confirmed, or of the newest."""
    reports = list(stone.reports.all())
    confirmed = [row for row in reports if row.decision == MilestoneAction.CONFIRM]
    last = max(confirmed or reports, key=lambda row: row.pk, default=None)
    return clock.local(last.reported_at).date() if last else None


def _state(stone: Milestone, *, running: bool, behind: bool) -> str:
    if stone.state == MilestoneState.CONFIRMED:
        return "done"
    if running and stone.is_late():
        return "late"
    return "current" if running and not behind else "todo"
