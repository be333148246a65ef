"""The choices of contract texts."""

from django.db import models


class TemplateKind(models.TextChoices):
    """Which paper a template is for."""

    CONTRACT = "contract", "揭榜挂帅项目合同（任务书）"
    COMMISSION = "commission", "定向委托项目任务书"


class Liability(models.TextChoices):
    """What a missed core indicator costs (军令状)."""

    REFUND = "refund", "退回已拨财政资金"
    WITHHOLD = "withhold", "扣减尾款"
    DAMAGES = "damages", "支付违约金"
    BAR = "bar", "限制申报"


class RegistrationCategory(models.TextChoices):
    """The sorts of technology contracts that are registered (技术合同认定登记)."""

    COMMISSIONED = "commissioned", "委托开发合同"
    COOPERATIVE = "cooperative", "合作开发合同"
    TRANSFER = "transfer", "技术转让合同"
    LICENCE = "licence", "技术许可合同"
    CONSULTING = "consulting", "技术咨询合同"
    SERVICE = "service", "技术服务合同"
