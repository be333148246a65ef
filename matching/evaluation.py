"""How well rankings agree with people's judgement: nDCG, MRR and recall over judged pairs.

A collection is a folder with `queries.jsonl` and `docs.jsonl` (id, title, text) and `qrels.tsv`
(query, document, grade). Gain is 2^grade − 1, as usual for graded judgements.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matching.index import Index
from matching.vectors import Document

Ranking = Callable[[Document, int], Sequence[str]]
Judged = Mapping[str, Mapping[str, int]]  # query → document → grade


@dataclass(frozen=True)
class Figures:
    """Means over the queries that have something relevant; all between 0 and 1."""

    queries: int
    ndcg: float
    mrr: float
    recall: float


def read(folder: Path) -> tuple[list[Document], list[Document], Judged]:
    """Return the queries, the documents and the judgements of a collection."""
    queries, documents = (
        [
            Document(row["id"], {"title": row["title"], "body": row.get("text", "")})
            for row in map(json.loads, (folder / name).read_text("utf-8").splitlines())
        ]
        for name in ("queries.jsonl", "docs.jsonl")
    )
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, document, grade = line.split("\t")
        judged[query][document] = int(grade)
    return queries, documents, judged


def evaluate(
    queries: Sequence[Document], judged: Judged, rank: Ranking, *, relevant: int = 1, k: int = 10
) -> Figures:
    """Return the figures of a ranking; a document counts as relevant from that grade on."""
    ndcg, mrr, recall = [], [], []
    for query in queries:
        grades = judged.get(query.key, {})
        wanted = {key for key, grade in grades.items() if grade >= relevant}
        if not wanted:
            continue
        found = list(rank(query, k))[:k]
        best = sorted(grades.values(), reverse=True)[:k]
        ndcg.append(_gain([grades.get(key, 0) for key in found]) / _gain(best))
        first = next((place for place, key in enumerate(found, 1) if key in wanted), None)
        mrr.append(1 / first if first else 0.0)
        recall.append(len(wanted & set(found)) / len(wanted))
    count = len(ndcg)
    means = (sum(values) / count if count else 0.0 for values in (ndcg, mrr, recall))
    return Figures(count, *means)


def ours(index: Index) -> Ranking:
    """Return our ranking, without the floor: the order is judged here, not the abstention."""
    vectors = index.vectors

    def rank(query: Document, k: int) -> Sequence[str]:
        scores = vectors.scores(vectors.query_weights(query))
        return [vectors.keys[row] for row in vectors.best(scores, k, None)]

    return rank


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))
