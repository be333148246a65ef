"""How well rankings agree with people's judgement: ours beside what people would reach for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold, KFold

from matching import baselines, judged
from matching.grading import GRADES, Scale, informed
from matching.index import Index
from matching.judged import Collection
from matching.metrics import Figure, of_query, summary
from matching.rarity import Array
from matching.weights import Document

FOLDS = 5


@dataclass(frozen=True)
class Report:
    """The figures of one ranking over one collection; `queries` have something relevant."""

    queries: int
    left_out: int
    figures: dict[str, Figure]


def evaluate(folder: Path) -> dict[str, Report]:
    """Return the reports of ours, tfidf and bm25; raises BadCollection with file and line."""
    collection = judged.read(folder)
    index = Index.build(collection.documents, collection.queries)
    scorers: dict[str, Callable[[Document], Array]] = {
        "ours": ours(index, [document.key for document in collection.documents]),
        "tfidf": baselines.tfidf(collection.documents),
        "bm25": baselines.bm25(collection.documents),
    }
    reports = {name: report(collection, scorer) for name, scorer in scorers.items()}
    if collection.graded:
        score = grade_score(collection, index)
        reports["ours"].figures["grade"] = Figure(score, score, score)
    return reports


def report(collection: Collection, scorer: Callable[[Document], Array]) -> Report:
    """Return the figures of a ranking."""
    rows = [of_query(collection, query.key, scorer(query)) for query in collection.queries]
    counted = [row for row in rows if row is not None]
    return Report(len(counted), len(rows) - len(counted), summary(counted))


def ours(index: Index, keys: Sequence[str]) -> Callable[[Document], Array]:
    """Return our scores in the order of the keys; no floor, for the order is judged here."""
    vectors = index.vectors
    offsets = np.cumsum([0, *map(len, vectors.segments)])
    places = [vectors.places[key] for key in keys]
    rows = np.array([offsets[number] + row for number, row in places], np.int64)

    def score(query: Document) -> Array:
        if not len(rows):
            return np.zeros(0)
        found: Array = np.concatenate(vectors.scores(vectors.asked(query)))[rows]
        return found

    return score


def grade_score(collection: Collection, index: Index) -> float:
    """Return 1 / (1 + mean absolute error) of the grades we expect, of queries not learned from.

    The scale is learned from other queries; within a query, what was graded for it in four of
    five parts informs the fifth, as similar documents do that people have judged before.
    """
    vectors = index.vectors
    pairs, scores, places = [], [], {}
    for query in collection.queries:
        grades = collection.judged.get(query.key, {})
        found = vectors.scores(vectors.asked(query)) if grades else []
        for document, grade in grades.items():
            number, row = places[document] = vectors.places[document]
            pairs.append((query.key, document, min(max(grade, GRADES[0]), GRADES[-1])))
            scores.append(float(found[number][row]))
    said = np.array([grade for *_, grade in pairs])
    groups = np.unique([query for query, *_ in pairs], return_inverse=True)[1]
    expected = np.zeros(len(pairs))
    folds = min(FOLDS, len(np.unique(groups)))
    if folds < 2:  # nothing to learn from but itself
        return 0.0
    for learned, asked in GroupKFold(folds).split(scores, said, groups):
        scale = Scale.fit([scores[at] for at in learned], said[learned].tolist())
        expected[asked] = [scale.expected(scores[at]) for at in asked]
    told = expected.copy()
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        if len(rows) < FOLDS:
            continue
        alike = vectors.alike([pairs[row][1] for row in rows])
        for learned, asked in KFold(FOLDS, shuffle=True, random_state=0).split(rows):
            surprise = said[rows[learned]] - expected[rows[learned]]
            for at in asked:
                near = zip(alike[at, learned].tolist(), surprise.tolist(), strict=True)
                told[rows[at]] = informed(float(expected[rows[at]]), near)
    return float(1 / (1 + np.abs(np.rint(told) - said).mean()))
