"""Texts made into sparse weights, term by term.

Score = Σ over terms of query weight × document weight. A weight is sub-linear tf × idf, of
length one within its field and channel, times the share of the field and of the channel. So the
score lies between 0 and 1, and every part of it belongs to one term.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from matching import lexicon, text

ENGINE = "tfidf-words-chars-1"
FIELDS = ("title", "keywords", "indicators", "body")
QUERY_SHARE = {"title": 0.45, "keywords": 0.2, "indicators": 0.05, "body": 0.3}
DOCUMENT_SHARE = {"title": 0.45, "keywords": 0.2, "indicators": 0.05, "body": 0.3}
CHANNEL_SHARE = {text.WORD: 0.45, text.CHARS: 0.55}


@dataclass(frozen=True)
class Document:
    """What is indexed, or asked: a key and its texts by field; a missing field is empty."""

    key: str
    fields: Mapping[str, str] = field(default_factory=dict)


Counts = dict[str, Counter[str]]  # field → term → how often


def count(document: Document) -> Counts:
    """Return the terms of each field that has any."""
    counted = {}
    for name in FIELDS:
        if found := text.terms(document.fields.get(name, "")):
            counted[name] = Counter(found)
    return counted


Matrix: TypeAlias = Any  # a scipy.sparse.csr_matrix; scipy has no types


class Vectors:
    """The weights of many documents. Begin `empty`; newer ones come by `changed`.

    Holds, for each field, the counts of terms: documents (by key) × vocabulary.
    """

    def __init__(self, keys: list[str], vocabulary: list[str], counts: dict[str, Matrix]) -> None:
        self.keys, self.terms, self.counts = keys, vocabulary, counts
        self._row = {key: row for row, key in enumerate(keys)}

    @classmethod
    def empty(cls) -> Self:
        """Return the weights of nothing."""
        return cls([], [], {name: sparse.csr_matrix((0, 0), dtype=np.int32) for name in FIELDS})

    def changed(self, upserts: Iterable[Document], removals: Iterable[str] = ()) -> Self:
        """Return newer ones; documents that did not change are not cut again."""
        vocabulary = dict(self.vocabulary)
        added: dict[str, dict[str, Counter[int]]] = {}
        for document in upserts:
            added[document.key] = {
                name: Counter({vocabulary.setdefault(t, len(vocabulary)): n for t, n in c.items()})
                for name, c in count(document).items()
            }
        gone = set(removals) - added.keys()
        kept = [key for key in self.keys if key not in gone and key not in added]
        keys = sorted([*kept, *added])
        place = {key: row for row, key in enumerate([*kept, *added])}
        order = [place[key] for key in keys]
        rows = [self._row[key] for key in kept]
        counts = {}
        for name in FIELDS:
            old = self.counts[name][rows]
            old.resize(len(rows), len(vocabulary))
            new = _stack([added[key].get(name, Counter()) for key in added], len(vocabulary))
            counts[name] = sparse.vstack([old, new], format="csr", dtype=np.int32)[order]
        return type(self)(keys, list(vocabulary), counts)._without_unused_terms()

    def _without_unused_terms(self) -> Self:
        if not self.keys:
            return self.empty()
        used = np.flatnonzero(self._document_frequency())
        if len(used) == len(self.terms):
            return self
        terms = [self.terms[column] for column in used]
        return type(self)(self.keys, terms, {n: m[:, used] for n, m in self.counts.items()})

    @property
    def fingerprint(self) -> str:
        """Return what made it: the engine and the word lists."""
        return f"{ENGINE}-{lexicon.fingerprint()}"

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Return the column of each term."""
        return {term: column for column, term in enumerate(self.terms)}

    def _document_frequency(self) -> np.ndarray[Any, Any]:
        anywhere: Matrix = sum(m.astype(bool).astype(np.int32) for m in self.counts.values())
        return np.asarray(anywhere.astype(bool).sum(axis=0)).ravel()

    @cached_property
    def idf(self) -> np.ndarray[Any, Any]:
        """Return the rarity of each term, smoothed: ln((1 + n) / (1 + df)) + 1."""
        return np.log((1 + len(self.keys)) / (1 + self._document_frequency())) + 1

    @cached_property
    def weights(self) -> dict[str, Matrix]:
        """Return the weights of each field: documents × terms."""
        transformer = TfidfTransformer(norm=None, sublinear_tf=True)
        transformer.idf_ = self.idf
        present = sum(
            DOCUMENT_SHARE[name] * (np.diff(matrix.indptr) > 0)
            for name, matrix in self.counts.items()
        )
        spread = np.divide(1.0, present, out=np.zeros(len(self.keys)), where=present > 0)
        channels = {
            channel: sparse.diags_array([float(term[:2] == channel) for term in self.terms])
            for channel in CHANNEL_SHARE
        }
        weighed = {}
        for name, matrix in self.counts.items():
            raw = transformer.transform(matrix.astype(np.float64))
            parts = (
                math.sqrt(CHANNEL_SHARE[channel]) * normalize(raw @ mask)
                for channel, mask in channels.items()
            )
            share = sparse.diags_array(DOCUMENT_SHARE[name] * spread)
            weighed[name] = sparse.csr_matrix(share @ sum(parts))
        return weighed

    @cached_property
    def matrix(self) -> sparse.csc_matrix:
        """Return all fields' weights by term, so that a query touches its own terms only."""
        return sparse.csc_matrix(sum(self.weights.values()))

    def query_weights(self, query: Document) -> dict[str, dict[str, float]]:
        """Return a query's weights by field, made as a document's are; it may know more terms."""
        counts = count(query)
        present = sum(QUERY_SHARE[name] for name in counts)
        unknown = math.log(1 + len(self.keys)) + 1
        weighed: dict[str, dict[str, float]] = {}
        for name, terms in counts.items():
            squares = dict.fromkeys(CHANNEL_SHARE, 0.0)
            raw = {}
            for term, times in terms.items():
                column = self.vocabulary.get(term)
                rarity = unknown if column is None else float(self.idf[column])
                raw[term] = (1 + math.log(times)) * rarity
                squares[term[:2]] += raw[term] ** 2
            scale = {
                channel: QUERY_SHARE[name] / present * math.sqrt(CHANNEL_SHARE[channel] / square)
                for channel, square in squares.items()
                if square
            }
            weighed[name] = {term: value * scale[term[:2]] for term, value in raw.items()}
        return weighed

    def row(self, key: str) -> int:
        """Return the row of a document."""
        return self._row[key]

    def row_weights(self, row: int) -> dict[str, dict[str, float]]:
        """Return one document's weights by field and term."""
        weighed = {}
        for name, matrix in self.weights.items():
            start, end = matrix.indptr[row], matrix.indptr[row + 1]
            pairs = zip(matrix.indices[start:end], matrix.data[start:end], strict=True)
            weighed[name] = {self.terms[column]: float(value) for column, value in pairs}
        return weighed

    def scores(self, weights: Mapping[str, Mapping[str, float]]) -> np.ndarray[Any, Any]:
        """Return the score of every document for these query weights."""
        joined: Counter[int] = Counter()
        for terms in weights.values():
            for term, value in terms.items():
                if (column := self.vocabulary.get(term)) is not None:
                    joined[column] += value  # type: ignore[assignment]
        columns = sorted(joined)
        if not columns:
            return np.zeros(len(self.keys))
        picked = self.matrix[:, columns]
        return np.asarray(picked @ np.array([joined[c] for c in columns])).ravel()

    def best(self, scores: np.ndarray[Any, Any], k: int, only: Collection[str] | None) -> list[int]:
        """Return the rows of the k best, best first, ties by key."""
        if only is None:
            rows = np.flatnonzero(scores > 0)
        else:
            allowed = (self._row[key] for key in only if key in self._row)
            rows = np.array([row for row in allowed if scores[row] > 0], dtype=int)
        if len(rows) > 4 * k > 0:
            threshold = np.partition(scores[rows], -k)[-k]
            rows = rows[scores[rows] >= threshold]
        return sorted(rows.tolist(), key=lambda row: (-scores[row], self.keys[row]))[:k]


def _stack(rows: Sequence[Counter[int]], width: int) -> Matrix:
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter((c for row in rows for c in sorted(row)), dtype=np.int32)
    values = np.fromiter((row[c] for row in rows for c in sorted(row)), dtype=np.int32)
    return sparse.csr_matrix((values, columns, indptr), shape=(len(rows), width))
