"""The life of a unit on the platform, and what it can be."""

from django.db import models

from jiebang.common.workflow import Step, Workflow


class Kind(models.TextChoices):
    """What a unit is (机构属性)."""

    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研院所"
    OTHER = "other", "其他"


class State(models.TextChoices):
    """Where a unit's registration is."""

    PENDING = "pending", "待核验"
    RETURNED = "returned", "退回补正"
    VERIFIED = "verified", "已核验"
    SUSPENDED = "suspended", "已停用"


class Action(models.TextChoices):
    """What can be done with a registration."""

    VERIFY = "verify", "核验通过"
    RETURN = "return", "退回补正"
    RESUBMIT = "resubmit", "重新提交"
    SUSPEND = "suspend", "停用"
    RESTORE = "restore", "恢复"


LIFE = Workflow(
    State,
    Action,
    [
        Step(Action.VERIFY, State.PENDING, State.VERIFIED),
        Step(Action.RETURN, State.PENDING, State.RETURNED, needs_note=True),
        Step(Action.RESUBMIT, State.RETURNED, State.PENDING),
        Step(Action.SUSPEND, State.VERIFIED, State.SUSPENDED, needs_note=True),
        Step(Action.RESTORE, State.SUSPENDED, State.VERIFIED),
    ],
)


class MemberRole(models.TextChoices):
    """What a member may do inside the unit."""

    ADMINISTRATOR = "administrator", "管理员"
    EDITOR = "editor", "编辑"
    VIEWER = "viewer", "查看"


class QualificationKind(models.TextChoices):
    """Titles that a unit can hold (资质)."""

    CHAIN_LEADER = "chain_leader", "链主企业"
    LEADING_FIRM = "leading_firm", "龙头企业"
    LITTLE_GIANT = "little_giant", "专精特新“小巨人”"
    SPECIALIZED = "specialized", "专精特新"
    HIGH_TECH = "high_tech", "高新技术企业"
    CHAMPION = "champion", "制造业单项冠军"
    TECH_SME = "tech_sme", "科技型中小企业"
    NEW_RD = "new_rd", "新型研发机构"
    KEY_LAB = "key_lab", "重点实验室"
