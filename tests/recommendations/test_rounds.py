"""Rounds: shards in any order end up as one process would; a phase waits for the last."""

import random

import pytest

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import NotAllowed
from jiebang.jobs import services as jobs
from jiebang.jobs.models import Job
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, rounds, services, tasks
from jiebang.recommendations.models import OBJECTS, Kind, Match, Round, Run, Shard
from tests.factories import (
    make_achievement,
    make_challenge,
    make_need,
    make_officer,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
assert tasks  # registers the jobs


@pytest.fixture(autouse=True)
def small_shards(settings):
    settings.MATCH_SHARD_ROWS = 2


@pytest.fixture
def city(solver):
    for n in range(5):
        make_achievement(title=f"固态电池电解质第 {n} 种装备", keywords="固态电池,电解质")
        make_need(NeedState.ENDORSED, title=f"固态电池第 {n} 条难题")
    make_challenge()


def drain(chance=None):
    """Do what is queued until nothing is, in any order."""
    while waiting := list(Job.objects.filter(state=Job.State.QUEUED, name=rounds.SHARD)):
        job = chance.choice(waiting) if chance else waiting[0]
        jobs.run(jobs.claim(job.pk))
    assert not Job.objects.filter(state=Job.State.FAILED).exists()


def kept():
    columns = (
        "run__subject_kind",
        "run__subject_id",
        "run__object_kind",
        "rank",
        "object_id",
        "grade",
    )
    rows = Match.objects.order_by(*columns[:4]).values_list(*columns, "score", "reasons")
    return [(row[:6], row[6], row[7]) for row in rows]


def same(found, expected):
    assert [row[0] for row in found] == [row[0] for row in expected]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected], abs=1e-9)
    for (_, _, left), (_, _, right) in zip(found, expected, strict=True):
        assert [reason["term"] for reason in left] == [reason["term"] for reason in right]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_round_ends_as_one_process_would(city, seed):
    made = rounds.start(actor=make_officer(), anew=True)
    drain(random.Random(seed) if seed else None)  # noqa: S311
    found = kept()
    made.refresh_from_db()
    assert (made.phase, made.running, made.ended_at is None) == ("done", None, False)
    sharded = {kind: dict(engine.current(kind).digests) for kind in OBJECTS}

    Run.objects.all().delete()
    services.refresh_all(anew=True)

    same(found, kept())
    assert len(found) > 20
    assert sharded == {kind: dict(engine.current(kind).digests) for kind in OBJECTS}
    assert not engine.parts_of(made.pk).exists()


def test_each_phase_begins_when_the_last_shard_of_the_one_before_has_ended(city):
    made = rounds.start(actor=None, anew=True)
    cuts = list(made.shards.order_by("pk"))
    assert {shard.phase for shard in cuts} == {"cut"}
    for shard in cuts[:-1]:
        rounds.work(shard.pk, lambda *_: None)
    assert made.shards.exclude(phase="cut").count() == 0
    rounds.work(cuts[-1].pk, lambda *_: None)
    rounds.work(cuts[-1].pk, lambda *_: None)

    assert made.shards.filter(phase="merge").count() == len(OBJECTS)
    assert Job.objects.filter(name=rounds.SHARD).count() == len(cuts) + len(OBJECTS)


def test_the_night_asks_only_what_is_not_of_now(city):
    services.refresh_all()
    rounds.start(actor=None)
    drain()
    assert sum(Shard.objects.values_list("asked", flat=True)) == 0

    pending = make_unit(state="pending")
    need = make_need(NeedState.ENDORSED, owner=pending, title="另一条固态电池难题")
    rounds.start(actor=None)
    drain()
    assert sum(Shard.objects.values_list("asked", flat=True)) == 2
    assert Run.objects.filter(subject_id=need.pk, subject_kind=Kind.NEED).count() == 2


def test_a_row_that_changes_while_texts_are_cut_is_not_lost(city, solver):
    made = rounds.start(actor=None, anew=True)
    for shard in made.shards.filter(phase="cut"):
        rounds.work(shard.pk, lambda *_: None)
    row = solver.achievements.first()
    row.title = "中途改过名称的成果"
    row.save()
    drain()

    assert engine.current(Kind.ACHIEVEMENT).index.fields(f"{row.pk}.0")["title"] == row.title


def test_a_shard_that_is_repeated_asks_only_what_it_had_not(city, monkeypatch, settings):
    settings.MATCH_SHARD_ROWS = 100
    monkeypatch.setattr(rounds, "CHUNK", 2)
    made = rounds.start(actor=None, anew=True)
    while made.shards.filter(phase="ask").count() == 0:
        shard = made.shards.filter(done_at=None).first()
        rounds.work(shard.pk, lambda *_: None)
    shard = made.shards.filter(phase="ask", kind="need", sought="achievement").get()

    def stop(done, total, message=""):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rounds.work(shard.pk, stop)
    assert rounds.work(shard.pk, lambda *_: None) == 6 - 4


def test_a_new_round_takes_over_from_one_that_goes_on(city):
    first = rounds.start(actor=None, anew=True)
    second = rounds.start(actor=None)
    drain()

    first.refresh_from_db(), second.refresh_from_db()
    assert (first.phase, second.phase) == ("stopped", "done")
    assert Round.objects.filter(running=True).count() == 0


@pytest.mark.parametrize("role", [None, PlatformRole.APPROVER, PlatformRole.AUDITOR])
def test_only_officers_start_one(role):
    with pytest.raises(NotAllowed):
        rounds.start(actor=make_user(*([role] if role else [])), anew=True)
    assert (Round.objects.count(), Job.objects.count()) == (0, 0)


def test_a_city_without_rows_is_matched_at_once():
    made = rounds.start(actor=None, anew=True)
    drain()
    made.refresh_from_db()

    assert made.phase == "done"
