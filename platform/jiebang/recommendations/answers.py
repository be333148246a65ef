"""Asking the matcher for subjects, and keeping what it said.

An answer is kept whole and once, and an older one never replaces a newer one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from jiebang.recommendations import corpus
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.engine import Shelf
from jiebang.recommendations.models import Kind, Run
from jiebang.recommendations.models import Match as KeptMatch
from jiebang.recommendations.tuning import BUILT_IN, Values
from matching import Document, Index, Match, Result, asking, using

BEST = 10
RENEWED = ("made_at", "engine", "settings", "stamp", "missing", "nearest")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """What the matcher said for one subject: each row once, by the text that fits best."""

    subject: Item
    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    nearest: Match | None


def ask(
    kind: str, sought: str, shelf: Shelf, subjects: Sequence[Item], by: Values = BUILT_IN
) -> list[Answer]:
    """Ask for each subject; a unit never meets its own things, a challenge only its own bids."""
    with asking(by.shares):
        return _asked(sought, shelf, subjects, by)


def _asked(sought: str, shelf: Shelf, subjects: Sequence[Item], by: Values) -> list[Answer]:
    owners = {item.owner_id for item in subjects if item.owner_id}
    own = corpus.owned(sought, owners) if sought in corpus.OWNER and owners else {}
    bids = corpus.bids_for(item.pk for item in subjects) if sought == Kind.PROPOSAL else {}
    answers = []
    for item in subjects:
        if sought == Kind.PROPOSAL:  # each was written as an answer, so each is shown
            mine = shelf.keys_of(bids.get(item.pk, ()))
            answers.append(_best(shelf.index, item, k=len(mine), floor=0.0, only=mine))
            continue
        theirs = own.get(item.owner_id) if item.owner_id else None
        others = shelf.digests.keys() - shelf.keys_of(theirs) if theirs else None
        answers.append(_best(shelf.index, item, k=BEST, floor=by.floor, only=others))
    return answers


def _best(
    index: Index, subject: Item, *, k: int, floor: float, only: Collection[str] | None
) -> Answer:
    """Ask with every text of the subject, and keep of every row found its best text."""
    results = [_ask(index, each, k, floor, only) for each in subject.documents]
    found: dict[int, Match] = {}
    for match in sorted(
        (match for result in results for match in result.matches),
        key=lambda match: (-match.score, match.key),
    ):
        found.setdefault(corpus.place(match.key)[0], match)
    near = [result.best_below_floor for result in results if result.best_below_floor]
    return Answer(
        subject,
        matches=tuple(found.values())[:k],
        missing=results[0].missing if results else (),
        nearest=max(near, key=lambda match: match.score) if near and not found else None,
    )


def _ask(
    index: Index, query: Document, k: int, floor: float, only: Collection[str] | None
) -> Result:
    """Ask for so many texts that they are of k rows, or all that are good enough."""
    asked = k
    while True:
        result = index.search(query, k=asked, floor=floor, only=only)
        rows = {corpus.place(match.key)[0] for match in result.matches}
        if len(rows) >= k or len(result.matches) < asked:
            return result
        asked *= 4


def stale(
    kind: str, sought: str, shelf: Shelf, subjects: Sequence[Item], by: Values = BUILT_IN
) -> list[Item]:
    """Return the subjects whose kept answer is not from this index, this text, these settings."""
    asked = Run.objects.filter(
        subject_kind=kind, object_kind=sought, subject_id__in=[item.pk for item in subjects]
    )
    known = dict(asked.values_list("subject_id", "stamp"))
    return [item for item in subjects if known.get(item.pk) != _stamp(shelf, item, by)]


def keep(
    kind: str,
    sought: str,
    shelf: Shelf,
    answers: Sequence[Answer],
    read_at: datetime,
    by: Values = BUILT_IN,
) -> None:
    """Write the answers in the place of older ones; `read_at` is when the subjects were read."""
    named = {_row(match) for each in answers for match in (*each.matches, each.nearest) if match}
    things = {item.pk: item for item in corpus.SOUGHT[sought].items(named)}
    with using(shelf.index.lexicon):
        said = {
            each.subject.pk: (each, [_columns(each.subject, m, things, by) for m in each.matches])
            for each in answers
        }
        near = {
            each.subject.pk: _columns(each.subject, each.nearest, things, by)
            for each in answers
            if each.nearest
        }
    which = {"subject_kind": kind, "object_kind": sought}
    with transaction.atomic():
        Run.objects.bulk_create(
            (Run(**which, subject_id=pk, made_at=NEVER) for pk in said), ignore_conflicts=True
        )
        held = Run.objects.select_for_update().filter(**which, subject_id__in=said).order_by("pk")
        runs = [run for run in held if run.made_at <= read_at]
        for run in runs:
            answer, _ = said[run.subject_id]
            run.made_at, run.engine = read_at, shelf.index.fingerprint
            run.stamp, run.missing = _stamp(shelf, answer.subject, by), list(answer.missing)
            run.settings_id = by.pk
            run.nearest = near.get(run.subject_id)
        Run.objects.bulk_update(runs, RENEWED)
        KeptMatch.objects.filter(run__in=runs).delete()
        KeptMatch.objects.bulk_create(
            KeptMatch(run=run, rank=rank, **columns)
            for run in runs
            for rank, columns in enumerate(said[run.subject_id][1], 1)
        )


def forget(kind: str) -> None:
    """Drop the answers of rows of this kind that take part no longer."""
    taking_part = corpus.SUBJECTS[kind].rows().order_by().values("pk")
    Run.objects.filter(subject_kind=kind).exclude(subject_id__in=taking_part).delete()


def _columns(subject: Item, match: Match, things: Mapping[int, Item], by: Values) -> dict[str, Any]:
    thing = things.get(_row(match))  # None where it left since the index was made
    asked = subject.asked or (thing.asked if thing else ())
    other = thing if subject.asked else subject
    unmentioned = other.unmentioned(asked) if other else [name for name, _ in asked]
    return {
        "object_id": _row(match),
        "score": match.score,
        "grade": by.grade(match.score, match.lone),
        "reasons": [asdict(reason) for reason in match.reasons],
        "missing": list(match.missing),
        "indicators_covered": len(asked) - len(unmentioned),
        "indicators_asked": len(asked),
        "indicators_unmentioned": unmentioned,
    }


def _row(match: Match) -> int:
    return corpus.place(match.key)[0]


def _stamp(shelf: Shelf, subject: Item, by: Values) -> str:
    return corpus.digest([shelf.version, subject.digest, by.number])
