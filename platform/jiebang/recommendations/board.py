"""The board, searched: what fits the words best comes first, with the words marked."""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.text import fold
from jiebang.recommendations import corpus, engine, outbox
from jiebang.recommendations.cards import chips
from jiebang.recommendations.engine import Shelf
from jiebang.recommendations.models import Kind
from matching import FLOOR, Document, Lexicon, spans

BEST = 100  # ranked by the matcher; what only contains the words follows, newest first
Spans = tuple[tuple[int, int, int], ...]


def search(rows: QuerySet[Challenge], text: str, *, ranked: bool = True) -> QuerySet[Challenge]:
    """Return those of the rows that contain every word or fit the text, best first.

    What the rows leave out is not ranked at all. Costs one query, and one more when the rows
    are read. Without `ranked` they stay in the order they had.
    """
    if not fold(text).split():
        return rows
    best = _best(rows, text)
    words = challenges.matching_text(Challenge.objects.order_by(), text).values("pk")
    found = rows.filter(Q(pk__in=words) | Q(pk__in=best))
    if not ranked:
        return found
    places = [When(pk=key, then=Value(number)) for number, key in enumerate(best)]
    last = Value(len(best))
    place = Case(*places, default=last, output_field=IntegerField()) if places else last
    return found.annotate(place=place).order_by("place", "-opens_at", "-pk")


def marked(rows: Iterable[Challenge], text: str) -> Mapping[int, tuple[Spans, Spans]]:
    """Return by challenge where the terms that answer the text stand: in title and problem.

    Asks the database nothing.
    """
    if not fold(text).split():
        return {}
    shelf, query, found = engine.current(Kind.CHALLENGE), _asked(text), {}
    for row in rows:
        terms = dict.fromkeys([*text.split(), *(_shared(shelf, query, row.pk) if shelf else ())])
        words = shelf.index.lexicon if shelf else None
        numbers = {term: number for number, term in enumerate(terms)}
        found[row.pk] = (
            _spans(row.title, numbers, words),
            _spans(row.need.main_problem, numbers, words),
        )
    return found


def _best(rows: QuerySet[Challenge], text: str) -> list[int]:
    shelf = engine.current(Kind.CHALLENGE)
    if shelf is None:
        outbox.note_all(Kind.CHALLENGE)
        return []
    wanted = shelf.keys_of(rows.order_by().values_list("pk", flat=True))
    best: dict[int, float] = {}
    for key, score in engine.scores(shelf.index, _asked(text), wanted).items():
        row, _ = corpus.place(key)
        best[row] = max(score, best.get(row, 0.0))
    good = [row for row, score in best.items() if score >= FLOOR]
    return sorted(good, key=lambda row: (-best[row], row))[:BEST]


def _shared(shelf: Shelf, query: Document, row: int) -> Iterator[str]:
    """Yield the terms by which the index knows this row to answer the query."""
    for key in sorted(shelf.keys_of([row])):
        if key in shelf.index:
            match = shelf.index.explain(query, key)
            reasons = [vars(reason) for reason in match.reasons]
            yield from (chip.term for chip in chips(reasons, match.score, most=None))


def _asked(text: str) -> Document:
    return Document("", {corpus.TITLE: text})


def _spans(text: str, numbers: Mapping[str, int], words: Lexicon | None) -> Spans:
    return tuple((start, end, numbers[term]) for start, end, term in spans(text, numbers, words))
