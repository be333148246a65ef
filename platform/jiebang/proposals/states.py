"""The life of a solution."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a solution can be."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    WITHDRAWN = "withdrawn", "已撤回"
    AWARDED = "awarded", "已中榜"
    NOT_AWARDED = "not_awarded", "未中榜"


class Action(models.TextChoices):
    """What can be done to one."""

    SUBMIT = "submit", "提交揭榜"
    WITHDRAW = "withdraw", "撤回"
    REVISE = "revise", "重新编辑"
    AWARD = "award", "中榜"
    DECLINE = "decline", "未中榜"


EDITABLE = frozenset({State.DRAFT})
BY_AWARD = frozenset({Action.AWARD, Action.DECLINE})

LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.SUBMIT, frozenset({State.DRAFT}), State.SUBMITTED),
        Step(Action.WITHDRAW, frozenset({State.SUBMITTED}), State.WITHDRAWN),
        Step(Action.REVISE, frozenset({State.WITHDRAWN}), State.DRAFT),
        Step(Action.AWARD, frozenset({State.SUBMITTED}), State.AWARDED),
        Step(Action.DECLINE, frozenset({State.SUBMITTED}), State.NOT_AWARDED),
    ],
)
