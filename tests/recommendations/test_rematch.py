"""`manage.py rematch`: everything anew, now, with a word on how far it is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jiebang.common import clock
from jiebang.jobs import services as jobs
from jiebang.jobs.models import Job
from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, following, rounds
from jiebang.recommendations.models import Kind, Match, Round
from tests.factories import make_need, make_unit

pytestmark = pytest.mark.django_db


def test_it_makes_every_index_and_every_answer(solver):
    make_need(NeedState.ENDORSED, owner=make_unit(state="pending"))
    out = StringIO()

    call_command("rematch", stdout=out)

    assert Match.objects.filter(run__subject_kind=Kind.NEED).count() == 2
    assert len(engine.current(Kind.ACHIEVEMENT).index) == 2
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("切分文本 0／")
    assert lines[-1] == "已重新匹配 5 次，匹配结果已全部更新"
    assert Round.objects.get().phase == "done"


def test_it_does_only_what_no_worker_has_in_hand(solver, monkeypatch):
    """A worker has one shard, and is killed: when its claim runs out the shard is done again."""
    monkeypatch.setattr(following, "PAUSE", 0)
    held = rounds.start(actor=None, anew=True)
    taken = jobs.claim(Job.objects.filter(name=rounds.SHARD).order_by("pk").first().pk)
    told = []

    def progress(done, total, message):
        told.append((done, total, message))
        if len(told) == total + 3:  # all others are done; only the taken one is left
            Job.objects.filter(pk=taken.pk).update(lease_until=clock.now() - timedelta(seconds=1))

    assert following.follow(held.pk, progress).phase == "done"

    (done, total, message) = told[total_of(told)]
    assert (done, message) == (total - 1, f"切分文本 {total - 1}／{total}")
    tries = dict(Job.objects.filter(name=rounds.SHARD).values_list("pk", "attempts"))
    assert tries.pop(taken.pk) == 2
    assert set(tries.values()) == {1}


def total_of(told):
    return told[0][1] + 1


def test_a_shard_that_fails_for_good_ends_the_command_with_its_sentence(solver):
    held = rounds.start(actor=None, anew=True)
    Job.objects.filter(name=rounds.SHARD).update(state="failed", message="多次中断")

    with pytest.raises(following.RoundStuck, match="多次中断"):
        following.follow(held.pk, lambda *_: None)


def test_a_round_that_takes_over_is_said(solver, monkeypatch):
    begin = rounds.start

    def begin_twice(**how):
        first = begin(**how)
        begin(**how)
        return first

    monkeypatch.setattr(rounds, "start", begin_twice)
    with pytest.raises(CommandError, match="另一轮全量匹配已经开始"):
        call_command("rematch", stdout=StringIO())


class Terminal(StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_written_over(solver):
    out = Terminal()

    call_command("rematch", stdout=out)

    *told, last = out.getvalue().split("\r\033[K")
    assert told[1].startswith("切分文本 0／")
    assert last == "已重新匹配 3 次，匹配结果已全部更新\n"
