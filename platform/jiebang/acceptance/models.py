"""Acceptances with what was measured, their panels, assessments, and the track record."""

from datetime import date

from django.conf import settings
from django.db import models

from jiebang.acceptance import states
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.contracts.models import Contract
from jiebang.experts import states as panel_states
from jiebang.experts.models import Expert
from jiebang.library.models import Call, Indicator
from jiebang.organizations.models import Organization

PERSON = settings.AUTH_USER_MODEL


def usual_papers() -> list[str]:
    """Return the papers that a call requires unless it says otherwise."""
    kinds = states.Paper
    return [kinds.SUMMARY, kinds.TECHNICAL, kinds.TEST, kinds.AUDIT, kinds.IP_LIST]


class AcceptanceRules(models.Model):
    """What a call sets for acceptance and after; a call without a row has these defaults."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="acceptance_rules")
    due_months = models.PositiveSmallIntegerField("合同期满后几个月内申请验收", default=3)
    papers = models.JSONField("必备材料", default=usual_papers)
    satisfaction_required = models.BooleanField("须有需求方满意度评价", default=True)
    panel_size = models.PositiveSmallIntegerField("验收专家人数", default=5)
    most_of_a_unit = models.PositiveSmallIntegerField("同一单位最多人数", default=1)
    answer_days = models.PositiveSmallIntegerField("答复期限（天）", default=3)
    review_days = models.PositiveSmallIntegerField("评议期限（天）", default=10)
    pass_share = models.PositiveSmallIntegerField("通过所需同意比例（%）", default=60)
    opinion_least = models.PositiveSmallIntegerField("意见最少字数", default=10)
    recheck_days = models.PositiveSmallIntegerField("修改期限最长天数", default=90)
    notice_days = models.PositiveSmallIntegerField("结论公示期（工作日，0 为不公示）", default=0)
    panel_named = models.BooleanField("证书和公示写明专家姓名", default=True)
    assessment_months = models.PositiveSmallIntegerField("验收后几个月开展绩效评价", default=12)
    assessment_days = models.PositiveSmallIntegerField("成效填报期限（天）", default=60)

    class Meta:
        verbose_name = "验收规则"
        constraints = [
            models.CheckConstraint(
                name="acceptance_rules_count",
                condition=models.Q(
                    panel_size__gte=1,
                    most_of_a_unit__gte=1,
                    answer_days__gte=1,
                    review_days__gte=1,
                    recheck_days__gte=1,
                    assessment_months__gte=1,
                    assessment_days__gte=1,
                    pass_share__gte=1,
                    pass_share__lte=100,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.call} {self._meta.verbose_name}"


class Acceptance(Numbered):
    """The acceptance (验收) of one contract, from the application to its conclusion."""

    PREFIX = "YS"
    LIFE = states.LIFE

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="acceptance")
    state = models.CharField(
        "状态", max_length=10, choices=states.State, default=states.State.DRAFT, editable=False
    )
    due_on = models.DateField("应申请日期", null=True, editable=False)
    turn = models.PositiveSmallIntegerField("第几次评议", default=1, editable=False)
    summary = Prose("完成情况", max_length=3000, blank=True)
    benefits = Prose("成果与效益", max_length=2000, blank=True)
    intellectual_property = Prose("知识产权", max_length=2000, blank=True)
    spent = WanField("实际支出（万元）", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    submitted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    satisfaction = models.CharField(
        "需求方满意度", max_length=12, choices=states.Satisfaction, blank=True
    )
    satisfaction_text = Prose("满意度说明", max_length=1000, blank=True)
    satisfied_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    satisfied_at = models.DateTimeField("评价时间", null=True, editable=False)
    conclusion = models.CharField("验收结论", max_length=8, choices=states.Conclusion, blank=True)
    reason = Prose("结论理由", max_length=2000, blank=True)
    departure = Prose("与专家意见不一致的理由", max_length=1000, blank=True)
    revise_by = models.DateField("修改期限", null=True, editable=False)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("审批时间", null=True, editable=False)
    notice_ends_on = models.DateField("公示截止日", null=True, editable=False)
    concluded_at = models.DateTimeField("结论生效时间", null=True, editable=False)
    integrity = models.CharField("诚信记录", max_length=8, choices=states.Integrity, blank=True)

    class Meta:
        verbose_name = "验收"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="acceptance_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="acceptance_takes_two",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="acceptance_ends_with_its_conclusion",
                condition=models.Q(state="passed", conclusion="pass")
                | models.Q(state="closed", conclusion="close")
                | models.Q(state="failed", conclusion="fail")
                | ~models.Q(state__in=sorted(states.ENDED)),
            ),
            models.CheckConstraint(
                name="acceptance_rechecked_once", condition=models.Q(turn__gte=1, turn__lte=2)
            ),
            models.CheckConstraint(
                name="acceptance_satisfaction_known",
                condition=models.Q(satisfaction__in=["", *states.Satisfaction.values]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.title}验收"

    def is_late(self, today: date | None = None) -> bool:
        """Say whether the application, or the corrected one, should be in by now."""
        due = self.revise_by if self.state == states.State.REVISING else self.due_on
        waiting = self.state in states.WITH_SOLVER
        return waiting and due is not None and due < (today or clock.today())


class Result(models.Model):
    """What one indicator came to, with its evidence; beside it stands what was promised."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="results")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="results")
    value = models.DecimalField("实测值", max_digits=18, decimal_places=6, null=True, blank=True)
    text = models.CharField("实测情况", max_length=200, blank=True)
    evidence = models.CharField("佐证", max_length=200, blank=True)

    class Meta:
        verbose_name = "验收指标"
        ordering = ["indicator__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["acceptance", "indicator"], name="result_once_an_acceptance"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator.name}：{self.measured}"

    @property
    def measured(self) -> str:
        """Return the result as people write it."""
        if self.value is not None:
            return f"{self.value.normalize():f} {self.indicator.unit}".strip()
        return self.text


class PanelDraw(Numbered):
    """A published draw of a panel: the same seed and pool give the same experts again.

    The columns are those of `experts.Draw`, and `experts.lottery` repeats it.
    """

    PREFIX = "YC"

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="draws")
    round = models.PositiveSmallIntegerField("轮次")
    seed = models.CharField("随机种子", max_length=64)
    pool = models.JSONField("备选名单")
    pool_digest = models.CharField("备选名单校验码（SHA-256）", max_length=64)
    key = models.JSONField("名单对照", default=dict)
    key_digest = models.CharField("名单对照校验码（SHA-256）", max_length=64)
    quotas = models.JSONField("抽取名额")
    most_of_a_unit = models.PositiveSmallIntegerField("同一单位最多人数")
    drawn = models.JSONField("抽取结果")
    exclusions = models.JSONField("排除原因", default=dict)
    reason = models.CharField("重抽原因", max_length=300, blank=True)
    drawn_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField("抽取时间", default=clock.now)

    class Meta:
        verbose_name = "验收专家抽取"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "round"], name="panel_draw_round_once")
        ]

    def __str__(self) -> str:
        return f"{self.acceptance} 第 {self.round} 轮抽取"


class Member(models.Model):
    """An expert's seat on the panel of an acceptance, and the vote given from it."""

    LIFE = panel_states.SEAT

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="members")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="acceptance_seats")
    draw = models.ForeignKey(PanelDraw, models.PROTECT, related_name="members")
    origin = models.CharField("产生方式", max_length=12, choices=panel_states.SeatOrigin)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=panel_states.SeatState,
        default=panel_states.SeatState.INVITED,
        editable=False,
    )
    invited_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("邀请时间", default=clock.now)
    answer_by = models.DateTimeField("答复期限")
    review_by = models.DateTimeField("评议期限")
    undertaken_at = models.DateTimeField("签署承诺时间", null=True, blank=True)
    undertaking = models.TextField("承诺内容", blank=True)

    class Meta:
        verbose_name = "验收专家"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "expert"], name="panel_member_once"),
            models.CheckConstraint(
                name="panel_member_state_known",
                condition=models.Q(state__in=panel_states.SeatState.values),
            ),
        ]
        indexes = [models.Index(fields=["state", "answer_by"], name="panel_member_to_answer")]

    def __str__(self) -> str:
        return f"{self.expert} 验收 {self.acceptance.contract}"


class Vote(models.Model):
    """One member's opinion and vote in one turn; given once, never changed."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="votes")
    turn = models.PositiveSmallIntegerField("第几次评议")
    advice = models.CharField("表决", max_length=8, choices=states.Conclusion)
    text = Prose("专家意见", max_length=2000)
    given_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = "验收专家意见"
        ordering = ["turn", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "turn"], name="vote_once_a_turn"),
            models.CheckConstraint(
                name="vote_advice_known", condition=models.Q(advice__in=states.Conclusion.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_advice_display()}"


class Assessment(Numbered):
    """The performance assessment (绩效评价) of an accepted contract, some time later."""

    PREFIX = "JX"
    LIFE = states.ASSESSMENT_LIFE

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="assessment")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.AssessmentState,
        default=states.AssessmentState.PENDING,
        editable=False,
    )
    opens_on = models.DateField("开始填报日期", editable=False)
    due_on = models.DateField("填报截止日期", editable=False)
    revenue = WanField("新增产值（万元）", null=True, blank=True)
    tax = WanField("新增税收（万元）", null=True, blank=True)
    investment = WanField("新增投资（万元）", null=True, blank=True)
    patents = models.PositiveIntegerField("申请专利（件）", null=True, blank=True)
    joint_patents = models.PositiveIntegerField("其中合作申请（件）", null=True, blank=True)
    standards = models.PositiveIntegerField("制修订标准（项）", null=True, blank=True)
    jobs = models.PositiveIntegerField("新增就业（人）", null=True, blank=True)
    effects = Prose("成效说明", max_length=2000, blank=True)
    reported_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField("填报时间", null=True, editable=False)
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True)
    opinion = Prose("评价意见", max_length=1000, blank=True)
    scored_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    scored_at = models.DateTimeField("评分时间", null=True, editable=False)
    reply = Prose("单位答复", max_length=1000, blank=True)
    replied_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField("答复时间", null=True, editable=False)

    class Meta:
        verbose_name = "绩效评价"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="assessment_state_known",
                condition=models.Q(state__in=states.AssessmentState.values),
            ),
            models.CheckConstraint(
                name="assessment_score_within",
                condition=models.Q(score=None) | models.Q(score__lte=100),
            ),
            models.CheckConstraint(
                name="assessment_scored_has_a_score",
                condition=~models.Q(state__in=["scored", "replied"])
                | models.Q(score__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_joint_patents_within",
                condition=models.Q(joint_patents=None)
                | models.Q(joint_patents__lte=models.F("patents")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.title}绩效评价"

    def is_late(self, today: date | None = None) -> bool:
        """Say whether the effects should have been reported by now."""
        waiting = self.state in (states.AssessmentState.PENDING, states.AssessmentState.RETURNED)
        return waiting and self.due_on < (today or clock.today())


class TrackItem(models.Model):
    """One fact of a unit's track record (履约记录), with what the unit answers to it."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="track_items")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="track_items")
    kind = models.CharField("事项", max_length=10, choices=states.TrackKind)
    happened_on = models.DateField("日期")
    text = models.CharField("说明", max_length=300, blank=True)
    reply = Prose("单位答复", max_length=500, blank=True)
    replied_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField("答复时间", null=True, editable=False)

    class Meta:
        verbose_name = "履约记录"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "organization", "kind"], name="track_item_once"
            ),
            models.CheckConstraint(
                name="track_kind_known", condition=models.Q(kind__in=states.TrackKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_kind_display()}：{self.contract.title}"
