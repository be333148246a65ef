"""The life of a decision and of an objection, and how solutions are reviewed."""

from django.db import models

from jiebang.approvals.states import OBJECTION as OBJECTION
from jiebang.approvals.states import ObjectionAction as ObjectionAction
from jiebang.approvals.states import ObjectionState as ObjectionState
from jiebang.common.workflow import Step, Workflow


class DecisionState(models.TextChoices):
    """Where a decision can be."""

    PROPOSED = "proposed", "待审批"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "待集体审议"
    NOTICE = "notice", "公示中"
    FROZEN = "frozen", "异议处理中"
    EFFECTIVE = "effective", "已定榜"
    CANCELLED = "cancelled", "已撤销"


class DecisionAction(models.TextChoices):
    """What can be done with a decision."""

    RESUBMIT = "resubmit", "重新提出"
    APPROVE = "approve", "审批同意"
    RETURN = "return", "退回修改"
    RESOLVE = "resolve", "登记集体审议"
    FREEZE = "freeze", "暂停公示"
    RESUME = "resume", "恢复公示"
    TAKE_EFFECT = "take_effect", "正式定榜"
    CANCEL = "cancel", "撤销决定"


class Method(models.TextChoices):
    """How the experts' totals become one score."""

    MEAN = "mean", "平均分"
    MEDIAN = "median", "中位数"
    TRIMMED = "trimmed", "去掉最高分和最低分后平均"


class ReviewMode(models.TextChoices):
    """How a review was held."""

    PAPER = "paper", "材料评审"
    MEETING = "meeting", "会议评审"
    VISIT = "visit", "现场考察"
    DILIGENCE = "diligence", "尽职调查"


class InquiryKind(models.TextChoices):
    """What the bureau looks into beside the experts' scores."""

    DILIGENCE = "diligence", "尽职调查"
    VISIT = "visit", "现场考察"


class Finding(models.TextChoices):
    """What an inquiry came to."""

    CONFIRMED = "confirmed", "情况属实"
    PARTLY = "partly", "部分属实"
    NOT_CONFIRMED = "not_confirmed", "情况不实"


class Advice(models.TextChoices):
    """What a reviewer or the poster advises."""

    YES = "yes", "推荐"
    CHANGED = "changed", "修改后推荐"
    NO = "no", "不推荐"


UNDER_WAY = frozenset(
    {
        DecisionState.PROPOSED,
        DecisionState.RETURNED,
        DecisionState.APPROVED,
        DecisionState.NOTICE,
        DecisionState.FROZEN,
    }
)
LIVE = UNDER_WAY | {DecisionState.EFFECTIVE}
PUBLIC = frozenset({DecisionState.NOTICE, DecisionState.FROZEN, DecisionState.EFFECTIVE})

_S, _A = DecisionState, DecisionAction
DECISION = Workflow(
    DecisionState,
    DecisionAction,
    [
        Step(_A.RESUBMIT, _S.RETURNED, _S.PROPOSED),
        Step(_A.APPROVE, _S.PROPOSED, _S.APPROVED),
        Step(_A.RETURN, {_S.PROPOSED, _S.APPROVED}, _S.RETURNED, needs_note=True),
        Step(_A.RESOLVE, _S.APPROVED, _S.NOTICE),
        Step(_A.FREEZE, _S.NOTICE, _S.FROZEN),
        Step(_A.RESUME, _S.FROZEN, _S.NOTICE),
        Step(_A.TAKE_EFFECT, _S.NOTICE, _S.EFFECTIVE),
        Step(_A.CANCEL, UNDER_WAY, _S.CANCELLED, needs_note=True),
    ],
)
