"""The life of an emergency opening: one person proposes, another one decides."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where an opening can be."""

    PROPOSED = "proposed", "待复核"
    OPENED = "opened", "已开启"
    DECLINED = "declined", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class Action(models.TextChoices):
    """What can be done with one."""

    CONFIRM = "confirm", "同意开启"
    DECLINE = "decline", "不同意"
    WITHDRAW = "withdraw", "撤回"


STANDING = frozenset({State.PROPOSED, State.OPENED})

LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.CONFIRM, State.PROPOSED, State.OPENED),
        Step(Action.DECLINE, State.PROPOSED, State.DECLINED, needs_note=True),
        Step(Action.WITHDRAW, State.PROPOSED, State.WITHDRAWN),
    ],
)
