"""The life of a directed commission; its kinds and causes; what experts say of competition."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class Kind(models.TextChoices):
    """How much is commissioned."""

    SINGLE = "single", "单项委托"
    PACKAGE = "package", "整体打包"


class Cause(models.TextChoices):
    """Why posting will not do."""

    SOLE = "sole", "只有唯一单位具备条件"
    SECRET = "secret", "涉密或敏感，不宜公开"
    CONTINUED = "continued", "延续前期攻关"
    FAILED_ROUND = "failed_round", "张榜流标"
    CHAIN_LEADER = "chain_leader", "链主牵头组织联合攻关"
    PACKAGE = "package", "整体打包交优势单位"
    URGENT = "urgent", "任务紧急，公开张榜来不及"


class Stance(models.TextChoices):
    """What an expert says of holding a competition."""

    POINTLESS = "pointless", "公开竞争没有实际意义"
    POSSIBLE = "possible", "具备公开竞争条件"


class State(models.TextChoices):
    """Where a commission can be."""

    DRAFT = "draft", "拟定中"
    PROPOSED = "proposed", "待审批"
    RETURNED = "returned", "退回修改"
    ELEVATED = "elevated", "待上级审批"
    APPROVED = "approved", "待集体审议"
    NOTICE = "notice", "公示中"
    FROZEN = "frozen", "异议处理中"
    EFFECTIVE = "effective", "已生效"
    COMPLETED = "completed", "已完成"
    RELEASED = "released", "已解除"
    WITHDRAWN = "withdrawn", "已撤回"
    REJECTED = "rejected", "不予委托"
    CANCELLED = "cancelled", "异议成立，已撤销"


class Action(models.TextChoices):
    """What can be done with one."""

    PROPOSE = "propose", "提交审批"
    APPROVE = "approve", "审批同意"
    ELEVATE = "elevate", "同意并报上级审批"
    CONFIRM = "confirm", "上级审批同意"
    RESOLVE = "resolve", "登记集体审议"
    RETURN = "return", "退回修改"
    REJECT = "reject", "不予委托"
    WITHDRAW = "withdraw", "撤回"
    FREEZE = "freeze", "暂停公示"
    RESUME = "resume", "恢复公示"
    CANCEL = "cancel", "异议成立撤销"
    TAKE_EFFECT = "take_effect", "正式委托"
    COMPLETE = "complete", "验收完成"
    RELEASE = "release", "合同终止"


_S, _A = State, Action
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
IN_CHAIN = frozenset({_S.PROPOSED, _S.ELEVATED, _S.APPROVED})
# While it is here, its needs belong to it and to no other commission.
RUNNING = IN_CHAIN | {_S.RETURNED, _S.NOTICE, _S.FROZEN, _S.EFFECTIVE}
MADE = frozenset({_S.EFFECTIVE, _S.COMPLETED, _S.RELEASED})
PUBLIC = MADE | {_S.NOTICE, _S.FROZEN}

LIFE = Workflow(
    State,
    Action,
    [
        Step(_A.PROPOSE, EDITABLE, _S.PROPOSED),
        Step(_A.APPROVE, _S.PROPOSED, _S.APPROVED),
        Step(_A.ELEVATE, _S.PROPOSED, _S.ELEVATED),
        Step(_A.CONFIRM, _S.ELEVATED, _S.APPROVED),
        Step(_A.RESOLVE, _S.APPROVED, _S.NOTICE),
        Step(_A.RETURN, IN_CHAIN, _S.RETURNED, needs_note=True),
        Step(_A.REJECT, IN_CHAIN, _S.REJECTED, needs_note=True),
        Step(_A.WITHDRAW, EDITABLE | IN_CHAIN, _S.WITHDRAWN, needs_note=True),
        Step(_A.FREEZE, _S.NOTICE, _S.FROZEN),
        Step(_A.RESUME, _S.FROZEN, _S.NOTICE),
        Step(_A.CANCEL, _S.FROZEN, _S.CANCELLED, needs_note=True),
        Step(_A.TAKE_EFFECT, _S.NOTICE, _S.EFFECTIVE),
        Step(_A.COMPLETE, _S.EFFECTIVE, _S.COMPLETED),
        Step(_A.RELEASE, _S.EFFECTIVE, _S.RELEASED),
    ],
)
