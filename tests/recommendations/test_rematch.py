"""`manage.py rematch`: everything anew, now, with a word on how far it is."""

from io import StringIO

import pytest
from django.core.management import call_command

from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine
from jiebang.recommendations.models import Kind, Match
from tests.factories import make_need, make_unit

pytestmark = pytest.mark.django_db


def test_it_makes_every_index_and_every_answer(solver):
    make_need(NeedState.ENDORSED, owner=make_unit(state="pending"))
    out = StringIO()

    call_command("rematch", stdout=out)

    assert Match.objects.filter(run__subject_kind=Kind.NEED).count() == 2
    assert len(engine.current(Kind.ACHIEVEMENT).index) == 2
    lines = out.getvalue().splitlines()
    assert lines[0] == "正在整理需求"
    assert lines[-2:] == ["已匹配 1／1 家单位", "已重新匹配 5 次，匹配结果已全部更新"]


class Terminal(StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_written_over(solver):
    out = Terminal()

    call_command("rematch", stdout=out)

    *told, last = out.getvalue().split("\r\033[K")
    assert told[1] == "正在整理需求"
    assert last == "已重新匹配 3 次，匹配结果已全部更新\n"
