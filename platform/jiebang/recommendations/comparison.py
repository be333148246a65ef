"""Why two things match: both texts with the shared terms marked, and every term's share."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jiebang.accounts.models import User
from jiebang.common.errors import NotFound
from jiebang.lexicons import wordlists
from jiebang.recommendations import corpus, engine, evidence, outbox, queries, tuning
from jiebang.recommendations.cards import GRADES, Chip, chips, kind_of, maturity, named
from jiebang.recommendations.corpus import Item, place
from jiebang.recommendations.evidence import Evidence
from jiebang.recommendations.models import Kind
from matching import Index, Lexicon, Match, asking, spans


@dataclass(frozen=True)
class Part:
    """One text of a thing; `spans` are (start, end, number of the term)."""

    label: str
    text: str
    spans: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Side:
    """One of the two things with its texts."""

    kind: str
    object: Any
    title: str
    who: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Comparison:
    """Two things side by side; `terms` in the order of the numbers in the spans.

    `chance_percent` is how often people called pairs of such a score close. `reasons` are all
    parts of the score, with and without a name; they add up to it.
    """

    left: Side
    right: Side
    score: float
    grade: str
    grade_label: str
    grade_tone: str
    chance_percent: int
    terms: tuple[Chip, ...]
    reasons: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    trl_now: int | None
    trl_target: int | None
    evidence: Evidence


def compare(
    *, actor: User | None, subject_kind: str, subject_id: int, object_kind: str, object_id: int
) -> Comparison:
    """Return why these two match, or how little; whoever may see both may ask, matched or not."""
    subject, thing = queries.find_pair(actor, subject_kind, subject_id, object_kind, object_id)
    asked = _item(corpus.SUBJECTS[kind_of(subject)], subject.pk)
    offered = _item(corpus.SOUGHT[object_kind], thing.pk)
    by = tuning.current()
    with asking(by.shares):
        match, asked_by, words = _explain(Kind(object_kind), asked, offered)
    reasons = [asdict(reason) for reason in match.reasons]
    terms = chips(reasons, match.score, most=None)
    grade = by.grade(match.score, match.lone)
    label, tone = GRADES[grade]
    now, target = maturity(subject, thing)
    return Comparison(
        left=_side(subject, asked, asked_by, terms, words),
        right=_side(thing, offered, match.key, terms, words),
        score=match.score,
        grade=grade,
        grade_label=label,
        grade_tone=tone,
        chance_percent=round(100 * by.chance(match.score)),
        terms=terms,
        reasons=tuple(reasons),
        missing=match.missing,
        trl_now=now,
        trl_target=target,
        evidence=evidence.of(subject, thing, (now, target), evidence.gather([thing])),
    )


def _item(source: corpus.Source, key: int) -> Item:
    found = next(source.items([key]), None)
    if found is None:
        raise NotFound("其中一方现在不参与匹配：未提交、已截止或不再公开", code="not_matched")
    return found


def _explain(kind: Kind, asked: Item, offered: Item) -> tuple[Match, str, Lexicon]:
    """Return the best match of the texts of both, the key of the text that asked, and the words.

    Ask the index, or an index of this one thing while there is none that knows it.
    """
    shelf = engine.current(kind)
    if shelf is None:
        outbox.note_all(kind)
    # What an older index kept of a thing may have left it: only what it really holds is asked.
    keys = {key for key in shelf.keys_of([offered.pk]) if key in shelf.index} if shelf else set()
    index = shelf.index if shelf and keys else _alone(offered)
    keys = keys or {document.key for document in offered.documents}
    found = [
        (index.explain(document, key), document.key)
        for document in asked.documents
        for key in sorted(keys)
    ]
    if not found:
        raise NotFound("其中一方没有填写可供匹配的文字", code="not_matched")
    return *max(found, key=lambda each: each[0].score), index.lexicon


def _alone(offered: Item) -> Index:
    return Index.build(offered.documents, lexicon=wordlists.by_digest(wordlists.chosen()))


def _side(thing: Any, item: Item, key: str, terms: Sequence[Chip], words: Lexicon) -> Side:
    """Return the thing with its first text, and with the one that fits where that is another."""
    numbers = {chip.term: number for number, chip in enumerate(terms)}
    shown = sorted({0, place(key)[1]})
    parts = tuple(
        Part(
            passage.label,
            passage.text,
            tuple((a, b, numbers[term]) for a, b, term in spans(passage.text, numbers, words)),
        )
        for passage in (passage for n in shown if n < len(item.texts) for passage in item.texts[n])
        if passage.text
    )
    return Side(kind_of(thing), thing, *named(thing), parts)
