"""A table with a hole in it cannot be made; a good one says where each action leads."""

import pytest
from django.db.models import TextChoices

from jiebang.common.errors import WrongState
from jiebang.common.workflow import Step, Workflow


class State(TextChoices):
    DRAFT = "draft", "草稿"
    DONE = "done", "办结"


class Action(TextChoices):
    FINISH = "finish", "办结"
    REOPEN = "reopen", "重开"


FINISH = Step(Action.FINISH, State.DRAFT, State.DONE)
REOPEN = Step(Action.REOPEN, State.DONE, State.DRAFT)


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([FINISH], "differ"),
        ([FINISH, FINISH, REOPEN], "two rows"),
        ([FINISH, Step(Action.REOPEN, frozenset({"gone"}), State.DRAFT)], "unknown states"),
        ([FINISH, Step(Action.REOPEN, State.DONE, "gone")], "unknown states"),
        ([FINISH, REOPEN, Step("else", State.DONE, State.DRAFT)], "differ"),
    ],
)
def test_a_faulty_table_cannot_be_made(steps, fault):
    with pytest.raises(ValueError, match=fault):
        Workflow(State, Action, steps)


def test_a_table_says_where_an_action_leads_and_refuses_in_chinese():
    life = Workflow(State, Action, [FINISH, REOPEN])

    assert life.target(Action.FINISH, State.DRAFT) == State.DONE
    assert life.actions_from(State.DONE) == [Action.REOPEN]
    with pytest.raises(WrongState, match="当前状态为“办结”，不能办结"):
        life.target(Action.FINISH, State.DONE)
