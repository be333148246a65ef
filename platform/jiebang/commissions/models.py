"""A commission with its needs, sub-projects, consortium, opinions, frozen versions, objections."""

from django.conf import settings
from django.db import models

from jiebang.approvals.models import ObjectionMade, Resolved
from jiebang.commissions import states
from jiebang.common import clock
from jiebang.common.models import Prose
from jiebang.common.money import WanField
from jiebang.experts.models import Expert
from jiebang.library.models import Call, TechNeed
from jiebang.organizations.models import Organization

PERSON = settings.AUTH_USER_MODEL


class Commission(Resolved):
    """One directed commission (定向委托) of one library need, or of a whole package of several.

    `version` counts proposals; what each proposed is frozen as a Version. `needs_higher` and
    `higher_reasons` say whether the figures at that time want a higher approver, and why.
    """

    PREFIX = "WT"
    LIFE = states.LIFE

    call = models.ForeignKey(Call, models.PROTECT, related_name="commissions", verbose_name="批次")
    kind = models.CharField("委托类型", max_length=8, choices=states.Kind)
    title = models.CharField("委托名称", max_length=80)
    applicant = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commissions_applied",
        verbose_name="申请单位",
    )
    candidate = models.ForeignKey(
        Organization, models.PROTECT, related_name="commissions", verbose_name="拟受托单位"
    )
    cause = models.CharField("定向事由", max_length=16, choices=states.Cause)
    reason = Prose("定向理由", max_length=2000)
    amount = WanField("委托金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    term_months = models.PositiveSmallIntegerField("实施期限（月）")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.State,
        default=states.State.DRAFT,
        editable=False,
    )
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    needs_higher = models.BooleanField("须上级审批", default=False, editable=False)
    higher_reasons = models.JSONField("须上级审批的原因", default=list, editable=False)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField("提交时间", null=True)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("审批时间", null=True)
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("上级审批时间", null=True)
    minutes_on = models.DateField("会议日期", null=True)
    effective_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = "定向委托"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="commission_state_known",
                condition=models.Q(state__in=states.State.values),
            ),
            models.CheckConstraint(
                name="commission_cause_known",
                condition=models.Q(cause__in=states.Cause.values) & ~models.Q(reason=""),
            ),
            models.CheckConstraint(
                name="commission_money",
                condition=models.Q(amount__gt=0, grant__gte=0, grant__lte=models.F("amount")),
            ),
            models.CheckConstraint(
                name="commission_takes_two",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="commission_takes_a_third_above_the_limit",
                condition=models.Q(confirmed_by=None)
                | (
                    ~models.Q(confirmed_by=models.F("proposed_by"))
                    & ~models.Q(confirmed_by=models.F("approved_by"))
                ),
            ),
            models.CheckConstraint(
                name="commission_public_only_when_decided",
                condition=~models.Q(state__in=sorted(states.PUBLIC))
                | (
                    models.Q(approved_by__isnull=False, minutes_on__isnull=False)
                    & ~models.Q(minutes_number="")
                    & (models.Q(needs_higher=False) | models.Q(confirmed_by__isnull=False))
                ),
            ),
        ]
        indexes = [models.Index(fields=["candidate", "effective_at"], name="commission_of_a_unit")]

    def __str__(self) -> str:
        return self.title

    @property
    def needs(self) -> list[TechNeed]:
        """Return what is commissioned, in order."""
        return [item.need for item in self.items.all()]

    @property
    def poster(self) -> Organization | None:
        """Return who signs as 甲方: the one owner of all needs; None where there are several."""
        owners = {need.owner_id: need.owner for need in self.needs}
        return next(iter(owners.values())) if len(owners) == 1 else None


class Part(models.Model):
    """One sub-project (子课题) of a package: its needs, its unit, its share of the money."""

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("子课题名称", max_length=80)
    unit = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="承担单位"
    )
    amount = WanField("金额（万元）")

    class Meta:
        verbose_name = "子课题"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "position"], name="commission_part_position_once"
            ),
            models.CheckConstraint(name="commission_part_money", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One need of a commission. A need is in one running commission only."""

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="items")
    need = models.ForeignKey(TechNeed, models.PROTECT, related_name="commission_items")
    part = models.ForeignKey(Part, models.CASCADE, null=True, related_name="items")
    running = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "委托需求"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["commission", "need"], name="commission_need_once"),
            models.UniqueConstraint(
                fields=["need"],
                condition=models.Q(running=True),
                name="commission_running_once_a_need",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}"


class Member(models.Model):
    """One unit of the consortium (创新联合体), the lead among them: task and share of the money."""

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="consortium")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    task = models.CharField("任务分工", max_length=200)
    share = WanField("经费（万元）")

    class Meta:
        verbose_name = "联合体成员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["commission", "unit"], name="commission_member_once"),
            models.CheckConstraint(
                name="commission_member_share", condition=models.Q(share__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}"


class Opinion(models.Model):
    """What an expert of the pool says of competition; asked once, answered once."""

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="opinions")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+", verbose_name="专家")
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("征询时间", default=clock.now)
    stance = models.CharField("意见", max_length=10, choices=states.Stance, blank=True)
    text = Prose("理由", max_length=2000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "定向委托专家意见"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "expert"], name="commission_opinion_once"
            ),
            models.CheckConstraint(
                name="commission_opinion_whole",
                condition=models.Q(answered_at=None, stance="")
                | models.Q(answered_at__isnull=False, stance__in=states.Stance.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commission} {self.expert}"


class Version(models.Model):
    """Everything that the decision sees, as it was when it was proposed; see `snapshots`."""

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本")
    content = models.JSONField("内容")
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = "定向委托申报版本"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["commission", "number"], name="commission_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.commission} 第 {self.number} 版"


class Objection(ObjectionMade):
    """An objection to the notice of a commission."""

    PREFIX = "WY"

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="objections")

    class Meta:
        verbose_name = "定向委托异议"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="commission_objection_state_known",
                condition=models.Q(state__in=["received", "upheld", "rejected"]),
            ),
            models.UniqueConstraint(
                fields=["commission", "unit"],
                condition=models.Q(state="received"),
                name="commission_objection_open_once_a_unit",
            ),
        ]
