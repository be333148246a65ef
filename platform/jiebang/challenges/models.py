"""A posted need with its opening and closing times."""

from datetime import datetime

from django.conf import settings
from django.db import models

from jiebang.challenges import states
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.library import snapshots
from jiebang.library.models import Call, TechNeed
from jiebang.organizations.models import Organization
from jiebang.taxonomy.models import District, TechField


class Challenge(Numbered):
    """One entry of the board (榜题). What is asked stands in its need, which is locked by now.

    The times rule, not the stored state: `state_at` says what holds at a moment even when the
    clock's task is late. Filter columns are copied so that the board asks one table.
    """

    PREFIX = "JB"
    LIFE = states.LIFE

    need = models.ForeignKey(TechNeed, models.PROTECT, related_name="challenges")
    call = models.ForeignKey(Call, models.PROTECT, related_name="challenges")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.State,
        default=states.State.SCHEDULED,
        editable=False,
    )
    opens_at = models.DateTimeField("张榜时间")
    closes_at = models.DateTimeField("揭榜截止时间")
    title = models.CharField("榜题", max_length=60)
    bounty = WanField("榜单金额（万元）", null=True, blank=True)
    tech_field = models.ForeignKey(TechField, models.PROTECT, null=True)
    district = models.ForeignKey(District, models.PROTECT, null=True)
    search_text = models.TextField(editable=False)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "榜题"
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="challenge_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="challenge_times_forward",
                condition=models.Q(closes_at__gt=models.F("opens_at")),
            ),
            models.UniqueConstraint(
                fields=["need"],
                condition=models.Q(state__in=sorted(states.LIVE)),
                name="challenge_live_once_a_need",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opens_at"], name="challenge_to_open"),
            models.Index(fields=["state", "closes_at"], name="challenge_to_close"),
            models.Index(fields=["-opens_at", "-id"], name="challenge_board"),
        ]

    def __str__(self) -> str:
        return self.title

    def state_at(self, moment: datetime | None = None) -> str:
        """Return the state that holds by the clock; the stored one may be seconds behind."""
        moment = moment or clock.now()
        if self.state == states.State.SCHEDULED and self.opens_at <= moment:
            return states.State.OPEN if moment < self.closes_at else states.State.CLOSED
        if self.state == states.State.OPEN and self.closes_at <= moment:
            return states.State.CLOSED
        return self.state

    @property
    def state_now(self) -> str:
        """Return `state_at` this moment."""
        return self.state_at()

    @property
    def state_label(self) -> str:
        """Return the name of the state that holds now."""
        return str(states.State(self.state_now).label)

    @property
    def is_sealed(self) -> bool:
        """Say whether bids are still closed to everybody but their bidders."""
        return self.state_now in (states.State.SCHEDULED, states.State.OPEN)

    @property
    def owner_name(self) -> str:
        """Return the poster's name as the public may read it."""
        owner = self.need.owner
        if owner is None:
            return self.need.source_unit
        return f"某{owner.get_kind_display()}（名称已隐去）" if self.need.mask_owner else owner.name


class Amendment(models.Model):
    """A change made in public after opening: the whole text before and after it (变更公告)."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField("次序")
    reason = Prose("变更理由", max_length=500)
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    closed_before = models.DateTimeField("原揭榜截止时间")
    closes_at = models.DateTimeField("现揭榜截止时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("发布时间", default=clock.now)

    class Meta:
        verbose_name = "变更公告"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="amendment_once"),
            models.CheckConstraint(
                name="amendment_never_shortens",
                condition=models.Q(closes_at__gte=models.F("closed_before")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} 第 {self.number} 次变更"

    @property
    def changes(self) -> list[snapshots.Change]:
        """Return what differs, without what is never public."""
        found = snapshots.differences(self.before, self.after)
        return [change for change in found if change.field not in snapshots.PRIVATE]


class Question(models.Model):
    """A question about a challenge. Who asked is for the asker alone; the answer is public."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="questions")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = Prose("问题", max_length=500)
    asked_at = models.DateTimeField("提问时间", default=clock.now)
    answer = Prose("答复", max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    changes_requirement = models.BooleanField("答复改变了要求", default=False)
    amendment = models.ForeignKey(
        Amendment, models.PROTECT, null=True, blank=True, related_name="questions"
    )

    class Meta:
        verbose_name = "提问"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="question_change_is_announced",
                condition=models.Q(changes_requirement=False) | ~models.Q(amendment=None),
            ),
        ]
        indexes = [models.Index(fields=["challenge", "answered_at"], name="question_answered")]

    def __str__(self) -> str:
        return str(self.text)[:30]


class Clarification(models.Model):
    """Something told to everybody at once, without changing what is asked (澄清公告)."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="clarifications")
    text = Prose("澄清内容", max_length=1000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("发布时间", default=clock.now)

    class Meta:
        verbose_name = "澄清公告"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.challenge} 澄清"


class Contact(models.Model):
    """One meeting of poster and a possible solver, as it was recorded (对接记录)."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="contacts")
    unit = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="对接单位"
    )
    held_on = models.DateField("对接日期")
    way = models.CharField("方式", max_length=8, choices=states.ContactWay)
    parties = models.CharField("参加人员", max_length=200)
    outcome = Prose("结果", max_length=500)
    next_step = models.CharField("下一步", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("记录时间", default=clock.now)

    class Meta:
        verbose_name = "对接记录"
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.challenge} 对接 {self.unit}"


class Admission(models.Model):
    """A unit's way into restricted material: its undertaking, its shortlisting, or both."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="admissions")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签署承诺时间", null=True)
    undertaking = models.TextField("承诺内容", blank=True)
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    admitted_at = models.DateTimeField("入围时间", null=True)

    class Meta:
        verbose_name = "涉密内容查看资格"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "unit"], name="admission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.challenge}"


class Reading(models.Model):
    """That somebody read restricted material; its poster sees the list."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reader_name = models.CharField("查看人", max_length=40)
    unit_name = models.CharField("所在单位", max_length=120, blank=True)
    what = models.CharField("内容", max_length=120)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "查看记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.at:%Y-%m-%d %H:%M}"


class IntentNotice(Numbered):
    """A list about to be posted, shown beforehand so that objections can come (拟发榜公示)."""

    PREFIX = "GS"

    call = models.ForeignKey(Call, models.PROTECT, related_name="intent_notices")
    title = models.CharField("标题", max_length=80)
    text = Prose("公示内容", max_length=2000, blank=True)
    ends_at = models.DateTimeField("公示截止时间")
    needs = models.ManyToManyField(TechNeed, related_name="intent_notices")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "拟发榜公示"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="intent_notice_forward",
                condition=models.Q(ends_at__gte=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def running(self) -> bool:
        """Say whether objections may still come."""
        return clock.now() < self.ends_at
