"""How well scores agree with people's judgement, query by query."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau
from sklearn.metrics import roc_auc_score

from matching.judged import CLOSE, Collection
from matching.rarity import Array

RESAMPLES, CONFIDENCE = 1000, 0.95
GRADED_ONLY = ("auc", "tau")
NAMES = ("ndcg@10", "recall@10", "recall@100", "mrr@10", *GRADED_ONLY)


@dataclass(frozen=True)
class Figure:
    """A mean over queries, and where it lies with a confidence of 95 %."""

    mean: float
    low: float
    high: float


def of_query(collection: Collection, query: str, scores: Array) -> dict[str, float] | None:
    """Return the figures of one query; None where nothing is relevant. Ties go by document id.

    AUC and Kendall's tau are over the judged documents, in graded collections only; of a pool
    where all are relevant, or all graded alike, there are none.
    """
    grades = collection.judged.get(query, {})
    gains = {key: gain for key, grade in grades.items() if (gain := collection.gain(grade)) > 0}
    if not gains:
        return None
    keys = [document.key for document in collection.documents]
    found = [keys[row] for row in _best(keys, scores, 100)]
    ideal = sorted(gains.values(), reverse=True)[:10]
    first = next((place for place, key in enumerate(found[:10], 1) if key in gains), None)
    figures = {
        "ndcg@10": _discounted([gains.get(key, 0.0) for key in found[:10]]) / _discounted(ideal),
        "recall@10": len(gains.keys() & set(found[:10])) / len(gains),
        "recall@100": len(gains.keys() & set(found)) / len(gains),
        "mrr@10": 1 / first if first else 0.0,
    }
    if collection.graded:
        place = {key: row for row, key in enumerate(keys)}
        pool = [float(scores[place[key]]) for key in grades]
        figures |= _agreement(list(grades.values()), pool)
    return figures


def summary(rows: Sequence[Mapping[str, float]]) -> dict[str, Figure]:
    """Return the means of queries with their bootstrap intervals, drawn from a fixed seed."""
    drawn = np.random.default_rng(0)
    found = {}
    for name in NAMES:
        values = np.array([row[name] for row in rows if name in row])
        if len(values):
            means = values[drawn.integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1)
            low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
            found[name] = Figure(float(values.mean()), float(low), float(high))
    return found


def _best(keys: Sequence[str], scores: Array, k: int) -> list[int]:
    if len(scores) > k:
        bar = np.partition(scores, -k)[-k]
        rows = np.flatnonzero(scores >= bar).tolist()
    else:
        rows = list(range(len(scores)))
    return sorted(rows, key=lambda row: (-scores[row], keys[row]))[:k]


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def _agreement(grades: Sequence[int], scores: Sequence[float]) -> dict[str, float]:
    found = {}
    close = [grade >= CLOSE for grade in grades]
    if any(close) and not all(close):
        found["auc"] = float(roc_auc_score(close, scores))
    tau = kendalltau(grades, scores).statistic if len(set(grades)) > 1 else math.nan
    if not math.isnan(tau):
        found["tau"] = float(tau)
    elif len(set(grades)) > 1:
        found["tau"] = 0.0  # all scores alike: no order at all
    return found
