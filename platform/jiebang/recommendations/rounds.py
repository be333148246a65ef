"""Rounds: everything matched anew by any number of workers, the same as one of them would.

A shard is a job of the ledger; whoever ends the last one of a phase begins the next phase, in
the same transaction. A worker that is killed costs its shard another try, and nothing else.
"""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict
from jiebang.jobs import services as jobs
from jiebang.jobs.registry import Progress
from jiebang.lexicons import services as lexicons
from jiebang.lexicons import wordlists
from jiebang.recommendations import (
    answers,
    corpus,
    engine,
    policies,
    services,
    tuning,
)
from jiebang.recommendations.models import ASKS, OBJECTS, Round, Run, Shard
from jiebang.recommendations.services import CHUNK

SHARD = "recommendations.shard"
Phase = Round.Phase


@transaction.atomic
def start(*, actor: User | None, anew: bool = False, choice_id: int | None = None) -> Round:
    """Begin a round; one that was going on is stopped, for this one does its work too.

    Without `anew` only what is not of now is done: the night's check. When the round ends, the
    words of the choice are in effect.
    """
    if actor is not None:
        policies.may_tune(actor).enforce()
    for each in Round.objects.select_for_update().filter(ended_at=None):
        anew, choice_id = anew or each.anew, choice_id or each.choice_id
        _end(each, Phase.STOPPED)
    phase = Phase.CUT if anew else Phase.MERGE
    try:
        with transaction.atomic():
            made = Round.objects.create(
                anew=anew, phase=phase, started_by=actor, choice_id=choice_id
            )
    except IntegrityError as error:
        raise Conflict("另一位经办人刚刚开始了全量匹配，请刷新后查看进展") from error
    if actor is not None:
        label = "全部重新匹配" if anew else "检查全部匹配"
        audit.record(actor=actor, thing=made, action="start_round", label=label)
    _begin(made)
    return made


@transaction.atomic
def reword(*, choice_id: int) -> Round:
    """Begin the round that reads everything by the chosen words; asked twice, it is one round."""
    begun = Round.objects.filter(choice=choice_id).exclude(phase=Phase.STOPPED).last()
    return begun or start(actor=None, anew=True, choice_id=choice_id)


def listed() -> QuerySet[Round]:
    """Return the rounds, newest first, with `done` of `total` shards of the phase, and `asked`.

    Of a round that is over, all its shards are counted.
    """
    here = Q(ended_at__isnull=False) | Q(shards__phase=F("phase"))
    found = Round.objects.select_related("started_by").annotate(
        total=Count("shards", here),
        done=Count("shards", here & Q(shards__done_at__isnull=False)),
        asked=Coalesce(Sum("shards__asked"), 0),
    )
    return found.order_by("-pk")


def work(shard_id: int, progress: Progress) -> int:
    """Do one shard; returns how many subjects were asked. Safe to repeat."""
    shard = Shard.objects.select_related("round").get(pk=shard_id)
    if shard.done_at is not None or shard.round.ended_at is not None:
        return shard.asked
    match shard.phase:
        case Phase.CUT:
            _cut(shard)
        case Phase.MERGE:
            _merge(shard)
        case Phase.ASK:
            shard.asked = _ask(shard, progress)
    _done(shard)
    return shard.asked


def _cut(shard: Shard) -> None:
    """Cut the texts of some rows, for the index that is merged of all parts."""
    read = corpus.SOUGHT[shard.kind].documents_of(_keys(corpus.SOUGHT[shard.kind], shard))
    place = engine.parts_of(shard.round_id) / shard.kind / str(shard.pk)
    engine.write_part(place, read, wordlists.chosen())


def _merge(shard: Shard) -> None:
    """Merge the parts of a kind, and bring in what has changed while they were cut."""
    folder = engine.parts_of(shard.round_id) / shard.kind
    parts = sorted(folder.iterdir()) if folder.is_dir() else []
    services.refresh_index(shard.kind, anew=shard.round.anew, parts=parts)


def _ask(shard: Shard, progress: Progress) -> int:
    """Ask for some subjects, except those that this round has asked already."""
    shelf, by = services.shelf_of(shard.sought), tuning.current()
    source, asked = corpus.SUBJECTS[shard.kind], 0
    keys = _keys(source, shard)
    for start in range(0, len(keys), CHUNK):
        read_at = timezone.now()
        items = list(source.items(keys[start : start + CHUNK]))
        due = answers.stale(shard.kind, shard.sought, shelf, items, by)
        if shard.round.anew:
            due = _not_asked_since(shard, items, due)
        if due:
            found = answers.ask(shard.kind, shard.sought, shelf, due, by)
            services.keep_answers(shard.kind, shard.sought, shelf, found, read_at, by)
        asked += len(due)
        progress(min(start + CHUNK, len(keys)), len(keys))
    return asked


def _not_asked_since(
    shard: Shard, items: list[corpus.Item], due: list[corpus.Item]
) -> list[corpus.Item]:
    """Return those that were not asked since the round began, and those that changed since."""
    asked = Run.objects.filter(
        subject_kind=shard.kind,
        object_kind=shard.sought,
        subject_id__in=[item.pk for item in items],
        made_at__gte=shard.round.started_at,
    )
    known = set(asked.values_list("subject_id", flat=True)) - {item.pk for item in due}
    return [item for item in items if item.pk not in known]


@transaction.atomic
def _done(shard: Shard) -> None:
    """Write down that a shard is done; after the last one of a phase the next phase begins."""
    held = Round.objects.select_for_update().get(pk=shard.round_id)
    Shard.objects.filter(pk=shard.pk, done_at=None).update(done_at=clock.now(), asked=shard.asked)
    left = held.shards.filter(phase=shard.phase, done_at=None)
    if held.phase == shard.phase and held.ended_at is None and not left.exists():
        held.phase = {Phase.CUT: Phase.MERGE, Phase.MERGE: Phase.ASK}.get(
            Phase(held.phase), Phase.DONE
        )
        held.save(update_fields=["phase"])
        _begin(held)


def _begin(held: Round) -> None:
    """Queue the shards of the phase; one without any is over at once."""
    if held.phase == Phase.DONE:
        for kind in ASKS:
            answers.forget(kind)
        _end(held, Phase.DONE)
        if held.choice_id is not None:
            lexicons.took_effect(choice_id=held.choice_id)
        return
    made = Shard.objects.bulk_create(_shards(held))
    for shard in made:
        jobs.enqueue(
            name=SHARD,
            key=str(shard.pk),
            title=f"{held}：{shard.get_phase_display()}",
            owner=held.started_by,
            shard_id=shard.pk,
        )
    if not made:
        held.phase = Phase.DONE if held.phase == Phase.ASK else Phase.MERGE
        held.save(update_fields=["phase"])
        _begin(held)


def _shards(held: Round) -> Iterator[Shard]:
    match held.phase:
        case Phase.CUT:
            for kind in OBJECTS:
                for first, last in _ranges(corpus.SOUGHT[kind]):
                    yield Shard(round=held, phase=held.phase, kind=kind, first=first, last=last)
        case Phase.MERGE:
            yield from (Shard(round=held, phase=held.phase, kind=kind) for kind in OBJECTS)
        case Phase.ASK:
            for subject, asks in ASKS.items():
                for first, last in _ranges(corpus.SUBJECTS[subject]):
                    for sought in asks:
                        yield Shard(
                            round=held, phase=held.phase, kind=subject, sought=sought,
                            first=first, last=last,
                        )  # fmt: skip


def _ranges(source: corpus.Source) -> Iterator[tuple[int, int]]:
    keys = list(source.rows().order_by("pk").values_list("pk", flat=True))
    size = settings.MATCH_SHARD_ROWS
    for start in range(0, len(keys), size):
        chunk = keys[start : start + size]
        yield chunk[0], chunk[-1]


def _keys(source: corpus.Source, shard: Shard) -> list[int]:
    rows = source.rows().filter(pk__range=(shard.first, shard.last)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _end(held: Round, phase: Round.Phase) -> None:
    held.phase, held.ended_at, held.running = phase, clock.now(), None
    held.save(update_fields=["phase", "ended_at", "running"])
    shutil.rmtree(engine.parts_of(held.pk), ignore_errors=True)
