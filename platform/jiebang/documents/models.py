"""Templates, the texts made from them, signed copies, pledges, and the registration."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Prose
from jiebang.common.money import WanField
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Side
from jiebang.documents import states
from jiebang.files.models import Content
from jiebang.library.models import Indicator

MAKER = settings.AUTH_USER_MODEL


class Template(models.Model):
    """One version of a Word template; of each kind at most one is in use."""

    kind = models.CharField("用途", max_length=12, choices=states.TemplateKind)
    number = models.PositiveIntegerField("版本")
    name = models.CharField("文件名", max_length=160)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    why = models.CharField("修改说明", max_length=200)
    is_used = models.BooleanField("使用中", default=False)
    made_by = models.ForeignKey(MAKER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "合同模板"
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_used=True), name="template_used_once_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} 第 {self.number} 版"


class ContractText(models.Model):
    """What a version of a contract reads like, as Word and as PDF; written once."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField("合同版本")
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    word = models.ForeignKey(Content, models.PROTECT, related_name="+")
    pdf = models.ForeignKey(Content, models.PROTECT, related_name="+")
    digest = models.CharField("PDF 校验码（SHA-256）", max_length=64)
    made_at = models.DateTimeField("生成时间", default=clock.now)

    class Meta:
        verbose_name = "合同文本"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "version"], name="text_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.contract} 第 {self.version} 版文本"


class SignedCopy(models.Model):
    """A side's signed or sealed copy of a version, with its hash."""

    text = models.ForeignKey(ContractText, models.PROTECT, related_name="copies")
    side = models.CharField("签署方", max_length=8, choices=Side)
    name = models.CharField("文件名", max_length=160)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    digest = models.CharField("校验码（SHA-256）", max_length=64)
    sealed_with = models.CharField("电子签章", max_length=60, blank=True)
    certificate = models.JSONField("签章凭据", default=dict)
    added_by = models.ForeignKey(MAKER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = "签署件"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["text", "side"], name="signed_copy_once_a_side")
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}签署件"


class Pledge(models.Model):
    """What the solver answers with for one core indicator (军令状)."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="pledges")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="pledges")
    liability = models.CharField("未达到的后果", max_length=10, choices=states.Liability)
    share = models.DecimalField(
        "占合同金额（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    years = models.PositiveSmallIntegerField(
        "限制申报年数", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    text = Prose("约定", max_length=300, blank=True)
    signatory = models.CharField("责任人", max_length=40)

    class Meta:
        verbose_name = "军令状条款"
        ordering = ["indicator__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "indicator"], name="pledge_once"),
            models.CheckConstraint(
                name="pledge_has_its_measure",
                condition=models.Q(liability="bar", years__gte=1, share=None)
                | ~models.Q(liability="bar") & models.Q(share__gt=0, share__lte=100, years=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.name}：{self.said}"

    @property
    def said(self) -> str:
        """Return the consequence in words, with its measure."""
        label = self.get_liability_display()
        if self.years:
            return f"{label} {self.years} 年"
        return f"{label}，合同金额的 {self.share.normalize():f}%" if self.share else label


class Registration(models.Model):
    """The registration of a technology contract with the authority (技术合同认定登记)."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="registration")
    category = models.CharField("合同类别", max_length=14, choices=states.RegistrationCategory)
    technical_amount = WanField("技术交易额（万元）")
    number = models.CharField("认定登记编号", max_length=40, blank=True)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    entered_by = models.ForeignKey(MAKER, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "技术合同登记"
        constraints = [
            models.CheckConstraint(
                name="registration_number_with_its_day",
                condition=models.Q(number="", registered_on=None)
                | ~models.Q(number="") & models.Q(registered_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="registration_number_once"
            ),
            models.CheckConstraint(
                name="registration_amount_not_negative",
                condition=models.Q(technical_amount__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.number or "待登记"
