"""The contract, its signatures and its versions."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from jiebang.awards.models import Award
from jiebang.commissions.models import Commission
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
    commission = models.OneToOneField(
        Commission, models.PROTECT, related_name="contract", null=True, blank=True
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
    paid_grant = WanField("其中财政补助（万元）", default=0, editable=False)
    recalled = WanField("已要求追回（万元）", default=0, editable=False)
    recalled_grant = WanField("其中财政补助（万元）", default=0, editable=False)
    returned = WanField("已追回（万元）", default=0, editable=False)
    # What the award or the commission allows; a race moves it from one contract to another.
    ceiling = WanField("金额上限（万元）", editable=False)
    self_raised = WanField("乙方自筹投入（万元）", default=0)
    matching = WanField("配套资金（万元）", default=0)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    ip_terms = Prose("知识产权约定", max_length=1000, blank=True)
    signed_at = models.DateTimeField("生效时间", null=True, blank=True)
    contract_no = models.CharField("合同文号", max_length=60, blank=True)
    dated_on = models.DateField("签订日期", null=True, blank=True)
    version = models.PositiveSmallIntegerField("版本", default=0, editable=False)
    extensions = models.PositiveSmallIntegerField("已延期次数", default=0, editable=False)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)
    acceptance_number = models.CharField("验收结论编号", max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = "合同"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="contract_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="contract_has_one_origin",
                condition=models.Q(award__isnull=False, commission=None)
                | models.Q(award=None, commission__isnull=False),
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
                name="contract_amount_within_ceiling",
                condition=models.Q(amount__lte=models.F("ceiling")),
            ),
            models.CheckConstraint(
                name="contract_grant_recalled_within_paid_within_drawn",
                condition=models.Q(
                    recalled_grant__gte=0,
                    paid_grant__gte=models.F("recalled_grant"),
                    drawn_grant__gte=models.F("paid_grant"),
                ),
            ),
            models.CheckConstraint(
                name="contract_returned_within_recalled",
                condition=models.Q(returned__gte=0, returned__lte=models.F("recalled")),
            ),
            models.CheckConstraint(
                name="contract_promises_not_negative",
                condition=models.Q(self_raised__gte=0, matching__gte=0),
            ),
            models.CheckConstraint(
                name="contract_closed_after_its_end",
                condition=models.Q(closed_at=None) | models.Q(state__in=sorted(states.ENDED)),
            ),
            models.UniqueConstraint(
                fields=["contract_no"],
                name="contract_no_once",
                condition=~models.Q(contract_no=""),
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

    def save(self, *args: Any, **options: Any) -> None:
        """Write it; its first amount is what it may never pass."""
        if self.ceiling is None:
            self.ceiling = self.amount
        super().save(*args, **options)

    @property
    def origin(self) -> Award | Commission:
        """Return what it was born from."""
        born = self.award or self.commission
        if born is None:
            raise LookupError(f"{self} has no origin")
        return born

    @property
    def needs(self) -> list[TechNeed]:
        """Return what it is to solve: one need, or several for a package."""
        if self.award:
            return [self.award.challenge.need]
        return self.commission.needs if self.commission else []

    @property
    def call(self) -> Call | None:
        """Return the call whose rules hold for it."""
        if self.award:
            return self.award.challenge.call
        return self.commission.call if self.commission else None

    @property
    def indicators(self) -> models.QuerySet[Indicator]:
        """Return the indicators its needs ask for, in their order."""
        wanted = Indicator.objects.filter(need__in=[need.pk for need in self.needs])
        return wanted.order_by("need_id", "position", "pk")

    @property
    def released(self) -> Decimal:
        """Return what may be asked for: tranches of confirmed milestones, money up front, 万元."""
        return sum((stone.released for stone in self.milestones.all()), Decimal(0))

    @property
    def race_lane(self) -> int | None:
        """Return its lane in a race (赛马) of several contracts; None outside a race."""
        if self.award is None or not hasattr(self.award.challenge, "race"):
            return None
        return self.award.lane


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


class ContractVersion(models.Model):
    """The terms as they were sent for signing or changed; written once."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容")
    why = models.CharField("由来", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    made_at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "合同版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.contract} 第 {self.number} 版"
