"""The life of an acceptance and of an assessment; conclusions, papers, kinds of track items."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where an acceptance can be."""

    DRAFT = "draft", "待申请"
    SUBMITTED = "submitted", "待形式审查"
    RETURNED = "returned", "退回补正"
    REVIEWING = "reviewing", "专家评议中"
    PROPOSED = "proposed", "结论待审批"
    APPROVED = "approved", "结论已审批"
    NOTICE = "notice", "结论公示中"
    REVISING = "revising", "限期修改"
    PASSED = "passed", "验收通过"
    CLOSED = "closed", "已结题"
    FAILED = "failed", "验收不通过"
    CANCELLED = "cancelled", "合同已终止"


class Action(models.TextChoices):
    """What can be done with one."""

    SUBMIT = "submit", "提交验收申请"
    RETURN = "return", "退回补正"
    CONVENE = "convene", "受理并组织评议"
    PROPOSE = "propose", "提出验收结论"
    SEND_BACK = "send_back", "退回重议"
    APPROVE = "approve", "审批同意"
    ANNOUNCE = "announce", "公示结论"
    PASS = "pass", "验收通过"
    CLOSE = "close", "结题"
    FAIL = "fail", "验收不通过"
    REVISE = "revise", "限期修改后复核"
    CANCEL = "cancel", "因合同终止而结束"


class Conclusion(models.TextChoices):
    """What an expert advises, and what is concluded."""

    PASS = "pass", "通过"
    REVISE = "revise", "修改后复核"
    CLOSE = "close", "结题"
    FAIL = "fail", "不通过"


class Satisfaction(models.TextChoices):
    """What the poster says of the result (需求方满意度)."""

    VERY = "very", "非常满意"
    SATISFIED = "satisfied", "满意"
    FAIR = "fair", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Paper(models.TextChoices):
    """The papers of an application; a call says which are required."""

    SUMMARY = "summary", "总结报告"
    TECHNICAL = "technical", "技术报告"
    TEST = "test", "第三方检测报告"
    AUDIT = "audit", "审计报告"
    IP_LIST = "ip_list", "知识产权清单"
    USER = "user", "用户报告"
    OTHER = "other", "其他材料"


class Integrity(models.TextChoices):
    """What became of the integrity record that a failed acceptance proposes."""

    PROPOSED = "proposed", "待登记"
    ENTERED = "entered", "已登记"
    DROPPED = "dropped", "不登记"


class AssessmentState(models.TextChoices):
    """Where a performance assessment can be."""

    PENDING = "pending", "待填报"
    REPORTED = "reported", "待评分"
    RETURNED = "returned", "退回补正"
    SCORED = "scored", "已评分"
    REPLIED = "replied", "单位已答复"


class AssessmentAction(models.TextChoices):
    """What can be done with one."""

    REPORT = "report", "填报成效"
    RETURN = "return", "退回补正"
    SCORE = "score", "评分"
    REPLY = "reply", "答复评分"


class TrackKind(models.TextChoices):
    """What the track record (履约记录) tells of a unit."""

    ACCEPTED = "accepted", "验收通过"
    CLOSED = "closed", "结题"
    FAILED = "failed", "验收不通过"
    ON_TIME = "on_time", "按期"
    LATE = "late", "逾期"
    EXTENDED = "extended", "延期"
    TERMINATED = "terminated", "终止"
    DISPUTED = "disputed", "有争议"


OPEN = frozenset(
    {
        State.DRAFT,
        State.SUBMITTED,
        State.RETURNED,
        State.REVIEWING,
        State.PROPOSED,
        State.APPROVED,
        State.NOTICE,
        State.REVISING,
    }
)
WITH_SOLVER = frozenset({State.DRAFT, State.RETURNED, State.REVISING})
ENDED = frozenset({State.PASSED, State.CLOSED, State.FAILED})
_ENDING = frozenset({State.APPROVED, State.NOTICE})
LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.SUBMIT, WITH_SOLVER, State.SUBMITTED),
        Step(Action.RETURN, State.SUBMITTED, State.RETURNED, needs_note=True),
        Step(Action.CONVENE, State.SUBMITTED, State.REVIEWING),
        Step(Action.PROPOSE, State.REVIEWING, State.PROPOSED, needs_note=True),
        Step(Action.SEND_BACK, State.PROPOSED, State.REVIEWING, needs_note=True),
        Step(Action.APPROVE, State.PROPOSED, State.APPROVED),
        Step(Action.ANNOUNCE, State.APPROVED, State.NOTICE),
        Step(Action.PASS, _ENDING, State.PASSED),
        Step(Action.CLOSE, _ENDING, State.CLOSED),
        Step(Action.FAIL, _ENDING, State.FAILED),
        Step(Action.REVISE, _ENDING, State.REVISING),
        Step(Action.CANCEL, OPEN, State.CANCELLED),
    ],
)
ASSESSMENT_LIFE = Workflow(
    AssessmentState,
    AssessmentAction,
    [
        Step(
            AssessmentAction.REPORT,
            {AssessmentState.PENDING, AssessmentState.RETURNED},
            AssessmentState.REPORTED,
        ),
        Step(
            AssessmentAction.RETURN,
            AssessmentState.REPORTED,
            AssessmentState.RETURNED,
            needs_note=True,
        ),
        Step(
            AssessmentAction.SCORE,
            AssessmentState.REPORTED,
            AssessmentState.SCORED,
            needs_note=True,
        ),
        Step(
            AssessmentAction.REPLY, AssessmentState.SCORED, AssessmentState.REPLIED, needs_note=True
        ),
    ],
)
