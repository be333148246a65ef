"""The life of an integrity record, its sanctions, and the gates that each sanction shuts."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a record can be; whether it still holds is also a matter of its last day."""

    IN_FORCE = "in_force", "生效"
    LIFTED = "lifted", "已解除"


class Action(models.TextChoices):
    """What can be done with a record."""

    LIFT = "lift", "解除"


class Gate(models.TextChoices):
    """Where the records are asked."""

    POST = "post", "发榜"
    BID = "bid", "揭榜"
    REVIEW = "review", "参加评审"
    AWARD = "award", "中榜"
    COMMISSION = "commission", "接受委托"
    CONTRACT = "contract", "签订合同"


class Sanction(models.TextChoices):
    """What follows from a record."""

    WARNING = "warning", "警示，不限制办理"
    NO_PROJECTS = "no_projects", "限制揭榜、中榜、受托和签约"
    NO_REVIEWING = "no_reviewing", "限制参加评审"
    NOTHING = "nothing", "限制参与全部项目活动"


class Source(models.TextChoices):
    """Where it became known."""

    BUREAU = "bureau", "科技局查实"
    CREDIT = "credit", "信用中国公示"
    COURT = "court", "失信被执行人名单"
    CONTRACT = "contract", "合同严重违约"
    OTHER = "other", "其他"


SHUT: dict[str, frozenset[str]] = {
    Sanction.WARNING: frozenset(),
    Sanction.NO_PROJECTS: frozenset({Gate.BID, Gate.AWARD, Gate.COMMISSION, Gate.CONTRACT}),
    Sanction.NO_REVIEWING: frozenset({Gate.REVIEW}),
    Sanction.NOTHING: frozenset(Gate),
}
LIFE = Workflow(
    State,
    Action,
    [Step(Action.LIFT, State.IN_FORCE, State.LIFTED, needs_note=True)],
)
