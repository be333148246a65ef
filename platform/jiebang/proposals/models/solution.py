"""A solution and its answer to every indicator."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.library.models import Indicator
from jiebang.library.states import Ownership
from jiebang.organizations.models import Organization
from jiebang.proposals import states


class Proposal(Numbered):
    """One unit's solution to one challenge (揭榜书); one per unit and challenge."""

    PREFIX = "JBS"
    LIFE = states.LIFE

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="proposals")
    lead = models.ForeignKey(
        Organization, models.PROTECT, related_name="proposals", verbose_name="牵头单位"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(
        "状态", max_length=12, choices=states.State, default=states.State.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)

    pi_name = models.CharField("项目负责人", max_length=40, blank=True)
    partners = models.CharField("其他参与单位", max_length=200, blank=True)
    host_unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="本市依托单位",
    )
    technical_route = Prose("技术路线", max_length=3000, blank=True)
    innovation = Prose("创新点", max_length=1500, blank=True)
    research_basis = Prose("研究基础", max_length=1500, blank=True)
    team = Prose("团队情况", max_length=1500, blank=True)
    schedule = Prose("进度安排", max_length=1500, blank=True)
    asked_amount = WanField("期望金额（万元）", null=True, blank=True)
    self_raised = WanField("自筹资金（万元）", null=True, blank=True)
    term_months = models.PositiveSmallIntegerField("完成期限（月）", null=True, blank=True)
    trl_now = models.PositiveSmallIntegerField("现有技术就绪度", null=True, blank=True)
    trl_now_evidence = Prose("现有就绪度依据", max_length=300, blank=True)
    trl_end = models.PositiveSmallIntegerField("完成时技术就绪度", null=True, blank=True)
    trl_end_evidence = Prose("完成时就绪度依据", max_length=300, blank=True)
    ip_ownership = models.CharField("知识产权归属", max_length=8, choices=Ownership, blank=True)
    ip_proposal = Prose("知识产权方案", max_length=500, blank=True)
    risks = Prose("风险与预案", max_length=1000, blank=True)
    relation = models.CharField("关联关系声明", max_length=8, choices=states.Relation, blank=True)
    related_units = Prose("关联单位", max_length=500, blank=True)
    pledged = models.BooleanField("已作出科研诚信承诺", default=False)
    signatory = models.CharField("承诺签署人", max_length=40, blank=True)
    late = models.BooleanField("逾期经批准", default=False, editable=False)

    class Meta:
        verbose_name = "揭榜书"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "lead"], name="proposal_once_a_unit"),
            models.CheckConstraint(
                name="proposal_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="proposal_money_not_negative",
                condition=(models.Q(asked_amount=None) | models.Q(asked_amount__gte=0))
                & (models.Q(self_raised=None) | models.Q(self_raised__gte=0)),
            ),
            models.CheckConstraint(
                name="proposal_trl_in_range",
                condition=(models.Q(trl_now=None) | models.Q(trl_now__range=(1, 9)))
                & (models.Q(trl_end=None) | models.Q(trl_end__range=(1, 9))),
            ),
        ]
        indexes = [models.Index(fields=["lead", "-id"], name="proposal_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.lead} 揭榜 {self.challenge}"


class IndicatorResponse(models.Model):
    """What the bidder promises for one indicator row of the need."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="responses")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="responses")
    value = models.DecimalField("承诺值", max_digits=18, decimal_places=6, null=True, blank=True)
    text = models.CharField("承诺内容", max_length=200, blank=True)
    method = models.CharField("实现与验证方法", max_length=200, blank=True)

    class Meta:
        verbose_name = "指标响应"
        ordering = ["indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "indicator"], name="response_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.name}：{self.promised}"

    @property
    def promised(self) -> str:
        """Return the promise as people write it."""
        if self.value is not None:
            return f"{self.value.normalize():f} {self.indicator.unit}".strip()
        return self.text

    @property
    def is_enough(self) -> bool | None:
        """Say whether the promise meets what is asked; None where no number can tell."""
        return self.indicator.is_met_by(self.value)
