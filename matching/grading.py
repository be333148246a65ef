"""What a score means: how often people called such a pair close, and what they may call this one.

Grades are 1 (not related) to 4 (strongly), as transfer staff give them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.linear_model import LogisticRegression

from matching.rarity import Array

GRADES = (1, 2, 3, 4)
CLOSE = 3  # from this grade on somebody should look
NEAR = 0.01  # added to a score before its logarithm, which else would fall without end
CAUTION = 0.3  # a similarity of this much moves an expected grade by half of the surprise


@dataclass(frozen=True)
class Scale:
    """Curves of chances: for each grade from 2 on, slope and offset over the score's logarithm."""

    curves: tuple[tuple[float, float], ...]

    @classmethod
    def fit(cls, scores: Sequence[float], grades: Sequence[int]) -> Self:
        """Return the scale of pairs that people graded, by logistic regression.

        A grade that nobody gave, or everybody passed, gets no chance of its own: a flat curve.
        """
        said = np.asarray(grades)
        curves = []
        for grade in GRADES[1:]:
            passed = said >= grade
            if passed.all() or not passed.any():
                share = (passed.sum() + 0.5) / (len(said) + 1)
                curves.append((0.0, float(np.log(share / (1 - share)))))
                continue
            model = LogisticRegression(C=1e6).fit(_seen(scores)[:, None], passed)
            curves.append((max(float(model.coef_[0, 0]), 0.0), float(model.intercept_[0])))
        return cls(tuple(curves))

    def chance(self, score: float, grade: int = CLOSE) -> float:
        """Return the chance that people give a pair of this score at least this grade."""
        slope, offset = self.curves[grade - GRADES[1]]
        return float(1 / (1 + np.exp(-slope * _seen([score])[0] - offset)))

    def expected(self, score: float) -> float:
        """Return the grade to expect of a pair of this score, 1 to 4."""
        return 1 + sum(self.chance(score, grade) for grade in GRADES[1:])


def informed(expected: float, alike: Iterable[tuple[float, float]]) -> float:
    """Return what to expect once similar documents were graded for the same query.

    `alike` are pairs of similarity (0 to 1) and surprise (grade given − grade expected).
    """
    pairs = list(alike)
    weight = sum(similarity for similarity, _ in pairs)
    surprise = sum(similarity * surprise for similarity, surprise in pairs)
    return min(max(expected + surprise / (CAUTION + weight), GRADES[0]), GRADES[-1])


def _seen(scores: Sequence[float]) -> Array:
    return np.log(np.asarray(scores, float) + NEAR)


# Of 4,773 pairs of need and result that transfer staff graded (the needs' development half).
USUAL = Scale(((1.175, 3.863), (0.746, 0.0), (0.8, -1.139)))
