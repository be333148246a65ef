"""The life of a solution, of an invitation into its consortium, and of a permission to be late."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class State(models.TextChoices):
    """Where a solution can be."""

    INTENTION = "intention", "揭榜意向"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    WITHDRAWN = "withdrawn", "已撤回"
    AWARDED = "awarded", "已中榜"
    NOT_AWARDED = "not_awarded", "未中榜"


class Action(models.TextChoices):
    """What can be done to one."""

    WRITE = "write", "起草揭榜书"
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
        Step(Action.WRITE, State.INTENTION, State.DRAFT),
        Step(Action.SUBMIT, State.DRAFT, State.SUBMITTED),
        Step(Action.WITHDRAW, {State.INTENTION, State.SUBMITTED}, State.WITHDRAWN),
        Step(Action.REVISE, State.WITHDRAWN, State.DRAFT),
        Step(Action.AWARD, State.SUBMITTED, State.AWARDED),
        Step(Action.DECLINE, State.SUBMITTED, State.NOT_AWARDED),
    ],
)


class Right(models.TextChoices):
    """What a partner's people may do with the solution before it is handed in."""

    VIEW = "view", "查看"
    COMMENT = "comment", "查看并批注"
    EDIT = "edit", "查看、批注并编辑"


class InvitationState(models.TextChoices):
    """What became of an invitation into a consortium."""

    OPEN = "open", "待答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已谢绝"
    REVOKED = "revoked", "已撤回"


class Relation(models.TextChoices):
    """What the bidder declares of its relation to the poster."""

    NONE = "none", "与发榜方无关联关系"
    SOME = "some", "存在关联单位，已列明"


class BudgetItem(models.TextChoices):
    """What the money is spent on (经费科目)."""

    PEOPLE = "people", "人员"
    EQUIPMENT = "equipment", "设备购置试制"
    MATERIAL = "material", "材料"
    ENERGY = "energy", "燃料动力"
    TESTING = "testing", "测试"
    MEETINGS = "meetings", "会议差旅"
    MANAGEMENT = "management", "管理"
    OTHER = "other", "其他"


class LateState(models.TextChoices):
    """Where a permission to hand in late can be."""

    PROPOSED = "proposed", "待复核"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "不予批准"


class LateAction(models.TextChoices):
    """What can be done with it."""

    GRANT = "grant", "批准"
    REFUSE = "refuse", "不予批准"


LATE_LIFE = Workflow(
    LateState,
    LateAction,
    [
        Step(LateAction.GRANT, LateState.PROPOSED, LateState.GRANTED),
        Step(LateAction.REFUSE, LateState.PROPOSED, LateState.REFUSED, needs_note=True),
    ],
)
