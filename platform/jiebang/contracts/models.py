"""Contracts, their milestones with indicators, dates and tranches, and the progress reports."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models

from jiebang.awards.models import Award
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.contracts import states
from jiebang.library.models import Call, Indicator, TechNeed
from jiebang.organizations.models import Organization


class Contract(Numbered):
    """A contract of poster, solver and bureau, born from an award or a directed commission."""

    PREFIX = "HT"
    LIFE = states.LIFE

    award = models.OneToOneField(
        Award, models.PROTECT, related_name="contract", null=True, blank=True
    )
    # Where it began with a commission: the public number, and the needs that it commissioned.
    commission_number = models.CharField("委托编号", max_length=40, blank=True, editable=False)
    commissioned = models.ManyToManyField(
        TechNeed, related_name="commission_contracts", blank=True, verbose_name="委托攻关的需求"
    )
    poster = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="contracts_posted",
        verbose_name="甲方",
        null=True,
    )
    solver = models.ForeignKey(
        Organization, models.PROTECT, related_name="contracts_solved", verbose_name="乙方"
    )
    state = models.CharField(
        "状态", max_length=12, choices=states.State, default=states.State.DRAFTING, editable=False
    )
    title = models.CharField("合同名称", max_length=80)
    amount = WanField("合同金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    # Running totals of the payments, so that the database itself keeps them under the caps.
    drawn = WanField("已申请拨付（万元）", default=0, editable=False)
    drawn_grant = WanField("其中财政补助（万元）", default=0, editable=False)
    paid = WanField("已拨付（万元）", default=0, editable=False)
    recalled = WanField("已要求追回（万元）", default=0, editable=False)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    ip_terms = Prose("知识产权约定", max_length=1000, blank=True)
    signed_at = models.DateTimeField("生效时间", null=True, blank=True)

    class Meta:
        verbose_name = "合同"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="contract_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="contract_has_one_origin",
                condition=models.Q(award__isnull=False, commission_number="")
                | models.Q(award=None) & ~models.Q(commission_number=""),
            ),
            models.UniqueConstraint(
                fields=["commission_number"],
                name="contract_once_a_commission",
                condition=~models.Q(commission_number=""),
            ),
            models.CheckConstraint(
                name="contract_amount_positive", condition=models.Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="contract_paid_within_drawn_within_amount",
                condition=models.Q(
                    recalled__gte=0,
                    paid__gte=models.F("recalled"),
                    drawn__gte=models.F("paid"),
                    amount__gte=models.F("drawn"),
                ),
            ),
            models.CheckConstraint(
                name="contract_grant_drawn_within_grant",
                condition=models.Q(drawn_grant__gte=0, drawn_grant__lte=models.F("grant")),
            ),
            models.CheckConstraint(
                name="contract_dates_forward",
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gt=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def needs(self) -> list[TechNeed]:
        """Return what it is to solve: one need, or several for a package."""
        return [self.award.challenge.need] if self.award else list(self.commissioned.order_by("pk"))

    @property
    def call(self) -> Call | None:
        """Return the call whose rules hold for it."""
        if self.award:
            return self.award.challenge.call
        return next((need.call for need in self.needs if need.call), None)

    @property
    def indicators(self) -> models.QuerySet[Indicator]:
        """Return the indicators its needs ask for, in their order."""
        wanted = Indicator.objects.filter(need__in=[need.pk for need in self.needs])
        return wanted.order_by("need_id", "position", "pk")

    @property
    def released(self) -> Decimal:
        """Return the tranches of confirmed milestones, 万元."""
        confirmed = states.MilestoneState.CONFIRMED
        done = (m.tranche for m in self.milestones.all() if m.state == confirmed)
        return sum(done, Decimal(0))


class Milestone(models.Model):
    """A dated checkpoint: what must be shown by when, and the money it releases."""

    LIFE = states.MILESTONE_LIFE

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("里程碑", max_length=80)
    goal = Prose("目标与交付物", max_length=500, blank=True)
    due_on = models.DateField("应完成日期")
    tranche = WanField("拨付金额（万元）", default=0)
    drawn = WanField("已申请拨付（万元）", default=0, editable=False)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.MilestoneState,
        default=states.MilestoneState.PENDING,
        editable=False,
    )
    indicators = models.ManyToManyField(Indicator, related_name="milestones", blank=True)

    class Meta:
        verbose_name = "里程碑"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "position"], name="milestone_position_once"
            ),
            models.CheckConstraint(
                name="milestone_tranche_not_negative", condition=models.Q(tranche__gte=0)
            ),
            models.CheckConstraint(
                name="milestone_drawn_within_tranche",
                condition=models.Q(drawn__gte=0, drawn__lte=models.F("tranche")),
            ),
            models.CheckConstraint(
                name="milestone_state_known",
                condition=models.Q(state__in=states.MilestoneState.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    def is_late(self, today: date | None = None) -> bool:
        """Say whether it should have been reported by now."""
        waiting = self.state in (states.MilestoneState.PENDING, states.MilestoneState.RETURNED)
        return waiting and self.due_on < (today or clock.today())


class Signature(models.Model):
    """One side's signature under the contract as it stands."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="signatures")
    side = models.CharField("签署方", max_length=8, choices=states.Side)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField("签署时间", default=clock.now)

    class Meta:
        verbose_name = "签署"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "side"], name="signature_once_a_side")
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.signer}"


class MilestoneReport(models.Model):
    """What the solver reports for a milestone; a new one for every try."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reports")
    summary = Prose("进展说明", max_length=2000)
    problems = Prose("存在问题", max_length=1000, blank=True)
    next_plan = Prose("下一步计划", max_length=1000, blank=True)
    spent = WanField("累计支出（万元）", null=True, blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField("提交时间", default=clock.now)
    opinion = Prose("发榜方意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = "里程碑报告"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.milestone} {self.reported_at:%Y-%m-%d}"


class Measurement(models.Model):
    """What was measured for one indicator."""

    report = models.ForeignKey(MilestoneReport, models.CASCADE, related_name="measurements")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="measurements")
    value = models.DecimalField("实测值", max_digits=18, decimal_places=6, null=True, blank=True)
    text = models.CharField("实测情况", max_length=200, blank=True)
    evidence = models.CharField("佐证", max_length=200, blank=True)

    class Meta:
        verbose_name = "实测值"
        ordering = ["indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="measured_once_a_report")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.name}：{self.measured}"

    @property
    def measured(self) -> str:
        """Return the result as people write it."""
        if self.value is not None:
            return f"{self.value.normalize():f} {self.indicator.unit}".strip()
        return self.text


class Payment(Numbered):
    """One movement of money: a tranche on request, or money called back after a termination."""

    PREFIX = "BK"
    LIFE = states.PAYMENT_LIFE

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments")
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="payments", null=True, blank=True
    )
    kind = models.CharField("类别", max_length=10, choices=states.PaymentKind)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.PaymentState,
        default=states.PaymentState.REQUESTED,
        editable=False,
    )
    amount = WanField("金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    purpose = Prose("用途说明", max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    voucher = models.CharField("凭证号", max_length=40, blank=True)
    settled_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = "拨付"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="payment_state_known", condition=models.Q(state__in=states.PaymentState.values)
            ),
            models.CheckConstraint(
                name="payment_grant_within_amount",
                condition=models.Q(amount__gt=0, grant__gte=0, grant__lte=models.F("amount")),
            ),
            models.CheckConstraint(
                name="payment_tranche_has_a_milestone",
                condition=models.Q(kind="tranche", milestone__isnull=False)
                | models.Q(kind="recovery", milestone=None),
            ),
            models.CheckConstraint(
                name="payment_approved_by_a_second_person",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="payment_settled_by_another_than_who_approved",
                condition=models.Q(settled_by=None) | ~models.Q(settled_by=models.F("approved_by")),
            ),
            models.CheckConstraint(
                name="payment_settled_with_a_voucher",
                condition=~models.Q(state="paid")
                | models.Q(settled_on__isnull=False) & ~models.Q(voucher=""),
            ),
            models.UniqueConstraint(
                fields=["milestone"],
                name="payment_one_open_a_milestone",
                condition=models.Q(state__in=["requested", "approved"], kind="tranche"),
            ),
            models.UniqueConstraint(
                fields=["contract"],
                name="payment_one_open_recovery",
                condition=models.Q(state__in=["requested", "approved"], kind="recovery"),
            ),
            models.UniqueConstraint(
                fields=["voucher"],
                name="payment_voucher_once",
                condition=~models.Q(voucher=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
