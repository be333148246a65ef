"""A worker that is killed while it matches: the next one finishes, each match is there once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from jiebang.jobs.models import Job
from jiebang.lexicons import queries as lexicons
from jiebang.lexicons import services as desk
from jiebang.lexicons.states import Kind as Word
from jiebang.library.models import TechNeed
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, outbox, rounds, services
from jiebang.recommendations.models import Kind, Match, Round, Run, Shard
from tests.factories import make_achievement, make_need, make_officer

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds until we say that it hangs
NEEDS = 120


@pytest.fixture
def start(tmp_path, indexes):
    """Start a Celery program on the suite's database, in a process group of its own."""
    options = connection.settings_dict
    url = f"sqlite:///{options['NAME']}"
    if connection.vendor == "postgresql":
        who = f"{options['USER']}:{options['PASSWORD']}@{options['HOST']}:{options['PORT'] or 5432}"
        url = f"postgres://{who}/{options['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.recommendations.worker_settings",
        "JIEBANG_VAR": str(indexes.parent),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }
    started = []

    def run(*arguments):
        log = (tmp_path / f"{arguments[0]}-{len(started)}.log").open("wb")
        command = [sys.executable, "-m", "celery", "-A", "jiebang", *arguments]
        program = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        started.append((program, log))
        return program

    yield run
    for program, log in started:
        kill(program)
        log.close()


def kill(program):
    """End the program and all it started, as kill -9 does."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def wait_until(holds, *programs):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "nothing happens any more"
        assert [program.poll() for program in programs] == [None] * len(programs)
        time.sleep(0.005)


def start_worker(start):
    return start("worker", "-c", "1", "--without-gossip", "--without-mingle", "-l", "WARNING")


def answers():
    columns = ("run__subject_id", "run__object_kind", "object_id", "rank", "score")
    return list(Match.objects.order_by(*columns[:4]).values_list(*columns))


def one_process_answers(made):
    """Match everything anew within this process, and hold what was made against it."""
    Run.objects.all().delete()
    engine._opened.clear()
    services.refresh_all(anew=True)
    again = answers()
    assert [row[:4] for row in made] == [row[:4] for row in again]
    assert [row[4] for row in made] == pytest.approx([row[4] for row in again], abs=1e-9)


def test_a_worker_killed_while_it_matches_loses_nothing(start, tmp_path):
    first = make_need(NeedState.ENDORSED)
    make_achievement(keywords="固态电池,硫化物电解质")
    for n in range(1, NEEDS):
        first.pk, first.title = None, f"固态电池电解质第 {n} 种制备技术"
        first.save(force_insert=True)
    with transaction.atomic():
        outbox.note_everything()
    beat = start("beat", "-l", "WARNING", "--pidfile=", "-s", str(tmp_path / "beat-schedule"))
    worker = start_worker(start)
    half = Run.objects.filter(subject_kind=Kind.NEED)

    wait_until(lambda: half.count() > NEEDS // 4, worker, beat)
    kill(worker)

    job = Job.objects.get()
    assert (job.state, 0 < half.count() < 2 * NEEDS) == ("running", True)
    assert "条需求" in job.message

    second = start_worker(start)
    wait_until(lambda: Job.objects.get().is_over, second, beat)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.fence) == ("done", 2, 2)
    assert job.result["asked"] < Run.objects.count()  # what was answered was not asked again
    assert TechNeed.objects.count() == NEEDS
    made = answers()
    assert Run.objects.filter(subject_kind=Kind.NEED).count() == 2 * NEEDS
    assert len(made) == len({row[:3] for row in made})
    one_process_answers(made)


def test_a_worker_killed_within_a_round_costs_its_shard_another_try(start, tmp_path, settings):
    first = make_need(NeedState.ENDORSED)
    make_achievement(keywords="固态电池,硫化物电解质")
    for n in range(1, NEEDS // 2):
        first.pk, first.title = None, f"固态电池电解质第 {n} 种制备技术"
        first.save(force_insert=True)
    settings.MATCH_SHARD_ROWS = 10
    officer = make_officer()
    desk.add(actor=officer, kind=Word.STOP, word="制备技术", why="套话")
    choice = desk.publish(actor=officer, why="少些套话")  # queues the round that reads by it
    beat = start("beat", "-l", "WARNING", "--pidfile=", "-s", str(tmp_path / "beat-schedule"))
    worker = start_worker(start)
    asked = Run.objects.filter(subject_kind=Kind.NEED)
    wait_until(lambda: asked.count() > NEEDS // 4, worker, beat)
    kill(worker)
    before = Shard.objects.exclude(done_at=None).count()
    assert Job.objects.filter(state="running").count() <= 1
    assert lexicons.in_effect() is None

    second = start_worker(start)
    wait_until(lambda: Round.objects.get().ended_at, second, beat)
    wait_until(lambda: all(job.is_over for job in Job.objects.all()), second, beat)

    assert (Round.objects.get().phase, Shard.objects.filter(done_at=None).count()) == ("done", 0)
    assert lexicons.in_effect() == choice
    shards = Job.objects.filter(name=rounds.SHARD)
    assert set(shards.values_list("state", flat=True)) == {"done"}
    assert sum(job.attempts - 1 for job in shards) <= 1
    assert 0 < before < Shard.objects.count()
    one_process_answers(answers())
