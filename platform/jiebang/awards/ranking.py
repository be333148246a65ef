"""How reviews become a ranking: one score a solution, ties named, disagreement flagged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from jiebang.awards.states import Method

CENT = Decimal("0.01")
TRIM_FROM = 3  # with fewer totals nothing would be left between the highest and the lowest


@dataclass(frozen=True, slots=True)
class Ranked:
    """A solution's place: `tied` if another has the same, `spread` from lowest to highest total."""

    key: int
    place: int
    tied: bool
    score: Decimal
    reviews: int
    spread: Decimal


def score(totals: Sequence[Decimal], method: str) -> Decimal:
    """Return the one score that the totals make, to the cent of a point."""
    kept = sorted(totals)
    if method == Method.MEDIAN:
        return Decimal(median(kept)).quantize(CENT, ROUND_HALF_UP)
    if method == Method.TRIMMED and len(kept) >= TRIM_FROM:
        kept = kept[1:-1]
    return (sum(kept, Decimal(0)) / len(kept)).quantize(CENT, ROUND_HALF_UP)


def rank(totals: Mapping[int, Sequence[Decimal]], method: str) -> list[Ranked]:
    """Return the scored solutions, best first; equal scores share a place, the next is skipped."""
    scores = {key: score(found, method) for key, found in totals.items() if found}
    ranked = [
        Ranked(
            key=key,
            place=1 + sum(other > mine for other in scores.values()),
            tied=list(scores.values()).count(mine) > 1,
            score=mine,
            reviews=len(totals[key]),
            spread=max(totals[key]) - min(totals[key]),
        )
        for key, mine in scores.items()
    ]
    return sorted(ranked, key=lambda row: (row.place, row.key))
