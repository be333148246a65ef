"""Why two things match: both texts with the shared terms marked, and every term's share."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jiebang.accounts.models import User
from jiebang.common.errors import NotFound
from jiebang.recommendations import corpus, engine, outbox, queries
from jiebang.recommendations.cards import GRADES, Chip, chips, kind_of, maturity, named
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.models import Kind
from matching import Index, Match, spans


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
    """Two things side by side; `terms` in the order of the numbers in the spans."""

    left: Side
    right: Side
    score: float
    grade_label: str
    grade_tone: str
    terms: tuple[Chip, ...]
    missing: tuple[str, ...]
    trl_now: int | None
    trl_target: int | None


def compare(
    *, actor: User | None, subject_kind: str, subject_id: int, object_kind: str, object_id: int
) -> Comparison:
    """Return why these two match, or how little; whoever may see both may ask, matched or not."""
    subject, thing = queries.find_pair(actor, subject_kind, subject_id, object_kind, object_id)
    asked = _item(corpus.SUBJECTS[kind_of(subject)], subject.pk)
    offered = _item(corpus.SOUGHT[object_kind], thing.pk)
    match = _explain(Kind(object_kind), asked, offered)
    reasons = [asdict(reason) for reason in match.reasons]
    terms = chips(reasons, match.score, most=None) if match.score else ()
    label, tone = GRADES[match.grade]
    now, target = maturity(subject, thing)
    return Comparison(
        left=_side(subject, asked, terms),
        right=_side(thing, offered, terms),
        score=match.score,
        grade_label=label,
        grade_tone=tone,
        terms=terms,
        missing=match.missing,
        trl_now=now,
        trl_target=target,
    )


def _item(source: corpus.Source, key: int) -> Item:
    found = next(source.items([key]), None)
    if found is None:
        raise NotFound("其中一方现在不参与匹配：未提交、已截止或不再公开", code="not_matched")
    return found


def _explain(kind: Kind, asked: Item, offered: Item) -> Match:
    """Ask the index, or an index of this one thing while there is none that knows it."""
    shelf = engine.current(kind)
    if shelf is None:
        outbox.note_all(kind)
    index, key = shelf.index if shelf else None, offered.document.key
    if index is None or key not in index:
        index = Index.build([offered.document])
    return index.explain(asked.document, key)


def _side(thing: Any, item: Item, terms: Sequence[Chip]) -> Side:
    numbers = {chip.term: number for number, chip in enumerate(terms)}
    parts = tuple(
        Part(
            passage.label,
            passage.text,
            tuple((a, b, numbers[term]) for a, b, term in spans(passage.text, numbers)),
        )
        for passage in item.passages
        if passage.text
    )
    return Side(kind_of(thing), thing, *named(thing), parts)
