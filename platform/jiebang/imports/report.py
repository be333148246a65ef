"""What became of the rows of a file, for people and for the job's page."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 200  # faults kept with a job; the first are enough to mend a file
NAMED = 8  # rows named in one note


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one cell: the row as a person counts, the column's name, a sentence."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.column}”{self.sentence}"


@dataclass
class Report:
    """Counts, faults (rows that were not taken in) and notes (what was done to cells)."""

    label: str
    total: int
    unknown: tuple[str, ...] = ()
    new: int = 0
    known: int = 0
    faults: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Return how many rows were not taken in."""
        return len({fault.row for fault in self.faults})

    def summary(self) -> str:
        """Return the counts in one sentence."""
        return (
            f"{self.label}共 {self.total} 行：新增 {self.new}，已有 {self.known}，有误 {self.bad}"
        )

    def lines(self) -> Iterator[str]:
        """Return everything there is to tell, the summary last."""
        yield from map(str, self.faults)
        grouped: dict[tuple[str, str], list[int]] = {}
        for note in self.notes:
            grouped.setdefault((note.column, note.sentence), []).append(note.row)
        for (column, sentence), rows in grouped.items():
            some = "、".join(map(str, rows[:NAMED])) + (" 等" if len(rows) > NAMED else " ")
            yield f"提示：“{column}”{sentence}（{len(rows)} 行：第 {some}行）"
        if self.unknown:
            yield f"提示：这些栏目没有对应内容，未导入：{'、'.join(self.unknown)}"
        yield self.summary()

    def as_result(self) -> dict[str, Any]:
        """Return the report as a job keeps it."""
        return {
            "summary": self.summary(),
            "total": self.total,
            "new": self.new,
            "known": self.known,
            "bad": self.bad,
            "faults": [asdict(fault) for fault in self.faults[:KEPT]],
            "lines": list(self.lines())[-KEPT:],
        }
