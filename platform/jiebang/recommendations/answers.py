"""Asking the matcher for subjects, and keeping what it said.

An answer is kept whole and once, and an older one never replaces a newer one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from jiebang.recommendations import corpus
from jiebang.recommendations.corpus import Item
from jiebang.recommendations.engine import Shelf
from jiebang.recommendations.models import Kind, Match, Run
from matching import Match as Found
from matching import Result

BEST = 10
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """What the matcher said for one subject, and the texts that it spoke of."""

    subject: Item
    result: Result
    found: dict[str, Item]


def ask(kind: str, sought: str, shelf: Shelf, subjects: Sequence[Item]) -> list[Answer]:
    """Ask for each subject; a unit never meets its own things, a challenge only its own bids."""
    owners = {item.owner_id for item in subjects if item.owner_id}
    own = corpus.owned(sought, owners) if sought in corpus.OWNER and owners else {}
    bids = corpus.bids_for(item.pk for item in subjects) if sought == Kind.PROPOSAL else {}
    results = []
    for item in subjects:
        if sought == Kind.PROPOSAL:  # each was written as an answer, so each is shown
            only = bids.get(item.pk, set())
            results.append(shelf.index.search(item.document, k=len(only), floor=0.0, only=only))
            continue
        others = shelf.digests.keys() - own[item.owner_id] if item.owner_id in own else None
        results.append(shelf.index.search(item.document, k=BEST, only=others))
    keys = {int(match.key) for result in results for match in _named(result)}
    texts = {str(item.pk): item for item in corpus.SOUGHT[sought].items(keys)}
    return [Answer(*each, texts) for each in zip(subjects, results, strict=True)]


def stale(kind: str, sought: str, shelf: Shelf, subjects: Sequence[Item]) -> list[Item]:
    """Return the subjects whose kept answer is not from this index and this text."""
    asked = Run.objects.filter(
        subject_kind=kind, object_kind=sought, subject_id__in=[item.pk for item in subjects]
    )
    known = dict(asked.values_list("subject_id", "stamp"))
    return [item for item in subjects if known.get(item.pk) != _stamp(shelf, item)]


@transaction.atomic
def keep(
    kind: str, sought: str, shelf: Shelf, answers: Sequence[Answer], read_at: datetime
) -> None:
    """Write the answers in the place of older ones; `read_at` is when the subjects were read."""
    said = {answer.subject.pk: answer for answer in answers}
    which = {"subject_kind": kind, "object_kind": sought}
    Run.objects.bulk_create(
        (Run(**which, subject_id=pk, made_at=NEVER) for pk in said), ignore_conflicts=True
    )
    held = Run.objects.select_for_update().filter(**which, subject_id__in=said).order_by("pk")
    runs = [run for run in held if run.made_at <= read_at]
    for run in runs:
        answer = said[run.subject_id]
        nearest = answer.result.best_below_floor
        run.made_at, run.engine = read_at, shelf.index.fingerprint
        run.stamp = _stamp(shelf, answer.subject)
        run.missing = list(answer.result.missing)
        run.nearest = _columns(answer, nearest) if nearest else None
    Run.objects.bulk_update(runs, ["made_at", "engine", "stamp", "missing", "nearest"])
    Match.objects.filter(run__in=runs).delete()
    Match.objects.bulk_create(
        Match(run=run, rank=rank, **_columns(said[run.subject_id], match))
        for run in runs
        for rank, match in enumerate(said[run.subject_id].result.matches, 1)
    )


def forget(kind: str) -> None:
    """Drop the answers of rows of this kind that take part no longer."""
    taking_part = corpus.SUBJECTS[kind].rows().order_by().values("pk")
    Run.objects.filter(subject_kind=kind).exclude(subject_id__in=taking_part).delete()


def _named(result: Result) -> list[Found]:
    nearest = result.best_below_floor
    return [*result.matches, *([nearest] if nearest else [])]


def _columns(answer: Answer, match: Found) -> dict[str, Any]:
    subject, found = answer.subject, answer.found.get(match.key)
    asked = subject.asked or (found.asked if found else ())
    other = found if subject.asked else subject
    return {
        "object_id": int(match.key),
        "score": match.score,
        "grade": match.grade,
        "reasons": [asdict(reason) for reason in match.reasons],
        "missing": list(match.missing),
        "indicators_covered": other.covers(asked) if other else 0,
        "indicators_asked": len(asked),
    }


def _stamp(shelf: Shelf, subject: Item) -> str:
    content = f"{shelf.version} {subject.digest}"
    return hashlib.sha256(content.encode()).hexdigest()[:24]
