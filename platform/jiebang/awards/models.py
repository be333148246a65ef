"""Reviews of solutions, the decision who solves a challenge, its notice, and objections."""

from django.conf import settings
from django.db import models

from jiebang.awards import states
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.library.models import Call
from jiebang.organizations.models import Organization
from jiebang.proposals.models import Proposal

PERSON = settings.AUTH_USER_MODEL


class Award(Numbered):
    """One award (中榜决定): one a challenge, or one for each lane of a race; one a solution."""

    PREFIX = "ZB"

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="awards")
    lane = models.PositiveSmallIntegerField("赛道", default=1)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="award")
    amount = WanField("中榜金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    reason = Prose("中榜理由", max_length=1000)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", default=clock.now)

    class Meta:
        verbose_name = "中榜决定"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "lane"], name="award_lane_once"),
            models.CheckConstraint(
                name="award_lane_of_a_race", condition=models.Q(lane__gte=1, lane__lte=3)
            ),
            models.CheckConstraint(name="award_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="award_grant_within_amount",
                condition=models.Q(grant__gte=0, grant__lte=models.F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} → {self.proposal.lead}"


class DecisionRules(models.Model):
    """What a call sets for review, decision, notice and objections.

    A call without a row follows the standard rules, which are the defaults here. Award in one
    step is an exception that names its basis.
    """

    call = models.OneToOneField(Call, models.CASCADE, related_name="decision_rules")
    in_steps = models.BooleanField("逐级决定并公示", default=True)
    basis = models.CharField("一次定榜的依据", max_length=200, blank=True)
    blind = models.BooleanField("匿名评审", default=False)
    diligence_required = models.BooleanField("拟中榜须经尽职调查或现场考察", default=False)
    winners = models.PositiveSmallIntegerField("赛马：最多并行中榜数", default=1)
    members_least = models.PositiveSmallIntegerField("集体审议最少人数", default=3)
    notice_days = models.PositiveSmallIntegerField("公示期（工作日）", default=5)
    reply_days = models.PositiveSmallIntegerField("异议答复期限（工作日）", default=5)
    text_least = models.PositiveSmallIntegerField("异议和答复最少字数", default=20)
    experts_published = models.BooleanField("公示专家名单", default=True)
    scores_published = models.BooleanField("公示得分", default=True)
    reviews_least = models.PositiveSmallIntegerField("每份揭榜书最少评审人数", default=3)
    spread_most = models.DecimalField(
        "评分分歧上限（分）", max_digits=5, decimal_places=2, default=20
    )
    reviews_if_spread = models.PositiveSmallIntegerField("分歧过大时最少评审人数", default=4)
    method = models.CharField("计分方法", max_length=10, choices=states.Method, default="mean")
    opinion_required = models.BooleanField("须有发榜方论证", default=False)
    comment_least = models.PositiveSmallIntegerField("评审意见最少字数", default=10)

    class Meta:
        verbose_name = "评审与定榜规则"
        constraints = [
            models.CheckConstraint(
                name="race_of_three_at_most",
                condition=models.Q(winners__gte=1, winners__lte=3),
            ),
            models.CheckConstraint(
                name="review_method_known",
                condition=models.Q(method__in=states.Method.values),
            ),
            models.CheckConstraint(
                name="one_step_has_a_basis",
                condition=models.Q(in_steps=True) | ~models.Q(basis=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self._meta.verbose_name}"


class BidCriterion(models.Model):
    """What experts score in a solution, and its weight: the most points; they sum to 100."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="bid_criteria")
    name = models.CharField("评审指标", max_length=40)
    weight = models.PositiveSmallIntegerField("分值")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "揭榜评审指标"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "name"], name="bid_criterion_once"),
            models.CheckConstraint(name="bid_criterion_weighs", condition=models.Q(weight__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    """One expert's review of one solution; handed in once, never changed."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    mode = models.CharField("评审方式", max_length=10, choices=states.ReviewMode, default="paper")
    points = models.JSONField("各项得分")
    total = models.DecimalField("总分", max_digits=5, decimal_places=2)
    comment = Prose("评审意见", max_length=2000)
    feedback = Prose("反馈给揭榜单位的意见", max_length=1000, blank=True)
    advice = models.CharField("结论", max_length=8, choices=states.Advice)
    amount = WanField("建议金额（万元）", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = "揭榜评审"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "reviewer"], name="review_once"),
            models.CheckConstraint(
                name="review_total_within", condition=models.Q(total__gte=0, total__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} {self.total}"


class Opinion(models.Model):
    """What the poster thinks of a solution (发榜方论证), beside the experts' review."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="opinion")
    advice = models.CharField("结论", max_length=8, choices=states.Advice)
    text = Prose("论证意见", max_length=2000)
    given_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("论证时间", default=clock.now)

    class Meta:
        verbose_name = "发榜方论证"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.proposal} {self.get_advice_display()}"


class Inquiry(models.Model):
    """What the bureau found out about a solution: due diligence or a visit, on the record."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="inquiries")
    kind = models.CharField("方式", max_length=10, choices=states.InquiryKind)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=120, blank=True)
    people = models.CharField("参加人员", max_length=200)
    checked = Prose("核查内容", max_length=1000)
    found = Prose("核查情况", max_length=3000)
    finding = models.CharField("结论", max_length=14, choices=states.Finding)
    noted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("登记时间", default=clock.now)

    class Meta:
        verbose_name = "尽职调查与现场考察"
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="inquiry_kind_known",
                condition=models.Q(kind__in=states.InquiryKind.values),
            ),
            models.CheckConstraint(
                name="inquiry_finding_known",
                condition=models.Q(finding__in=states.Finding.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} {self.get_kind_display()}"


class Decision(Numbered):
    """One decision (定榜建议) from proposal to effect; one under way a challenge.

    `standing` keeps the ranking and `panel` the experts as they were when it was proposed.
    """

    PREFIX = "DB"
    LIFE = states.DECISION

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="decisions")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.DecisionState,
        default=states.DecisionState.PROPOSED,
        editable=False,
    )
    reason = Prose("中榜理由", max_length=1000)
    departure = Prose("未按排序推荐的理由", max_length=1000, blank=True)
    standing = models.JSONField("评审排序", default=list)
    panel = models.JSONField("评审专家", default=list)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间", default=clock.now)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField("审批时间", null=True)
    minutes_number = models.CharField("会议纪要编号", max_length=60, blank=True)
    members = models.JSONField("审议人员", default=list)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("公示开始时间", null=True)
    notice_ends_on = models.DateField("公示截止日", null=True)
    days_left = models.PositiveSmallIntegerField("暂停时剩余工作日", null=True)

    class Meta:
        verbose_name = "定榜建议"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_state_known",
                condition=models.Q(state__in=states.DecisionState.values),
            ),
            models.UniqueConstraint(
                fields=["challenge"],
                condition=models.Q(state__in=sorted(states.LIVE)),
                name="decision_live_once",
            ),
            models.CheckConstraint(
                name="decision_takes_two",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} {self._meta.verbose_name}"


class Choice(models.Model):
    """One solution that a decision names, with its money."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="choices")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    lane = models.PositiveSmallIntegerField("赛道")
    amount = WanField("中榜金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)

    class Meta:
        verbose_name = "拟中榜"
        ordering = ["lane"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "lane"], name="choice_lane_once"),
            models.UniqueConstraint(fields=["decision", "proposal"], name="choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.lead}"


class Objection(Numbered):
    """An objection to a notice (异议): real name and evidence; who objects stays confidential."""

    PREFIX = "YY"
    LIFE = states.OBJECTION

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    objector = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    signed_name = models.CharField("实名", max_length=40)
    text = Prose("异议内容", max_length=2000)
    evidence = Prose("证据和线索", max_length=2000)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.ObjectionState,
        default=states.ObjectionState.RECEIVED,
        editable=False,
    )
    made_at = models.DateTimeField("提出时间", default=clock.now)
    reply_by = models.DateField("答复期限")
    reply = Prose("答复", max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "异议"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_state_known",
                condition=models.Q(state__in=states.ObjectionState.values),
            ),
            models.UniqueConstraint(
                fields=["decision", "unit"],
                condition=models.Q(state="received"),
                name="objection_open_once_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.number
