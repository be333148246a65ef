"""What a paper is made of; Word and PDF are written from the same description."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the largest below the paper's title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its first line set in by two characters unless it is aligned otherwise.

    One that is `together` stands on the page of what follows it.
    """

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    indent: bool = True
    together: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with borders; `shares` are the widths of the columns in parts of the whole."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    right: frozenset[int] = frozenset()  # the columns that stand at the right, as money does


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places for the parties to sign, seal and date."""

    sides: Sequence[str]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | Signatures | PageBreak


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper: title, what stands under it, its parts, and what every page's foot says."""

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    foot: str = ""
    landscape: bool = field(default=False, kw_only=True)

    def with_foot(self, foot: str) -> "Paper":
        """Return the paper with another foot."""
        return replace(self, foot=foot)


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Return a table of names and values without a head."""
    return Table((), rows, shares=(0.28, 0.72))
