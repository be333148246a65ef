"""How scores are weighed and worded: the built-in way, or as a version that people applied says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from jiebang.recommendations.models import MatchSettings, SettingsChoice
from matching import FLOOR
from matching.grading import USUAL, Scale
from matching.index import GRADES
from matching.weights import ASKED

WEAK = "weak"


@dataclass(frozen=True)
class Values:
    """The floor, from where a match is called what, the fields' shares, the scale of chances.

    `number` is the version; 0 is the built-in one.
    """

    number: int
    pk: int | None
    floor: float
    fair: float
    strong: float
    shares: Mapping[str, float]
    curves: tuple[tuple[float, float], ...]

    def grade(self, score: float, lone: str = "") -> str:
        """Return what a match of this score is called; by a lone ordinary word it is weak."""
        if lone:
            return WEAK
        return "strong" if score >= self.strong else "fair" if score >= self.fair else WEAK

    def chance(self, score: float) -> float:
        """Return how often people called pairs of such a score close."""
        return Scale(self.curves).chance(score)

    def as_json(self) -> dict[str, Any]:
        """Return what a row keeps of it."""
        return {
            "floor": self.floor, "fair": self.fair, "strong": self.strong,
            "shares": dict(self.shares), "curves": [list(curve) for curve in self.curves],
        }  # fmt: skip

    @classmethod
    def of(cls, number: int, pk: int | None, kept: Mapping[str, Any]) -> Self:
        """Return what a row keeps."""
        curves: Sequence[Sequence[float]] = kept["curves"]
        return cls(
            number, pk, kept["floor"], kept["fair"], kept["strong"], dict(kept["shares"]),
            tuple((slope, offset) for slope, offset in curves),
        )  # fmt: skip


_least = {grade: least for least, grade in GRADES}
BUILT_IN = Values(0, None, FLOOR, _least["fair"], _least["strong"], dict(ASKED), USUAL.curves)


def current() -> Values:
    """Return what counts now; one query."""
    choice = SettingsChoice.objects.select_related("version").first()
    return of_version(choice.version if choice else None)


def of_version(version: MatchSettings | None) -> Values:
    """Return what a version says; None is the built-in one."""
    return Values.of(version.number, version.pk, version.values) if version else BUILT_IN
