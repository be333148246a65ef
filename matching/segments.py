"""Segments: documents cut once, as plain arrays that never change and that processes share.

A segment keeps raw counts, not weights: how rare a term is changes with every document that is
added anywhere, what a document says does not.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from matching import text
from matching.rarity import Array, everyday
from matching.weights import FIELDS, TIMES, Document

Fields = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Segment:
    """The postings and texts of some documents; `place` is the folder they were read from."""

    keys: Sequence[str]  # of the documents
    terms: Array  # uint64, in order
    everyday: Array  # float32: how ordinary each term is
    ends: Array  # int64: where each term's postings end
    documents: Array  # int32
    codes: Array  # uint8: field × 64 + count
    texts: Array  # uint8: a JSON object a document
    offsets: Array  # int64: where each text ends
    place: Path | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays, as those on disk are: the kernels are compiled for that kind only."""
        for each in (self.ends, self.documents, self.codes, self.terms):
            each.flags.writeable = False

    @classmethod
    def of(cls, given: Iterable[Document]) -> Self:
        """Return the segment of these documents."""
        keys: list[str] = []
        terms, rows, codes = array("Q"), array("i"), array("B")
        said: dict[int, str] = {}
        blob, offsets = bytearray(), array("q")
        for row, document in enumerate(given):
            keys.append(document.key)
            fields = {name: document.fields[name] for name in FIELDS if name in document.fields}
            blob += json.dumps(fields, ensure_ascii=False).encode()
            offsets.append(len(blob))
            for place, name in enumerate(FIELDS):
                counted = Counter(text.terms(fields.get(name, "")))
                numbers = list(map(text.key, counted))
                said.update(zip(numbers, counted, strict=True))
                terms.extend(numbers)
                rows.extend([row] * len(numbers))
                codes.extend([place << 6 | min(times, TIMES) for times in counted.values()])
        distinct, ends, order = _by_term(np.array(terms, np.uint64))
        return cls(
            keys,
            distinct,
            np.array([everyday(said[key]) for key in distinct.tolist()], np.float32),
            ends,
            np.array(rows, np.int32)[order],
            np.array(codes, np.uint8)[order],
            np.frombuffer(bytes(blob), np.uint8),
            np.array(offsets, np.int64),
        )

    @classmethod
    def merged(cls, parts: Sequence[tuple[Self, Array]]) -> Self:
        """Return one segment of the living documents of several."""
        keys: list[str] = []
        terms, documents, codes, texts, lengths = [], [], [], [], []
        for part, live in parts:
            number = np.cumsum(live, dtype=np.int32) - np.int32(1) + np.int32(len(keys))
            kept = live[part.documents]
            terms.append(np.repeat(part.terms, np.diff(part.ends, prepend=0))[kept])
            documents.append(number[part.documents[kept]])
            codes.append(part.codes[kept])
            length = np.diff(part.offsets, prepend=0)
            texts.append(part.texts[np.repeat(live, length)])
            lengths.append(length[live])
            keys += [part.keys[row] for row in np.flatnonzero(live).tolist()]
        distinct, ends, order = _by_term(np.concatenate(terms))
        ordinary = np.zeros(len(distinct), np.float32)
        for part, _ in parts:
            places = np.minimum(np.searchsorted(distinct, part.terms), max(len(distinct) - 1, 0))
            held = distinct[places] == part.terms if len(distinct) else np.zeros(0, bool)
            ordinary[places[held]] = part.everyday[: len(held)][held]
        return cls(
            keys,
            distinct,
            ordinary,
            ends,
            np.concatenate(documents)[order],
            np.concatenate(codes)[order],
            np.concatenate(texts),
            np.cumsum(np.concatenate(lengths), dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def channels(self) -> Array:
        """Return the channel of each term."""
        return (self.terms >> np.uint64(62)).astype(np.uint8)

    def fields(self, row: int) -> Fields:
        """Return the texts of a document."""
        start = self.offsets[row - 1] if row else 0
        found: Fields = json.loads(self.texts[start : self.offsets[row]].tobytes())
        return found


def _by_term(terms: Array) -> tuple[Array, Array, Array]:
    """Return the terms once each in order, where their postings end, and the postings' order."""
    order = np.argsort(terms, kind="stable")
    in_order = terms[order]
    last = np.flatnonzero(np.diff(in_order, append=~in_order[-1:]))
    return in_order[last], (last + 1).astype(np.int64), order
