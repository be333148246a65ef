"""The life of a challenge, from the day it is scheduled to its end."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a challenge can be."""

    SCHEDULED = "scheduled", "待张榜"
    OPEN = "open", "揭榜中"
    CLOSED = "closed", "待定榜"
    AWARDED = "awarded", "已中榜"
    COMPLETED = "completed", "已完成"
    FAILED = "failed", "流标"
    WITHDRAWN = "withdrawn", "已撤榜"


class Action(models.TextChoices):
    """What can happen to one."""

    OPEN = "open", "张榜"
    CLOSE = "close", "截止揭榜"
    AWARD = "award", "定榜"
    COMPLETE = "complete", "验收完成"
    FAIL = "fail", "宣布流标"
    WITHDRAW = "withdraw", "撤榜"
    RELEASE = "release", "合同终止"


class ContactWay(models.TextChoices):
    """How poster and solver met."""

    ON_SITE = "on_site", "现场"
    ONLINE = "online", "线上"
    PHONE = "phone", "电话"


ON_THE_BOARD = frozenset({State.OPEN, State.CLOSED, State.AWARDED, State.COMPLETED, State.FAILED})
LIVE = frozenset({State.SCHEDULED, State.OPEN, State.CLOSED, State.AWARDED})
BY_CLOCK = frozenset({Action.OPEN, Action.CLOSE})
BY_CONTRACT = frozenset({Action.AWARD, Action.COMPLETE, Action.RELEASE})

LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.OPEN, State.SCHEDULED, State.OPEN),
        Step(Action.CLOSE, State.OPEN, State.CLOSED),
        Step(Action.AWARD, State.CLOSED, State.AWARDED),
        Step(Action.COMPLETE, State.AWARDED, State.COMPLETED),
        Step(Action.FAIL, State.CLOSED, State.FAILED, needs_note=True),
        Step(
            Action.WITHDRAW,
            {State.SCHEDULED, State.OPEN, State.CLOSED},
            State.WITHDRAWN,
            needs_note=True,
        ),
        Step(Action.RELEASE, State.AWARDED, State.FAILED),
    ],
)
