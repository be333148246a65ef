"""Milestones, the reports on them, what was measured and spent, and what experts say of it."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Prose
from jiebang.common.money import WanField
from jiebang.contracts import states
from jiebang.contracts.models.contract import Contract
from jiebang.library.models import Indicator


class Milestone(models.Model):
    """A dated checkpoint: what must be shown by when, and the money it releases."""

    LIFE = states.MILESTONE_LIFE

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("里程碑", max_length=80)
    goal = Prose("目标与交付物", max_length=500, blank=True)
    due_on = models.DateField("应完成日期")
    rectify_by = models.DateField("整改期限", null=True, blank=True, editable=False)
    evidence_asked = Prose("应提交的证据", max_length=500, blank=True)
    consequence = models.CharField(
        "不达标的后果",
        max_length=10,
        choices=states.Consequence,
        default=states.Consequence.RECTIFY,
    )
    expert_check = models.BooleanField("须经专家阶段检查", default=False)
    tranche = WanField("拨付金额（万元）", default=0)
    upfront = WanField("其中合同生效即可申请（万元）", default=0)
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
                name="milestone_upfront_within_tranche",
                condition=models.Q(upfront__gte=0, upfront__lte=models.F("tranche")),
            ),
            models.CheckConstraint(
                name="milestone_rectifying_has_a_term",
                condition=~models.Q(state="rectifying") | models.Q(rectify_by__isnull=False),
            ),
            models.CheckConstraint(
                name="milestone_consequence_known",
                condition=models.Q(consequence__in=states.Consequence.values),
            ),
            models.CheckConstraint(
                name="milestone_state_known",
                condition=models.Q(state__in=states.MilestoneState.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    @property
    def deadline(self) -> date:
        """Return until when the solver has to report: the date agreed, or the term to rectify."""
        rectifying = self.state == states.MilestoneState.RECTIFYING
        return self.rectify_by if rectifying and self.rectify_by else self.due_on

    @property
    def released(self) -> Decimal:
        """Return what of its tranche may be asked for now, 万元."""
        confirmed = self.state == states.MilestoneState.CONFIRMED
        amount: Decimal = self.tranche if confirmed else self.upfront
        return amount

    def is_late(self, today: date | None = None) -> bool:
        """Say whether it should have been reported by now."""
        return self.state in states.TO_REPORT and self.deadline < (today or clock.today())


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
    decision = models.CharField(
        "处理决定", max_length=10, choices=states.MilestoneAction, blank=True, editable=False
    )
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    judged_at = models.DateTimeField("处理时间", null=True, blank=True)

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


class BudgetLine(models.Model):
    """What the contract plans to spend on one item (预算科目)."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="budget")
    item = models.CharField("预算科目", max_length=12, choices=states.Item)
    amount = WanField("预算（万元）")

    class Meta:
        verbose_name = "预算"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "item"], name="budget_item_once"),
            models.CheckConstraint(
                name="budget_item_known",
                condition=models.Q(item__in=states.Item.values, amount__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.amount.normalize():f}"


class Spending(models.Model):
    """What was spent until a report, on one item or out of one source."""

    report = models.ForeignKey(MilestoneReport, models.CASCADE, related_name="spending")
    axis = models.CharField("口径", max_length=6, choices=states.Axis)
    code = models.CharField("科目或来源", max_length=12)
    amount = WanField("累计支出（万元）")

    class Meta:
        verbose_name = "支出"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "axis", "code"], name="spending_once"),
            models.CheckConstraint(
                name="spending_known",
                condition=models.Q(amount__gte=0)
                & (
                    models.Q(axis="item", code__in=states.Item.values)
                    | models.Q(axis="source", code__in=states.Source.values)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.amount.normalize():f}"

    @property
    def label(self) -> str:
        """Return the item's or the source's name."""
        names = states.Item if self.axis == states.Axis.ITEM else states.Source
        return str(names(self.code).label)


class StageOpinion(models.Model):
    """An expert's opinion on a report, where the contract wants a stage check (阶段检查)."""

    report = models.ForeignKey(MilestoneReport, models.CASCADE, related_name="opinions")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("邀请时间", default=clock.now)
    due_on = models.DateField("反馈期限")
    advice = models.CharField("建议", max_length=10, choices=states.Advice, blank=True)
    text = Prose("意见", max_length=1000, blank=True)
    given_at = models.DateTimeField("反馈时间", null=True, blank=True)

    class Meta:
        verbose_name = "阶段检查意见"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "expert"], name="stage_opinion_once"),
            models.CheckConstraint(
                name="stage_opinion_whole",
                condition=models.Q(given_at=None, advice="")
                | models.Q(given_at__isnull=False, advice__in=states.Advice.values)
                & ~models.Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.get_advice_display() or '待反馈'}"
