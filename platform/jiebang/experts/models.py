"""Experts with their ties, the rules of a call, draws, seats on panels, and waivers."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.experts import states
from jiebang.library.models import Call
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal
from jiebang.taxonomy.models import TechField


class Expert(Numbered):
    """A person's place in the expert pool (专家库): fields, unit, availability."""

    PREFIX = "ZJ"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert", verbose_name="专家"
    )
    title = models.CharField("职称", max_length=40, blank=True)
    unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="experts",
        verbose_name="所在单位（平台登记）",
    )
    unit_name = models.CharField("所在单位", max_length=80)
    fields = models.ManyToManyField(TechField, related_name="experts", verbose_name="技术领域")
    keywords = models.CharField("研究方向", max_length=200, blank=True)
    profile = Prose("专业简介", max_length=1500, blank=True)
    availability = models.CharField(
        "能否参加",
        max_length=10,
        choices=states.Availability,
        default=states.Availability.AVAILABLE,
    )
    away_until = models.DateField("暂不参加至", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "专家"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="expert_availability_known",
                condition=models.Q(availability__in=states.Availability.values),
            ),
            models.CheckConstraint(name="expert_has_a_unit", condition=~models.Q(unit_name="")),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_available(self) -> bool:
        """Say whether the expert can be asked today; a leave ends by itself."""
        if self.availability == states.Availability.AWAY:
            return self.away_until is not None and self.away_until < clock.today()
        return self.availability == states.Availability.AVAILABLE


class Tie(models.Model):
    """What binds an expert to a unit or a person: past work, papers, patents, interests."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="ties")
    kind = models.CharField("关系", max_length=12, choices=states.TieKind)
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    unit_name = models.CharField("单位", max_length=80, blank=True)
    person = models.CharField("姓名", max_length=40, blank=True)
    year = models.PositiveSmallIntegerField("最近年份", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "专家关系"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="tie_kind_known", condition=models.Q(kind__in=states.TieKind.values)
            ),
            models.CheckConstraint(
                name="tie_names_somebody", condition=~models.Q(unit_name="", person="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.person or self.unit_name}"


class RelatedUnits(models.Model):
    """Two units that count as one where interests are concerned (关联单位)."""

    one = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    other = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    basis = models.CharField("关联依据", max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "关联单位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="units_related_once"),
            models.CheckConstraint(
                name="units_related_in_order", condition=models.Q(one__lt=models.F("other"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} — {self.other}"


class PanelRules(models.Model):
    """What a call sets for its panels; a call without a row has these defaults."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="panel_rules")
    cooling_years = models.PositiveSmallIntegerField("回避年限（年）", default=3)
    panel_size = models.PositiveSmallIntegerField("每榜专家数", default=5)
    most_of_a_unit = models.PositiveSmallIntegerField("同一单位最多人数", default=1)
    load_least = models.PositiveSmallIntegerField("每名专家最少件数", default=0)
    load_most = models.PositiveSmallIntegerField("每名专家最多件数", default=15)
    answer_days = models.PositiveSmallIntegerField("答复期限（天）", default=3)
    review_days = models.PositiveSmallIntegerField("评审期限（天）", default=10)
    names_published = models.BooleanField("定榜后公布专家姓名", default=True)

    class Meta:
        verbose_name = "专家评审规则"
        constraints = [
            models.CheckConstraint(
                name="panel_loads_in_order",
                condition=models.Q(load_least__lte=models.F("load_most"), load_most__gte=1),
            ),
            models.CheckConstraint(
                name="panel_numbers_count",
                condition=models.Q(
                    panel_size__gte=1, most_of_a_unit__gte=1, answer_days__gte=1, review_days__gte=1
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self._meta.verbose_name}"


class Draw(Numbered):
    """A published random draw (随机抽取): its pool and seed give the same experts again.

    The pool has a label for each expert, made for this draw alone, for who judges is not public
    before the award: `pool` lists by label field codes, a label of the unit, and the kinds of
    edges that exclude. `key` tells the bureau which expert has which label, with a salt; its
    digest is published, so that it cannot be changed afterwards. `quotas` lists field code (""
    for any) and count; `drawn` the labels in order; `exclusions` the sentences by label.
    """

    PREFIX = "CQ"

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="draws")
    round = models.PositiveSmallIntegerField("轮次")
    seed = models.CharField("随机种子", max_length=64)
    pool = models.JSONField("备选名单")
    pool_digest = models.CharField("备选名单校验码（SHA-256）", max_length=64)
    key = models.JSONField("名单对照", default=dict)
    key_digest = models.CharField("名单对照校验码（SHA-256）", max_length=64, default="")
    quotas = models.JSONField("抽取名额")
    most_of_a_unit = models.PositiveSmallIntegerField("同一单位最多人数")
    drawn = models.JSONField("抽取结果")
    exclusions = models.JSONField("排除原因", default=dict)
    reason = models.CharField("重抽原因", max_length=300, blank=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField("抽取时间", default=clock.now)

    class Meta:
        verbose_name = "专家抽取"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "round"], name="draw_round_once")
        ]

    def __str__(self) -> str:
        return f"{self.challenge} 第 {self.round} 轮抽取"

    def numbers(self, labels: Iterable[str]) -> list[str]:
        """Return the numbers of the experts behind the labels."""
        return [self.key[label] for label in labels]

    def label_of(self, expert: Expert) -> str:
        """Return the label of an expert of the pool."""
        return {str(number): str(label) for label, number in self.key.items()}[expert.number]


class Seat(models.Model):
    """An expert's place on a challenge's panel, from invitation to the finished review."""

    LIFE = states.SEAT

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="seats")
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="seats")
    origin = models.CharField("产生方式", max_length=12, choices=states.SeatOrigin)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=states.SeatState,
        default=states.SeatState.INVITED,
        editable=False,
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("邀请时间", default=clock.now)
    answer_by = models.DateTimeField("答复期限")
    review_by = models.DateTimeField("评审期限")
    undertaken_at = models.DateTimeField("签署承诺时间", null=True, blank=True)
    undertaking = models.TextField("承诺内容", blank=True)
    proposals = models.ManyToManyField(Proposal, through="Assignment", related_name="seats")

    class Meta:
        verbose_name = "评审席位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "challenge"], name="seat_once"),
            models.CheckConstraint(
                name="seat_state_known", condition=models.Q(state__in=states.SeatState.values)
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_by"], name="seat_to_answer")]

    def __str__(self) -> str:
        return f"{self.expert} 评审 {self.challenge}"


class Assignment(models.Model):
    """One solution before one expert, with how well their texts fit (0 to 1)."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="assignments")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assignments")
    affinity = models.DecimalField("契合度", max_digits=5, decimal_places=4, null=True)

    class Meta:
        verbose_name = "评审分派"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["seat", "proposal"], name="assigned_once")]

    def __str__(self) -> str:
        return f"{self.seat.expert} → {self.proposal}"


class Waiver(models.Model):
    """An exception from a conflict: proposed by one officer, decided by another, published."""

    LIFE = states.WAIVER

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="waivers")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="expert_waivers")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.WaiverState,
        default=states.WaiverState.PROPOSED,
        editable=False,
    )
    edges = models.JSONField("利害关系")
    reason = models.CharField("理由", max_length=300)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)

    class Meta:
        verbose_name = "回避例外"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "challenge"],
                condition=models.Q(state__in=["proposed", "approved"]),
                name="waiver_once",
            ),
            models.CheckConstraint(
                name="waiver_takes_two",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} 参加 {self.challenge} 的回避例外"
