"""The index: ask it with a text, and it answers with matches and reasons, or with none."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from matching import storage, text
from matching.explain import Reason, Weights, reasons
from matching.vectors import FIELDS, Document, Vectors

FLOOR = 0.15
GRADES = ((0.25, "strong"), (0.16, "fair"), (0.0, "weak"))
MISSING = 8  # words named at most


@dataclass(frozen=True)
class Match:
    """One document that fits, with reasons that add up to the score and what it never mentions."""

    key: str
    score: float
    grade: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """The matches, best first; when there are none, what came nearest.

    `missing` are the words of the query that no match mentions.
    """

    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    best_below_floor: Match | None


class Index:
    """Texts ready to be asked; never changed once made."""

    def __init__(self, vectors: Vectors, texts: Mapping[str, Mapping[str, str]]) -> None:
        self.vectors, self.texts = vectors, texts

    @classmethod
    def build(cls, documents: Iterable[Document]) -> Self:
        """Return an index of these documents; of two with one key the last one counts."""
        return cls(Vectors.empty(), {}).changed(documents)

    def changed(self, upserts: Iterable[Document], removals: Iterable[str] = ()) -> Self:
        """Return a newer index; documents that did not change are not cut again."""
        added = {document.key: document for document in upserts}
        gone = set(removals)
        texts = {key: value for key, value in self.texts.items() if key not in gone}
        for key, document in added.items():
            texts[key] = {name: document.fields[name] for name in FIELDS if name in document.fields}
        return type(self)(self.vectors.changed(added.values(), gone), texts)

    def __len__(self) -> int:
        return len(self.vectors.keys)

    def __contains__(self, key: object) -> bool:
        return key in self.texts

    @property
    def fingerprint(self) -> str:
        """Return what made it: the engine and the word lists."""
        return self.vectors.fingerprint

    def search(
        self,
        query: Document,
        *,
        k: int = 10,
        floor: float | None = None,
        only: Collection[str] | None = None,
    ) -> Result:
        """Return the k best matches at or above the floor, among `only` these keys if given."""
        floor = FLOOR if floor is None else floor
        weights = self.vectors.query_weights(query)
        scores = self.vectors.scores(weights)
        rows = self.vectors.best(scores, k, only)
        good = [row for row in rows if scores[row] >= floor]
        matches = tuple(self._match(query, weights, row) for row in good)
        nearest = self._match(query, weights, rows[0]) if rows and not good else None
        return Result(matches, self._missing(weights, [m.key for m in matches]), nearest)

    def explain(self, query: Document, key: str) -> Match:
        """Return the match with one document, under the floor too; KeyError if it is not here."""
        return self._match(query, self.vectors.query_weights(query), self.vectors.row(key))

    def _match(self, query: Document, weights: Weights, row: int) -> Match:
        key = self.vectors.keys[row]
        parts = reasons(weights, self.vectors.row_weights(row), query.fields, self.texts[key])
        score = sum(part.share for part in parts)
        grade = next(name for least, name in GRADES if score >= least)
        return Match(key, score, grade, parts, self._missing(weights, [key]))

    def _missing(self, weights: Weights, keys: list[str]) -> tuple[str, ...]:
        """Return the weightiest words of the query that none of these documents mentions."""
        offered = text.normalise("\n".join(v for key in keys for v in self.texts[key].values()))
        asked: dict[str, float] = {}
        for terms in weights.values():
            for term, weight in terms.items():
                word = term.removeprefix(text.WORD)
                if word != term and word not in offered:
                    asked[word] = asked.get(word, 0.0) + weight
        # A part of a longer word that is missing too says less than the whole.
        whole = [word for word in asked if not any(word in other != word for other in asked)]
        return tuple(sorted(whole, key=lambda word: (-asked[word], word))[:MISSING])

    def save(self, folder: Path) -> None:
        """Write the index; the folder appears whole or not at all."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            storage.write(made, self.vectors, self.texts)
            if folder.exists():
                shutil.rmtree(folder)
            os.replace(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read an index that `save` wrote; raises IndexUnreadable with the reason."""
        vectors, texts = storage.read(folder)
        return cls(vectors, texts)
