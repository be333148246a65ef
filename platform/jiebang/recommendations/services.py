"""Keeping the answers in step with the rows, and taking in what people think of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import models, transaction
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.jobs.registry import Progress
from jiebang.lexicons import wordlists
from jiebang.recommendations import answers, corpus, engine, policies, queries, tuning
from jiebang.recommendations.answers import Answer
from jiebang.recommendations.cards import named
from jiebang.recommendations.engine import Shelf
from jiebang.recommendations.models import ASKS, OBJECTS, Feedback, Kind, Run
from jiebang.recommendations.signals import challenges_found
from jiebang.recommendations.tuning import Values

CHUNK = 20  # subjects matched between two words of progress, and written in one transaction
COUNTED = {
    Kind.NEED: "条需求",
    Kind.ACHIEVEMENT: "项成果",
    Kind.ORGANIZATION: "家单位",
    Kind.CHALLENGE: "个榜题",
}


def silent(done: int, total: int, message: str = "") -> None:
    """Be the progress of one who does not want any."""


def refresh_index(kind: str, *, anew: bool = False, parts: Iterable[Path] = ()) -> Shelf:
    """Bring one index to the rows as they are; only texts that changed are cut again.

    `parts` hold texts that other workers have cut for it.
    """
    documents = corpus.SOUGHT[kind].documents()
    return engine.renew(kind, documents, anew=anew, wanted=wordlists.chosen, parts=parts)


def shelf_of(kind: str) -> Shelf:
    """Return the index of a kind, built now where there is none that can be read."""
    return engine.current(kind) or refresh_index(kind)


def keep_answers(
    kind: str, sought: str, shelf: Shelf, found: Sequence[Answer], read_at: datetime, by: Values
) -> None:
    """Keep the answers, and let the floors above know where units met open challenges."""
    answers.keep(kind, sought, shelf, found, read_at, by)
    if sought == Kind.CHALLENGE and any(answer.matches for answer in found):
        challenges_found.send(sender=Run)


def match_subject(kind: str, row_id: int) -> int:
    """Match one row against everything it asks for; returns how many matches there are.

    A row that takes part no longer loses its matches.
    """
    read_at = timezone.now()
    items = list(corpus.SUBJECTS[kind].items([row_id]))
    if not items:
        Run.objects.filter(subject_kind=kind, subject_id=row_id).delete()
        return 0
    found, by = 0, tuning.current()
    for sought in ASKS.get(kind, ()):
        shelf = shelf_of(sought)
        (answer,) = answers.ask(kind, sought, shelf, items, by)
        keep_answers(kind, sought, shelf, [answer], read_at, by)
        found += len(answer.matches)
    return found


def refresh(kind: str, progress: Progress = silent) -> int:
    """Renew one kind's index and all that depends on it; returns how many subjects were asked."""
    pairs = [(subject, kind) for subject, asks in ASKS.items() if kind in asks]
    pairs += [(kind, sought) for sought in ASKS.get(kind, ())]
    return _bring_in_step([kind] if kind in OBJECTS else [], pairs, progress, anew=False)


def refresh_all(progress: Progress = silent, *, anew: bool = False) -> int:
    """Check every index and every answer, or make all anew; returns how many were asked."""
    pairs = [(subject, sought) for subject, asks in ASKS.items() for sought in asks]
    return _bring_in_step(OBJECTS, pairs, progress, anew=anew)


@transaction.atomic
def give_feedback(
    *,
    actor: User,
    subject_kind: str,
    subject_id: int,
    object_kind: str,
    object_id: int,
    useful: bool | None,
) -> Feedback | None:
    """Keep whether the actor finds a pairing useful; None takes an earlier word back."""
    policies.may_judge(actor).enforce()
    subject, thing = queries.find_pair(actor, subject_kind, subject_id, object_kind, object_id)
    mine = queries.feedback_on(actor, subject, thing)
    before = mine.select_for_update().first()
    if (before.useful if before else None) == useful:
        return before
    if useful is None:
        for said in mine:
            _record_opinion(actor, said, "收回匹配评价", subject, thing)
        mine.delete()
        return None
    match = queries.match_of(subject, thing)
    known = {"score": match.score, "engine": match.run.engine} if match else {}
    said, _ = Feedback.objects.update_or_create(
        **queries.pair_of(subject, thing),
        user=actor,
        defaults={"useful": useful, "given_at": timezone.now(), **known},
    )
    label = "评价匹配有用" if useful else "评价匹配无用"
    _record_opinion(actor, said, label, subject, thing)
    return said


def _record_opinion(
    actor: User, said: Feedback, label: str, subject: models.Model, thing: models.Model
) -> None:
    note = f"{named(subject)[0]} ↔ {named(thing)[0]}"
    audit.record(actor=actor, thing=said, action="judge_match", label=label, note=note)


def _bring_in_step(
    sought: Iterable[str], pairs: Sequence[tuple[str, str]], progress: Progress, *, anew: bool
) -> int:
    """Renew these indexes, then ask for each subject whose answer is not of now.

    What was asked of this very index with this very text is not asked again, so work that was
    interrupted goes on where it stopped.
    """
    for kind in sought:
        progress(0, 0, f"正在整理{Kind(kind).label}")
        refresh_index(kind, anew=anew)
    keys = {}
    for kind, _ in pairs:
        answers.forget(kind)
        keys[kind] = list(corpus.SUBJECTS[kind].rows().order_by("pk").values_list("pk", flat=True))
    by = tuning.current()
    total, before, asked = sum(len(keys[kind]) for kind, _ in pairs), 0, 0
    for kind, wanted in pairs:
        shelf, mine = shelf_of(wanted), keys[kind]
        for start in range(0, len(mine), CHUNK):
            read_at = timezone.now()
            items = list(corpus.SUBJECTS[kind].items(mine[start : start + CHUNK]))
            due = items if anew else answers.stale(kind, wanted, shelf, items, by)
            if due:
                found = answers.ask(kind, wanted, shelf, due, by)
                keep_answers(kind, wanted, shelf, found, read_at, by)
            asked += len(due)
            done = min(start + CHUNK, len(mine))
            progress(before + done, total, f"已匹配 {done}／{len(mine)} {COUNTED[Kind(kind)]}")
        before += len(mine)
    return asked
