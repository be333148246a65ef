"""The lives of a contract, its milestones, its money, and of what is asked of it."""

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
        Step(Action.PROPOSE, State.DRAFTING, State.SIGNING),
        Step(Action.REOPEN, State.SIGNING, State.DRAFTING, needs_note=True),
        Step(Action.ACTIVATE, State.SIGNING, State.RUNNING),
        Step(Action.ACCEPT, State.RUNNING, State.ACCEPTED, needs_note=True),
        Step(Action.CONCLUDE, State.RUNNING, State.CONCLUDED, needs_note=True),
        Step(Action.FAIL, State.RUNNING, State.FAILED, needs_note=True),
        Step(
            Action.TERMINATE,
            {State.DRAFTING, State.SIGNING, State.RUNNING},
            State.TERMINATED,
            needs_note=True,
        ),
        Step(Action.REVOKE, State.RUNNING, State.REVOKED, needs_note=True),
    ],
)


ENDED = frozenset({State.ACCEPTED, State.CONCLUDED, State.FAILED, State.TERMINATED, State.REVOKED})
REACHED = frozenset({State.ACCEPTED, State.CONCLUDED})  # the work is over, not given up
BROKEN_OFF = ENDED - REACHED  # these are settled: what was not spent comes back


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
    RECTIFYING = "rectifying", "整改中"
    CONFIRMED = "confirmed", "已确认"


class MilestoneAction(models.TextChoices):
    """What can be done with one."""

    REPORT = "report", "提交进展"
    RETURN = "return", "退回补正"
    CONFIRM = "confirm", "确认完成"
    RECTIFY = "rectify", "责令整改"
    GIVE_UP = "give_up", "建议终止"


# A report may be handed in anew until it is judged: the newest is the one that counts.
TO_REPORT = frozenset({MilestoneState.PENDING, MilestoneState.RETURNED, MilestoneState.RECTIFYING})
MILESTONE_LIFE = Workflow(
    MilestoneState,
    MilestoneAction,
    [
        Step(
            MilestoneAction.REPORT, TO_REPORT | {MilestoneState.REPORTED}, MilestoneState.REPORTED
        ),
        Step(
            MilestoneAction.RETURN,
            MilestoneState.REPORTED,
            MilestoneState.RETURNED,
            needs_note=True,
        ),
        Step(MilestoneAction.CONFIRM, MilestoneState.REPORTED, MilestoneState.CONFIRMED),
        Step(
            MilestoneAction.RECTIFY,
            MilestoneState.REPORTED,
            MilestoneState.RECTIFYING,
            needs_note=True,
        ),
        # Whether the contract ends is decided by the bureau: the report waits for it.
        Step(
            MilestoneAction.GIVE_UP,
            MilestoneState.REPORTED,
            MilestoneState.REPORTED,
            needs_note=True,
        ),
    ],
)


class Consequence(models.TextChoices):
    """What follows when a milestone is missed."""

    RECTIFY = "rectify", "限期整改"
    DEDUCT = "deduct", "暂缓拨付"
    TERMINATE = "terminate", "终止合同"


class Advice(models.TextChoices):
    """What an expert advises after a stage check (阶段检查)."""

    CONTINUE = "continue", "继续实施"
    RECTIFY = "rectify", "限期整改"
    TERMINATE = "terminate", "终止实施"


class Axis(models.TextChoices):
    """The two ways in which the same spending is told."""

    ITEM = "item", "按科目"
    SOURCE = "source", "按来源"


class Item(models.TextChoices):
    """The items of a budget (预算科目)."""

    EQUIPMENT = "equipment", "设备费"
    MATERIAL = "material", "材料费"
    TEST = "test", "测试化验加工费"
    LABOUR = "labour", "人员劳务费"
    OUTSOURCED = "outsourced", "外协费"
    TRAVEL = "travel", "差旅会议合作费"
    OTHER = "other", "其他费用"


class Source(models.TextChoices):
    """Whose money was spent."""

    POSTER = "poster", "发榜方出资"
    GRANT = "grant", "财政补助"
    OWN = "own", "乙方自筹"
    MATCHING = "matching", "配套资金"


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
        Step(PaymentAction.APPROVE, PaymentState.REQUESTED, PaymentState.APPROVED),
        Step(PaymentAction.DECLINE, PAYMENT_OPEN, PaymentState.DECLINED, needs_note=True),
        Step(PaymentAction.PAY, PaymentState.APPROVED, PaymentState.PAID),
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


class SettlementState(models.TextChoices):
    """Where a settlement can be."""

    PROPOSED = "proposed", "待核定"
    RETURNED = "returned", "退回重算"
    CONFIRMED = "confirmed", "已核定"


class SettlementAction(models.TextChoices):
    """What can be done with one."""

    RESUBMIT = "resubmit", "重新提出"
    RETURN = "return", "退回重算"
    CONFIRM = "confirm", "核定"


SETTLEMENT_LIFE = Workflow(
    SettlementState,
    SettlementAction,
    [
        Step(SettlementAction.RESUBMIT, SettlementState.RETURNED, SettlementState.PROPOSED),
        Step(
            SettlementAction.RETURN,
            SettlementState.PROPOSED,
            SettlementState.RETURNED,
            needs_note=True,
        ),
        Step(SettlementAction.CONFIRM, SettlementState.PROPOSED, SettlementState.CONFIRMED),
    ],
)


class RequestKind(models.TextChoices):
    """What is asked of a running contract."""

    CHANGE = "change", "变更"
    EXTENSION = "extension", "延期"
    TERMINATION = "termination", "终止"
    REVOCATION = "revocation", "撤销"


class Reason(models.TextChoices):
    """Why, as one of the kind's coded reasons (`REASONS`)."""

    ROUTE = "route", "技术路线调整"
    TEAM = "team", "项目负责人或团队变动"
    PARTNER = "partner", "合作单位变动"
    BUDGET = "budget", "经费安排调整"
    SCHEDULE = "schedule", "进度安排调整"
    DIFFICULTY = "difficulty", "技术难度超出预期"
    SUPPLY = "supply", "关键设备或材料供应延误"
    TESTING = "testing", "检测验证周期延长"
    POLICY = "policy", "政策或标准调整"
    FORCE = "force", "不可抗力"
    INFEASIBLE = "infeasible", "技术路线不可行"
    MARKET = "market", "市场或需求变化"
    MISSED = "missed", "里程碑未达标"
    UNABLE = "unable", "一方丧失履约能力"
    MUTUAL = "mutual", "各方协商一致"
    FRAUD = "fraud", "弄虚作假"
    MISUSE = "misuse", "截留挪用资金"
    SUBLET = "sublet", "擅自转包"
    REFUSED_CHECK = "refused_check", "拒不接受检查或整改"


REASONS: dict[str, tuple[Reason, ...]] = {
    RequestKind.CHANGE: (
        *(Reason.ROUTE, Reason.TEAM, Reason.PARTNER, Reason.BUDGET, Reason.SCHEDULE),
        *(Reason.POLICY, Reason.FORCE),
    ),
    RequestKind.EXTENSION: (
        *(Reason.DIFFICULTY, Reason.SUPPLY, Reason.TESTING, Reason.POLICY, Reason.FORCE),
    ),
    RequestKind.TERMINATION: (
        *(Reason.INFEASIBLE, Reason.MARKET, Reason.MISSED, Reason.UNABLE, Reason.MUTUAL),
        *(Reason.POLICY, Reason.FORCE),
    ),
    RequestKind.REVOCATION: (*(Reason.FRAUD, Reason.MISUSE, Reason.SUBLET, Reason.REFUSED_CHECK),),
}


class RequestState(models.TextChoices):
    """Where a request can be."""

    ASKED = "asked", "待甲方同意"
    AGREED = "agreed", "待科技局审定"
    DECLINED = "declined", "甲方不同意"
    APPROVED = "approved", "已同意"
    REJECTED = "rejected", "未予同意"
    WITHDRAWN = "withdrawn", "已撤回"


class RequestAction(models.TextChoices):
    """What can be done with one."""

    AGREE = "agree", "同意申请"
    DECLINE = "decline", "不同意申请"
    APPROVE = "approve", "审定同意"
    REJECT = "reject", "不予同意"
    WITHDRAW = "withdraw", "撤回申请"


REQUEST_PENDING = (RequestState.ASKED, RequestState.AGREED)
REQUEST_LIFE = Workflow(
    RequestState,
    RequestAction,
    [
        Step(RequestAction.AGREE, RequestState.ASKED, RequestState.AGREED),
        Step(RequestAction.DECLINE, RequestState.ASKED, RequestState.DECLINED, needs_note=True),
        Step(RequestAction.APPROVE, RequestState.AGREED, RequestState.APPROVED),
        Step(RequestAction.REJECT, RequestState.AGREED, RequestState.REJECTED, needs_note=True),
        Step(RequestAction.WITHDRAW, REQUEST_PENDING, RequestState.WITHDRAWN),
    ],
)


class CheckpointState(models.TextChoices):
    """Where a checkpoint of a race (赛马检查点) can be."""

    PLANNED = "planned", "待评比"
    RANKED = "ranked", "待决定"
    DECIDED = "decided", "已决定"


class CheckpointAction(models.TextChoices):
    """What can be done with one."""

    RANK = "rank", "登记名次"
    DECIDE = "decide", "决定去留"


CHECKPOINT_LIFE = Workflow(
    CheckpointState,
    CheckpointAction,
    [
        Step(
            CheckpointAction.RANK,
            {CheckpointState.PLANNED, CheckpointState.RANKED},
            CheckpointState.RANKED,
        ),
        Step(
            CheckpointAction.DECIDE,
            CheckpointState.RANKED,
            CheckpointState.DECIDED,
            needs_note=True,
        ),
    ],
)


class Result(models.TextChoices):
    """What a place at a checkpoint meant for the contract."""

    STAYS = "stays", "继续"
    CUT = "cut", "淘汰"
    MERGED = "merged", "并入"
