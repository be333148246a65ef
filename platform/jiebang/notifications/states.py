"""What a message is about, and how often its copy goes out by e-mail."""

from django.db import models


class Kind(models.TextChoices):
    """The affairs that people are told of; each may be kept out of the e-mails."""

    UNIT = "unit", "单位"
    NEED = "need", "需求"
    CHALLENGE = "challenge", "榜题"
    QUESTION = "question", "问答与对接"
    PROPOSAL = "proposal", "揭榜"
    REVIEW = "review", "评审"
    AWARD = "award", "中榜与公示"
    CONTRACT = "contract", "合同"
    MONEY = "money", "经费"
    COMMISSION = "commission", "委托"
    MATCH = "match", "智能匹配"
    REMINDER = "reminder", "到期提醒"
    SYSTEM = "system", "系统"


class Timing(models.TextChoices):
    """How often messages are sent by e-mail."""

    AT_ONCE = "at_once", "即时发送"
    DAILY = "daily", "每日汇总"
    WEEKLY = "weekly", "每周汇总（周一）"
    NEVER = "never", "不发送邮件"


class Pace(models.TextChoices):
    """How often a person is told of new challenges that suit their units, and not at all."""

    AT_ONCE = Timing.AT_ONCE.value, "有就提醒"
    DAILY = Timing.DAILY.value, "每日一次"
    WEEKLY = Timing.WEEKLY.value, "每周一次（周一）"
    NEVER = Timing.NEVER.value, "不推荐"


class Copy(models.TextChoices):
    """What becomes of a message's copy by e-mail."""

    NONE = "none", "不发送"
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
