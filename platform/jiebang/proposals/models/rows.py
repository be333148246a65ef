"""What a solution says in rows: its budget, its team, its schedule."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from jiebang.common.money import WanField
from jiebang.proposals import states
from jiebang.proposals.models.solution import Proposal


class BudgetRow(models.Model):
    """What one item costs, by where the money comes from; in 万元."""

    SOURCES = ("national", "department", "local", "own", "poster", "other")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="budget_rows")
    position = models.PositiveSmallIntegerField("序号", default=0)
    item = models.CharField("科目", max_length=12, choices=states.BudgetItem)
    national = WanField("国家财政", default=Decimal(0))
    department = WanField("部门财政", default=Decimal(0))
    local = WanField("地方财政", default=Decimal(0))
    own = WanField("自筹", default=Decimal(0))
    poster = WanField("发榜方", default=Decimal(0))
    other = WanField("其他", default=Decimal(0))
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "经费预算"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "item"], name="bid_budget_item_once"),
            models.CheckConstraint(
                name="budget_not_negative",
                condition=models.Q(
                    national__gte=0, department__gte=0, local__gte=0,
                    own__gte=0, poster__gte=0, other__gte=0,
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.total}"

    @property
    def total(self) -> Decimal:
        """Return what the item costs in all."""
        amounts: list[Decimal] = [getattr(self, source) for source in self.SOURCES]
        return sum(amounts, Decimal(0))


class TeamRow(models.Model):
    """One person and the share of working time promised; a draft's row may be unfinished."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="team_rows")
    position = models.PositiveSmallIntegerField("序号", default=0)
    name = models.CharField("姓名", max_length=40, blank=True)
    title = models.CharField("职称职务", max_length=40, blank=True)
    degree = models.CharField("学历学位", max_length=20, blank=True)
    role = models.CharField("承担任务", max_length=60, blank=True)
    share = models.PositiveSmallIntegerField(
        "投入工时占比（%）",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    unit = models.CharField("所在单位", max_length=80, blank=True)

    class Meta:
        verbose_name = "团队成员"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="team_share_in_range",
                condition=models.Q(share=None) | models.Q(share__range=(1, 100)),
            ),
        ]
        indexes = [models.Index(fields=["name", "unit"], name="team_person")]

    def __str__(self) -> str:
        return f"{self.name} {self.share}%"


class ScheduleRow(models.Model):
    """One stage of the work; a draft's row may be unfinished."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="schedule_rows")
    position = models.PositiveSmallIntegerField("序号", default=0)
    stage = models.CharField("阶段", max_length=40, blank=True)
    months = models.PositiveSmallIntegerField(
        "历时（月）",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    goal = models.CharField("阶段目标", max_length=200, blank=True)
    indicators = models.CharField("考核指标", max_length=200, blank=True)

    class Meta:
        verbose_name = "进度安排"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.stage} {self.months} 个月"
