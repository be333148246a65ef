"""Segments weighed together: how rare each term is, how long each text, what each posting weighs.

Whatever is added or removed, everything is weighed anew from the counts, so that an index that
grew answers as one built at once.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.preprocessing import normalize

from matching import kernels, text, topk
from matching.rarity import Array, Background, everyday, look_up
from matching.segments import Fields, Segment
from matching.weights import (
    AGAIN,
    FIELDS,
    PARTS,
    POWER,
    TIMES,
    Document,
    asked_scale,
    by_part,
    damped,
    offered_scale,
    saturated,
)

Place = tuple[int, int]  # segment and row
Weights = Mapping[str, Mapping[str, float]]  # field → term → weight
_ASKED, _OFFERED = (np.ones(PARTS), damped()), (by_part(POWER), saturated())  # powers, counts


@dataclass(frozen=True, eq=False)
class Weighed:
    """What weighing made: by segment, how rare its terms are, and what its postings weigh."""

    rarity: Sequence[Array]  # float64
    postings: Sequence[Array]  # float32
    peaks: Sequence[Array]  # float32: by term, the most that it gives a document
    means: Array  # (PARTS,): the mean length of the texts that have the part


@dataclass(frozen=True, eq=False)
class Asked:
    """A query in weights: by field and term, and by key in order; and how rare each term is."""

    weights: Weights
    rarity: Mapping[str, float]
    keys: Array
    values: Array


class Vectors:
    """The weights of many documents, some of which may be gone (not `live`)."""

    def __init__(
        self,
        segments: Sequence[Segment],
        live: Sequence[Array],
        background: Background,
        weighed: Weighed | None = None,
    ) -> None:
        self.segments, self.live, self.background = segments, live, background
        for each in live:
            each.flags.writeable = False
        self.size = sum(int(each.sum()) for each in live)
        self._weighed = weighed

    @cached_property
    def places(self) -> dict[str, Place]:
        """Return where each living document stands, by its key."""
        return {
            segment.keys[row]: (number, row)
            for number, (segment, live) in enumerate(zip(self.segments, self.live, strict=True))
            for row in np.flatnonzero(live).tolist()
        }

    @cached_property
    def weighed(self) -> Weighed:
        """Return the rarities and weights; whoever has kept them may hand them in."""
        if self._weighed is not None:
            return self._weighed
        rarity = self._rarities()
        lengths = [
            kernels.norms(
                each.ends, each.documents, each.codes, each.channels, rare, *_OFFERED, len(each)
            ).T
            for each, rare in zip(self.segments, rarity, strict=True)
        ]
        alive = [length[live] for length, live in zip(lengths, self.live, strict=True)]
        together = np.concatenate([np.zeros((0, PARTS)), *alive])
        has = (together > 0).sum(axis=0)
        means = np.divide(together.sum(axis=0), has, out=np.zeros(PARTS), where=has > 0)
        postings = [
            kernels.impacts(
                each.ends, each.documents, each.codes, each.channels, rare, *_OFFERED,
                np.ascontiguousarray(offered_scale(length, means).T, np.float32),
            )
            for each, rare, length in zip(self.segments, rarity, lengths, strict=True)
        ]  # fmt: skip
        for weights in postings:
            weights.flags.writeable = False
        peaks = [
            topk.peaks(each.ends, each.documents, weights)
            for each, weights in zip(self.segments, postings, strict=True)
        ]
        for most in peaks:
            most.flags.writeable = False
        return Weighed(rarity, postings, peaks, means)

    def _rarities(self) -> list[Array]:
        counted = [
            kernels.frequencies(each.ends, each.documents, live)
            for each, live in zip(self.segments, self.live, strict=True)
        ]
        found = []
        for own, segment in zip(counted, self.segments, strict=True):
            total = own + sum(
                look_up(other.terms, theirs, segment.terms)
                for theirs, other in zip(counted, self.segments, strict=True)
                if other is not segment
            )
            said = segment.everyday.astype(np.float64)
            found.append(self.background.rarity(segment.terms, total, said, self.size))
        return found

    def asked(self, query: Document) -> Asked:
        """Return a query's weights; it may hold terms that no document has."""
        said = _counted(query.fields)
        counted = _title_again(said)
        rarity = self._rarity({term for part in counted for term in part})
        scale = asked_scale(_norms(counted, rarity, _ASKED))
        weights = _as_said(_weights(counted, rarity, _ASKED, scale), said)
        total: dict[int, float] = defaultdict(float)
        for row in weights.values():
            for term, weight in row.items():
                total[text.key(term)] += weight
        keys = np.fromiter(sorted(total), np.uint64, len(total))
        values = np.array([total[key] for key in keys.tolist()], np.float32)
        return Asked(weights, rarity, keys, values)

    def offered(self, fields: Fields) -> Weights:
        """Return the weights of a document's texts, by field and term."""
        counted = _counted(fields)
        rarity = self._rarity({term for part in counted for term in part})
        norms = _norms(counted, rarity, _OFFERED)[None]
        return _weights(counted, rarity, _OFFERED, offered_scale(norms, self.weighed.means)[0])

    def alike(self, keys: Sequence[str]) -> Array:
        """Return how alike documents are, each with each: cosines, 0 to 1."""
        rows = []
        for number, row in map(self.places.__getitem__, keys):
            total: dict[str, float] = defaultdict(float)
            for part in self.offered(self.segments[number].fields(row)).values():
                for term, weight in part.items():
                    total[term] += weight
            rows.append(total)
        matrix = normalize(DictVectorizer().fit_transform(rows))
        found: Array = (matrix @ matrix.T).toarray()
        return found

    def _rarity(self, terms: Collection[str]) -> dict[str, float]:
        """Return how rare each term is; those in no document as rare as can be."""
        named = sorted(terms)
        keys = np.array([text.key(term) for term in named], np.uint64)
        found = np.zeros(len(named))
        for segment, rare in zip(self.segments, self.weighed.rarity, strict=True):
            found = np.maximum(found, look_up(segment.terms, rare, keys))
        unknown = np.flatnonzero(found == 0)
        said = np.array([everyday(named[at]) for at in unknown.tolist()])
        none = np.zeros(len(unknown))
        found[unknown] = self.background.rarity(keys[unknown], none, said, self.size)
        return dict(zip(named, found.tolist(), strict=True))

    def scores(self, asked: Asked) -> list[Array]:
        """Return by segment the score of every document; nought for those that are gone."""
        return [
            kernels.scores(
                segment.ends, segment.documents, weights, *_held(segment, asked), len(segment)
            )
            for segment, weights in zip(self.segments, self.weighed.postings, strict=True)
        ]

    def best(
        self, asked: Asked, k: int, allowed: Sequence[Array] | None = None
    ) -> list[tuple[Place, float]]:
        """Return the places and scores of the k best, best first, ties by key.

        Only `allowed` rows by segment are looked at; by default all living documents.
        """
        if k < 1:
            return []
        found = []
        for number, (segment, weights, most, may) in enumerate(
            zip(
                self.segments, self.weighed.postings, self.weighed.peaks, allowed or self.live,
                strict=True,
            )
        ):  # fmt: skip
            may.flags.writeable = False
            rows, scores = topk.top(
                segment.ends, segment.documents, weights, most, *_held(segment, asked), may, k
            )
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
                found.append((-score, segment.keys[row], (number, row)))
        return [(place, -score) for score, _, place in sorted(found)[:k]]


def _held(segment: Segment, asked: Asked) -> tuple[Array, Array]:
    """Return the places of the asked terms that a segment has, and what they weigh."""
    there = np.searchsorted(segment.terms, asked.keys)
    there = np.minimum(there, max(len(segment.terms) - 1, 0))
    held = segment.terms[there] == asked.keys if len(segment.terms) else there < 0
    return there[held], asked.values[held]


def _counted(fields: Fields) -> list[dict[str, int]]:
    """Return for each part how often each term stands in it."""
    found: list[dict[str, int]] = [{} for _ in range(PARTS)]
    for place, name in enumerate(FIELDS):
        for term, times in Counter(text.terms(fields.get(name, ""))).items():
            channel = text.CHANNELS.index(term[:2])
            found[place * len(text.CHANNELS) + channel][term] = min(times, TIMES)
    return found


def _title_again(said: Sequence[Mapping[str, int]]) -> list[Mapping[str, int]]:
    """Return the counts of a query whose body, where it has one, says the title again."""
    found = list(said)
    for title, body in zip(_parts("title"), _parts("body"), strict=True):
        if said[body]:
            again = {term: AGAIN * times for term, times in said[title].items()}
            both = Counter(said[body]) + Counter(again)
            found[body] = {term: min(times, TIMES) for term, times in both.items()}
    return found


def _as_said(weights: Weights, said: Sequence[Mapping[str, int]]) -> Weights:
    """Return the same weights, with the title's what the body has only by saying it again."""
    own, others = dict(weights["title"]), dict(weights["body"])
    for title, body in zip(_parts("title"), _parts("body"), strict=True):
        for term, times in said[title].items() if said[body] else ():
            again = AGAIN * times
            share = again / (again + said[body].get(term, 0))
            own[term] += share * others[term]
            others[term] *= 1 - share
    return {**weights, "title": own, "body": {term: w for term, w in others.items() if w}}


def _parts(field: str) -> range:
    start = FIELDS.index(field) * len(text.CHANNELS)
    return range(start, start + len(text.CHANNELS))


def _norms(
    counted: Sequence[Mapping[str, int]], rarity: Mapping[str, float], by: tuple[Array, Array]
) -> Array:
    squares = [
        sum((counts[n] * rarity[t] ** power) ** 2 for t, n in part.items())
        for part, power, counts in zip(counted, *by, strict=True)
    ]
    found: Array = np.sqrt(np.array(squares, np.float64))
    return found


def _weights(
    counted: Sequence[Mapping[str, int]], rarity: Mapping[str, float], by: tuple[Array, Array],
    scale: Array,
) -> Weights:  # fmt: skip
    powers, counts = by
    return {
        name: {
            term: float(counts[part, times] * rarity[term] ** powers[part] * scale[part])
            for part in _parts(name)
            for term, times in counted[part].items()
        }
        for name in FIELDS
    }
