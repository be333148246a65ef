"""One row changed: only it is read and indexed, and only those whom it concerns are asked anew.

Concerned are its own matches, those where it stands, and those where it enters: whose texts
answer it, asked the other way round, and are then weighed exactly. Other answers move by a hair
when a text comes or goes, for words grow rarer or less rare: the night's check asks them anew.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.utils import timezone

from jiebang.lexicons import wordlists
from jiebang.proposals.models import Proposal
from jiebang.recommendations import answers, corpus, engine, services, tuning
from jiebang.recommendations.answers import BEST
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.engine import Shelf
from jiebang.recommendations.models import ASKS, OBJECTS, Kind, Run
from jiebang.recommendations.tuning import Values
from matching import asking

CANDIDATES = 500  # weighed exactly, of those whose texts answer the row best
REACH = 0.2  # of the floor: a pair weighs otherwise when asked the other way round, not so much
HAIR = 1e-6


@dataclass(frozen=True)
class Standing:
    """How good a match must be to enter a subject's answer, or to be its nearest."""

    full: bool
    last: float
    nearest: float | None

    def lets_in(self, score: float, floor: float) -> bool:
        """Say whether a match of this score changes the answer."""
        if score >= floor:
            return not self.full or score >= self.last - HAIR
        return self.nearest is not None and score >= self.nearest - HAIR


def renew(kind: str, row_id: int) -> int:
    """Bring a changed row into its index and ask whomever it concerns; returns how many that is.

    Of solutions, the row is their challenge. A fixed number of queries, however many rows there
    are beside it.
    """
    rows = _rows(kind, row_id)
    shelf = _indexed(kind, rows) if kind in OBJECTS else None
    asked = 0
    if kind in ASKS:
        services.match_subject(kind, row_id)
        asked += 1
    if shelf is not None:
        by = tuning.current()
        for subject, asks in ASKS.items():
            if kind in asks:
                asked += _ask_concerned(subject, kind, row_id, rows, shelf, by)
    return asked


def _rows(kind: str, row_id: int) -> list[int]:
    if kind != Kind.PROPOSAL:
        return [row_id]
    return list(
        Proposal.objects.filter(challenge=row_id).order_by("pk").values_list("pk", flat=True)
    )


def _indexed(kind: str, rows: Collection[int]) -> Shelf:
    read = corpus.SOUGHT[kind].documents_of
    shelf = engine.renew_rows(kind, rows, lambda: read(rows), wanted=wordlists.chosen)
    return shelf or services.refresh_index(kind)


def _ask_concerned(
    subject: str, kind: str, row_id: int, rows: Collection[int], shelf: Shelf, by: Values
) -> int:
    """Ask anew every subject in whose answer one of the rows stands, or would stand now."""
    if kind == Kind.PROPOSAL:
        concerned = {row_id}
    else:
        concerned = _holders(subject, kind, rows) | _entered(subject, kind, rows, shelf, by)
    read_at = timezone.now()
    items = list(corpus.SUBJECTS[subject].items(concerned))
    if items:
        found = answers.ask(subject, kind, shelf, items, by)
        services.keep_answers(subject, kind, shelf, found, read_at, by)
    return len(items)


def _holders(subject: str, kind: str, rows: Collection[int]) -> set[int]:
    stands = Q(matches__object_id__in=rows) | Q(nearest__object_id__in=list(rows))
    found = Run.objects.filter(stands, subject_kind=subject, object_kind=kind)
    return set(found.values_list("subject_id", flat=True))


def _entered(subject: str, kind: str, rows: Collection[int], shelf: Shelf, by: Values) -> set[int]:
    """Return the subjects in whose answer one of the rows would stand now."""
    keys = {key for key in shelf.keys_of(rows) if key in shelf.index}
    changed = list(corpus.SOUGHT[kind].items(rows)) if keys else []
    near = _near(subject, changed, by)
    if near is None:  # no index to turn round: whoever asks for this kind may be concerned
        return set(corpus.SUBJECTS[subject].rows().order_by().values_list("pk", flat=True))
    owners = {item.owner_id for item in changed}
    others = [
        item
        for item in corpus.SUBJECTS[subject].items(near)
        if item.owner_id is None or item.owner_id not in owners
    ]
    standing = _standing(subject, kind, others)
    unknown = Standing(full=False, last=0.0, nearest=-1.0)
    with asking(by.shares):
        return {
            item.pk
            for item in others
            if standing.get(item.pk, unknown).lets_in(_best(shelf, item, keys), by.floor)
        }


def _near(subject: str, changed: Iterable[Item], by: Values) -> set[int] | None:
    """Return the subjects whose texts answer the changed rows best; None where nobody knows."""
    documents = [document for item in changed for document in item.documents]
    if not documents:
        return set()
    opposite = engine.current(subject) if subject in OBJECTS else None
    if opposite is None:
        return None
    return {
        corpus.place(key)[0]
        for document in documents
        for key in engine.nearest(opposite.index, document, CANDIDATES, REACH * by.floor)
    }


def _best(shelf: Shelf, item: Item, keys: Collection[str]) -> float:
    found = (engine.scores(shelf.index, document, keys) for document in item.documents)
    return max((score for scores in found for score in scores.values()), default=0.0)


def _standing(subject: str, kind: str, items: Sequence[Item]) -> Mapping[int, Standing]:
    runs = Run.objects.filter(
        subject_kind=subject, object_kind=kind, subject_id__in=[item.pk for item in items]
    )
    counted = runs.annotate(n=Count("matches"), last=Min("matches__score"))
    return {
        pk: Standing(n >= BEST, last or 0.0, None if n else (nearest or {}).get("score", -1.0))
        for pk, n, last, nearest in counted.values_list("subject_id", "n", "last", "nearest")
    }
