"""The index: ask it with a text, and it answers with matches and reasons, or with none."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from matching import storage, text
from matching.explain import Reader, Reason
from matching.grading import USUAL
from matching.lexicon import Lexicon, shipped
from matching.rarity import Array, Background
from matching.segments import Fields, Segment
from matching.vectors import Place, Vectors
from matching.weights import ENGINE, Document

# Of judged pairs of need and result, transfer staff called 26 in 100 close from the floor on, and
# 93 at least weakly related; below it 8 and 46. By eye, what lies below shares an ordinary word.
# From 0.2 on they called 31 in 100 close, from 0.25 on 38: a match says its own chance.
FLOOR = 0.15
GRADES = ((0.25, "strong"), (0.2, "fair"), (0.0, "weak"))
SEEN = 8  # times as many as are wanted are looked at, for matches by more than an ordinary word
SEGMENTS = 8  # at most; more are merged


@dataclass(frozen=True)
class Match:
    """One document that fits, with reasons that add up to the score and what it never mentions.

    `chance` is how often people called pairs of such a score close; `lone` is the ordinary word
    that is all the two share, if so: that is no match, whatever its score.
    """

    key: str
    score: float
    grade: str
    chance: float
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    lone: str = ""


@dataclass(frozen=True)
class Result:
    """The matches, best first; when there are none, what came nearest.

    `missing` are the words of the query that no match mentions.
    """

    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    best_below_floor: Match | None


class Index:
    """Texts ready to be asked, read by one lexicon; never changed once made."""

    def __init__(self, vectors: Vectors, lexicon: Lexicon | None = None) -> None:
        self.vectors = vectors
        self.lexicon = lexicon or shipped()

    @classmethod
    def build(
        cls,
        documents: Iterable[Document],
        background: Iterable[Document] | None = None,
        lexicon: Lexicon | None = None,
    ) -> Self:
        """Return an index of these documents; of two with one key the last one counts.

        The background's texts are never found, but what stands in many of them weighs less.
        The lexicon is the one that comes with the matcher unless another is given.
        """
        counted = (
            (term for part in each.fields.values() for term in text.terms(part))
            for each in background or ()
        )
        with text.using(lexicon):
            heard = Background.of(counted)
        return cls(Vectors([], [], heard), lexicon).changed(documents)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Return one index of the documents of all parts, as if it had been built of them at once.

        The parts have one lexicon, and no key in common.
        """
        made = list(parts)
        held = [
            (segment, np.array(live))
            for part in made
            for segment, live in zip(part.vectors.segments, part.vectors.live, strict=True)
        ]
        held = _few(held)
        segments, live = [segment for segment, _ in held], [alive for _, alive in held]
        background = made[0].vectors.background if made else Background.of([])
        return cls(Vectors(segments, live, background), made[0].lexicon if made else None)

    def changed(self, upserts: Iterable[Document], removals: Iterable[str] = ()) -> Self:
        """Return a newer index; documents that did not change are not cut again."""
        added = {document.key: document for document in upserts}
        old = self.vectors
        live = [each.copy() for each in old.live]
        for key in (*removals, *added):
            if key in old.places:
                number, row = old.places[key]
                live[number][row] = False
        held = [(each, alive) for each, alive in zip(old.segments, live, strict=True)]
        if added:
            with text.using(self.lexicon):
                new = Segment.of(added.values())
            held.append((new, np.ones(len(new), bool)))
        held = _few(held)
        parts, alive = [part for part, _ in held], [alive for _, alive in held]
        return type(self)(Vectors(parts, alive, old.background), self.lexicon)

    def __len__(self) -> int:
        return self.vectors.size

    def __contains__(self, key: object) -> bool:
        return key in self.vectors.places

    @property
    def fingerprint(self) -> str:
        """Return what made it: the engine and the word lists."""
        return _fingerprint(self.lexicon)

    def fields(self, key: str) -> Fields:
        """Return the texts of a document; KeyError if it is not here."""
        return self._fields(self.vectors.places[key])

    def search(
        self,
        query: Document,
        *,
        k: int = 10,
        floor: float | None = None,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> Result:
        """Return the k best matches at or above the floor, of `only` and `without` these keys.

        With a floor of nought everything counts, lone ordinary words too.
        """
        floor = FLOOR if floor is None else floor
        with text.using(self.lexicon):
            asked = self.vectors.asked(query)
            reader = Reader(query.fields, asked)
            allowed = self._allowed(only, without)
            made: dict[Place, Match] = {}
            wanted = k
            while True:  # until k are good enough, or there are no more
                best = self.vectors.best(asked, wanted, allowed)
                above = [(place, score) for place, score in best if score >= floor]
                for place, score in above or best[:1]:
                    if place not in made:
                        made[place] = self._match(reader, place, score)
                good = [made[each] for each, _ in above if not (floor and made[each].lone)][:k]
                if len(good) == k or len(above) < wanted or wanted > SEEN * k:
                    break
                wanted *= 2
            matches, nearest = tuple(good), None if good else next(iter(made.values()), None)
            missing = reader.missing([self.fields(match.key) for match in matches])
        return Result(matches, missing, nearest)

    def explain(self, query: Document, key: str) -> Match:
        """Return the match with one document, under the floor too; KeyError if it is not here."""
        number, row = self.vectors.places[key]
        with text.using(self.lexicon):
            asked = self.vectors.asked(query)
            score = float(self.vectors.scores(asked)[number][row])
            return self._match(Reader(query.fields, asked), (number, row), score)

    def _match(self, reader: Reader, place: Place, score: float) -> Match:
        fields = self._fields(place)
        reasons = reader.reasons(self.vectors.offered(fields), fields, score)
        key = self.vectors.segments[place[0]].keys[place[1]]
        chance, lone = USUAL.chance(score), reader.lone(reasons)
        grade = next(grade for least, grade in GRADES if not least or (score >= least and not lone))
        return Match(key, score, grade, chance, reasons, reader.missing([fields]), lone)

    def _fields(self, place: Place) -> Fields:
        return self.vectors.segments[place[0]].fields(place[1])

    def _allowed(self, only: Collection[str] | None, without: Collection[str]) -> Sequence[Array]:
        """Return by segment which rows may be found."""
        if only is None and not without:
            return self.vectors.live
        places = self.vectors.places
        start = self.vectors.live if only is None else map(np.zeros_like, self.vectors.live)
        allowed = [each.copy() for each in start]
        for keys, may in ((only or (), True), (without, False)):
            for key in keys:
                if key in places:
                    number, row = places[key]
                    allowed[number][row] = may
        return allowed

    def save(self, folder: Path) -> None:
        """Write the index; under this name there is never half of one."""
        storage.save(folder, self.vectors, self.fingerprint)

    @classmethod
    def open(cls, folder: Path, lexicon: Lexicon | None = None) -> Self:
        """Read an index that `save` wrote; raises IndexUnreadable with the reason.

        One made with another lexicon than this cannot be read.
        """
        return cls(storage.read(folder, _fingerprint(lexicon or shipped())), lexicon)


def _fingerprint(lexicon: Lexicon) -> str:
    """Return what makes an index: the engine and the word lists."""
    return f"{ENGINE}-{lexicon.fingerprint}"


def _few(held: list[tuple[Segment, Array]]) -> list[tuple[Segment, Array]]:
    """Return the same documents in few segments, without those half of which are gone.

    The smaller ones are merged first, so that a document is moved seldom.
    """
    held = [each for each in held if each[1].any()]
    worn = [each for each in held if 2 * each[1].sum() < len(each[1])]
    kept = [each for each in held if 2 * each[1].sum() >= len(each[1])]
    kept.sort(key=lambda each: -len(each[0]))
    while kept and (len(kept) + bool(worn) > SEGMENTS or _comparable(kept[-1], worn)):
        worn.append(kept.pop())
    if not worn:
        return kept
    merged = Segment.merged(worn)
    return [*kept, (merged, np.ones(len(merged), bool))]


def _comparable(last: tuple[Segment, Array], worn: Sequence[tuple[Segment, Array]]) -> bool:
    """Say whether the merged ones are at least as large together as the next."""
    return bool(worn) and sum(len(each[0]) for each in worn) >= len(last[0])
