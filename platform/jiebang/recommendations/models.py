"""What the matcher said, with its version, and what people thought of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from jiebang.common import clock


class Kind(models.TextChoices):
    """What can be matched with what."""

    NEED = "need", "需求"
    CHALLENGE = "challenge", "榜题"
    ACHIEVEMENT = "achievement", "成果"
    ORGANIZATION = "organization", "单位"
    PROPOSAL = "proposal", "揭榜书"


# Which things are looked for, for which subject. A challenge shares what its need was answered.
ASKS: dict[str, tuple[Kind, ...]] = {
    Kind.NEED: (Kind.ACHIEVEMENT, Kind.ORGANIZATION),
    Kind.ACHIEVEMENT: (Kind.CHALLENGE,),
    Kind.ORGANIZATION: (Kind.CHALLENGE,),
    Kind.CHALLENGE: (Kind.PROPOSAL,),
}
OBJECTS = (Kind.NEED, Kind.ACHIEVEMENT, Kind.ORGANIZATION, Kind.CHALLENGE, Kind.PROPOSAL)


class Fit(models.Model):
    """What judged pairs would have the matcher change, with figures; nobody's rule until applied.

    `base` is the version in use when it was reckoned (0: the built-in one). `after` is measured
    on needs that were not learned from.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间", default=clock.now)
    made_at = models.DateTimeField("算完时间", null=True)
    base = models.PositiveIntegerField("测算时的版本", default=0)
    pairs = models.PositiveIntegerField("判定对数", default=0)
    values = models.JSONField("建议口径", default=dict)
    before = models.JSONField("现行口径的数字", default=dict)
    after = models.JSONField("建议口径的数字", default=dict)

    class Meta:
        verbose_name = "匹配口径测算"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"第 {self.pk} 次测算"


class MatchSettings(models.Model):
    """How scores are weighed and worded, as it was applied once; never changed again."""

    number = models.PositiveIntegerField("版本号", unique=True)
    fit = models.OneToOneField(Fit, models.PROTECT, related_name="applied", verbose_name="测算")
    values = models.JSONField("口径")
    why = models.CharField("理由", max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("启用时间", default=clock.now)

    class Meta:
        verbose_name = "匹配口径"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class SettingsChoice(models.Model):
    """That a person chose a version, or the built-in one; the newest one counts."""

    version = models.ForeignKey(MatchSettings, models.PROTECT, null=True, related_name="choices")
    back = models.BooleanField("退回", default=False)
    why = models.CharField("理由", max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("决定时间", default=clock.now)

    class Meta:
        verbose_name = "匹配口径启用"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.version or "内置口径")


class Round(models.Model):
    """Everything matched with everything, in shards that any number of workers take.

    First the texts are cut (only when all is made anew), then each kind's parts are merged into
    its index, then every subject is asked. The next phase begins when a phase's last shard ends.
    """

    class Phase(models.TextChoices):
        """How far a round is."""

        CUT = "cut", "切分文本"
        MERGE = "merge", "合并索引"
        ASK = "ask", "逐项匹配"
        DONE = "done", "已完成"
        STOPPED = "stopped", "已由新一轮接替"

    anew = models.BooleanField("全部重做", default=False)
    phase = models.CharField("阶段", max_length=8, choices=Phase)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Whose words everything is read by when it ends; None where it was not begun for new words.
    choice = models.ForeignKey(
        "lexicons.Choice", models.PROTECT, null=True, related_name="+", verbose_name="词典版本"
    )
    started_at = models.DateTimeField("开始时间", default=clock.now)
    ended_at = models.DateTimeField("结束时间", null=True)
    # True for the one that is going on: the database keeps it from being two.
    running = models.BooleanField(null=True, unique=True, default=True, editable=False)

    class Meta:
        verbose_name = "全量匹配"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="round_runs_until_it_ends",
                condition=models.Q(ended_at=None, running=True)
                | models.Q(ended_at__isnull=False, running=None),
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 轮全量匹配"


class Shard(models.Model):
    """A part of a round that one worker does: the rows of a kind from one key to another."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="shards")
    phase = models.CharField(max_length=8, choices=Round.Phase)
    kind = models.CharField(max_length=12, choices=Kind)
    sought = models.CharField(max_length=12, choices=Kind, blank=True)
    first = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    done_at = models.DateTimeField("完成时间", null=True)
    asked = models.PositiveIntegerField("匹配次数", default=0)

    class Meta:
        verbose_name = "分片"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "phase", "kind", "sought", "first"], name="shard_once_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.kind} {self.first}–{self.last}"


class Run(models.Model):
    """One asking of the matcher: for a subject, among things of one kind.

    Kept even when nothing was good enough: then `missing` and `nearest` say what came closest.
    `stamp` tells from which text and which index it was made, so that nobody asks the same twice;
    `made_at` is when the subject was read, and an older reading never replaces a newer one.
    """

    subject_kind = models.CharField(max_length=12, choices=Kind)
    subject_id = models.BigIntegerField()
    object_kind = models.CharField(max_length=12, choices=Kind)
    made_at = models.DateTimeField("匹配时间", default=timezone.now)
    engine = models.CharField("引擎版本", max_length=64)
    settings = models.ForeignKey(
        MatchSettings, models.PROTECT, null=True, related_name="+", verbose_name="匹配口径"
    )
    stamp = models.CharField(max_length=40, editable=False)
    missing = models.JSONField("没有一项提及", default=list)
    nearest = models.JSONField("最接近的一项", null=True)

    class Meta:
        verbose_name = "匹配"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "object_kind"], name="run_once_a_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} → {self.object_kind}"


class Match(models.Model):
    """One thing that fits the subject; `reasons` are the matcher's, and add up to the score."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="matches")
    object_id = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField("名次")
    score = models.FloatField("得分")
    grade = models.CharField("等级", max_length=8)
    reasons = models.JSONField("理由", default=list)
    missing = models.JSONField("未提及", default=list)
    indicators_covered = models.PositiveSmallIntegerField("提及的指标数", default=0)
    indicators_asked = models.PositiveSmallIntegerField("指标数", default=0)
    indicators_unmentioned = models.JSONField("未提及的指标", default=list)

    class Meta:
        verbose_name = "匹配结果"
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["run", "object_id"], name="match_once_a_run")
        ]
        indexes = [models.Index(fields=["object_id"], name="match_of_an_object")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.object_id} {self.score:.3f}"


class Suggestion(models.Model):
    """That a person was told of a challenge that suits their unit; never told again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    challenge_id = models.BigIntegerField()
    told_at = models.DateTimeField("推荐时间", default=clock.now)

    class Meta:
        verbose_name = "榜题推荐"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "challenge_id"], name="suggested_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} ← {self.challenge_id}"


class Feedback(models.Model):
    """Whether a person found a pairing useful; kept for good, whatever becomes of the match."""

    subject_kind = models.CharField(max_length=12, choices=Kind)
    subject_id = models.BigIntegerField()
    object_kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    useful = models.BooleanField("有用")
    score = models.FloatField("当时得分", null=True)
    engine = models.CharField("当时引擎版本", max_length=64, blank=True)
    given_at = models.DateTimeField("评价时间", default=clock.now)

    class Meta:
        verbose_name = "匹配评价"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "object_kind", "object_id", "user"],
                name="feedback_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}：{'有用' if self.useful else '无用'}"
