"""The life of a contract, and of each of its milestones."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a contract can be."""

    DRAFTING = "drafting", "拟定中"
    SIGNING = "signing", "待签署"
    RUNNING = "running", "实施中"
    ACCEPTED = "accepted", "已验收"
    CONCLUDED = "concluded", "已结题"
    FAILED = "failed", "未通过验收"
    TERMINATED = "terminated", "已终止"
    REVOKED = "revoked", "已撤销"


class Action(models.TextChoices):
    """What can be done with one."""

    PROPOSE = "propose", "送签"
    REOPEN = "reopen", "退回重拟"
    ACTIVATE = "activate", "生效"
    ACCEPT = "accept", "验收通过"
    CONCLUDE = "conclude", "结题"
    FAIL = "fail", "验收不通过"
    TERMINATE = "terminate", "终止"
    REVOKE = "revoke", "撤销"


LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.PROPOSE, frozenset({State.DRAFTING}), State.SIGNING),
        Step(Action.REOPEN, frozenset({State.SIGNING}), State.DRAFTING, needs_note=True),
        Step(Action.ACTIVATE, frozenset({State.SIGNING}), State.RUNNING),
        Step(Action.ACCEPT, frozenset({State.RUNNING}), State.ACCEPTED, needs_note=True),
        Step(Action.CONCLUDE, frozenset({State.RUNNING}), State.CONCLUDED, needs_note=True),
        Step(Action.FAIL, frozenset({State.RUNNING}), State.FAILED, needs_note=True),
        Step(
            Action.TERMINATE,
            frozenset({State.DRAFTING, State.SIGNING, State.RUNNING}),
            State.TERMINATED,
            needs_note=True,
        ),
        Step(Action.REVOKE, frozenset({State.RUNNING}), State.REVOKED, needs_note=True),
    ],
)


class Outcome(models.TextChoices):
    """How an acceptance can end for the contract; revising and rechecking ends nothing."""

    PASSED = "passed", "通过验收"
    CLOSED = "closed", "结题"
    FAILED = "failed", "不通过"


class MilestoneState(models.TextChoices):
    """Where a milestone can be."""

    PENDING = "pending", "进行中"
    REPORTED = "reported", "待确认"
    RETURNED = "returned", "退回补正"
    CONFIRMED = "confirmed", "已确认"


class MilestoneAction(models.TextChoices):
    """What can be done with one."""

    REPORT = "report", "提交进展"
    RETURN = "return", "退回补正"
    CONFIRM = "confirm", "确认完成"


MILESTONE_LIFE = Workflow(
    MilestoneState,
    MilestoneAction,
    [
        Step(
            MilestoneAction.REPORT,
            frozenset({MilestoneState.PENDING, MilestoneState.RETURNED}),
            MilestoneState.REPORTED,
        ),
        Step(
            MilestoneAction.RETURN,
            frozenset({MilestoneState.REPORTED}),
            MilestoneState.RETURNED,
            needs_note=True,
        ),
        Step(
            MilestoneAction.CONFIRM,
            frozenset({MilestoneState.REPORTED}),
            MilestoneState.CONFIRMED,
        ),
    ],
)


class PaymentState(models.TextChoices):
    """Where a payment can be."""

    REQUESTED = "requested", "待审批"
    APPROVED = "approved", "待支付"
    PAID = "paid", "已办结"
    DECLINED = "declined", "不予支付"


class PaymentAction(models.TextChoices):
    """What can be done with one."""

    APPROVE = "approve", "审批同意"
    DECLINE = "decline", "不予支付"
    PAY = "pay", "登记凭证"


PAYMENT_OPEN = frozenset({PaymentState.REQUESTED, PaymentState.APPROVED})
PAYMENT_LIFE = Workflow(
    PaymentState,
    PaymentAction,
    [
        Step(PaymentAction.APPROVE, frozenset({PaymentState.REQUESTED}), PaymentState.APPROVED),
        Step(PaymentAction.DECLINE, PAYMENT_OPEN, PaymentState.DECLINED, needs_note=True),
        Step(PaymentAction.PAY, frozenset({PaymentState.APPROVED}), PaymentState.PAID),
    ],
)


class PaymentKind(models.TextChoices):
    """Which way the money goes."""

    TRANCHE = "tranche", "拨付"
    RECOVERY = "recovery", "追回"


class Side(models.TextChoices):
    """The three parties of a contract (三方协议)."""

    POSTER = "poster", "甲方（发榜方）"
    SOLVER = "solver", "乙方（揭榜方）"
    BUREAU = "bureau", "丙方（科技局）"
