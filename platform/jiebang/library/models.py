"""Calls with their rules as rows; needs with their indicators; versions and appraisals."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.library import states
from jiebang.organizations.models import Organization
from jiebang.taxonomy.models import TechField


class Call(Numbered):
    """A batch (批次): its scope, and as rows its windows, rules and criteria."""

    PREFIX = "PC"

    name = models.CharField("批次名称", max_length=80, unique=True)
    scope = models.TextField("征集范围", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "批次"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def rule(self, code: str) -> Decimal | None:
        """Return the number this call sets, or None where it sets none; one query for all rules."""
        return next((rule.value for rule in self.rules.all() if rule.code == code), None)


class CallWindow(models.Model):
    """From when to when the call allows something; the end itself is outside."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="windows")
    kind = models.CharField("事项", max_length=12, choices=states.WindowKind)
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")

    class Meta:
        verbose_name = "批次时间窗"
        ordering = ["opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["call", "kind"], name="call_window_once"),
            models.CheckConstraint(
                name="call_window_forward",
                condition=models.Q(closes_at__gt=models.F("opens_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} {self.get_kind_display()}"


class CallRule(models.Model):
    """One number that the call sets."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rules")
    code = models.CharField("规则", max_length=32, choices=states.RuleCode)
    value = models.DecimalField("数值", max_digits=14, decimal_places=2)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "批次规则"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="call_rule_once"),
            models.CheckConstraint(name="call_rule_not_negative", condition=models.Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.value.normalize():f}"


class Criterion(models.Model):
    """What the experts of a need appraisal score, and with what weight; scores are 0 to 100."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria")
    name = models.CharField("论证指标", max_length=40)
    description = models.CharField("评分要点", max_length=200, blank=True)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "论证指标"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "name"], name="criterion_once"),
            models.CheckConstraint(name="criterion_weighs", condition=models.Q(weight__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class TechNeed(Numbered):
    """A firm's technical problem, and with its indicator rows the object all later steps reuse.

    One gathered from a public list has no owner here, but a `source_unit` and an address.
    `revision` counts saves: who saves over somebody else's newer text is told. `version` counts
    submissions: what was handed in is kept as a NeedVersion.
    """

    PREFIX = "XQ"
    LIFE = states.LIFE

    owner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name="需求单位",
    )
    call = models.ForeignKey(
        Call, models.PROTECT, null=True, blank=True, related_name="needs", verbose_name="批次"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(
        "状态", max_length=12, choices=states.State, default=states.State.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)

    title = models.CharField("需求名称", max_length=60)
    tech_field = models.ForeignKey(
        TechField, models.PROTECT, null=True, blank=True, verbose_name="技术领域"
    )
    keywords = models.CharField("关键词", max_length=120, blank=True)
    main_problem = Prose("拟解决的技术难题", max_length=1000, blank=True)
    key_technology = Prose("主要研究内容", max_length=1000, blank=True)
    expected_goal = Prose("预期目标", max_length=500, blank=True)
    background = Prose("需求背景", max_length=1000, blank=True)
    current_basis = Prose("现有基础条件", max_length=1000, blank=True)
    deliverables = Prose("交付要求", max_length=500, blank=True)
    solver_conditions = Prose("揭榜条件", max_length=500, blank=True)
    solve_mode = models.CharField(
        "解决方式", max_length=12, choices=states.SolveMode, default=states.SolveMode.COOPERATE
    )
    activity_type = models.CharField(
        "科技活动类型",
        max_length=14,
        choices=states.ActivityType,
        default=states.ActivityType.EXPERIMENTAL,
    )
    intended_units = models.CharField("合作意向单位", max_length=200, blank=True)
    total_budget = WanField("拟投入资金总额（万元）", null=True, blank=True)
    bounty = WanField("榜单金额（万元）", null=True, blank=True)
    grant = WanField("申请财政补助（万元）", null=True, blank=True)
    term_months = models.PositiveSmallIntegerField("实施期限（月）", null=True, blank=True)
    ip_ownership = models.CharField(
        "知识产权归属", max_length=8, choices=states.Ownership, blank=True
    )
    ip_terms = Prose("知识产权约定", max_length=500, blank=True)
    acceptance_method = models.CharField(
        "验收方式", max_length=12, choices=states.AcceptanceMethod, blank=True
    )
    secrecy = models.CharField(
        "密级", max_length=8, choices=states.Secrecy, default=states.Secrecy.PUBLIC
    )
    mask_owner = models.BooleanField("发布时隐去单位名称", default=False)
    trl_now = models.PositiveSmallIntegerField("现有技术就绪度", null=True, blank=True)
    trl_target = models.PositiveSmallIntegerField("目标技术就绪度", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    source_unit = models.CharField("来源单位", max_length=120, blank=True)
    source_url = models.URLField("来源网址", max_length=400, blank=True)
    source_key = models.CharField("来源编号", max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = "技术需求"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="need_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="need_money_not_negative",
                condition=(models.Q(total_budget=None) | models.Q(total_budget__gte=0))
                & (models.Q(bounty=None) | models.Q(bounty__gte=0))
                & (models.Q(grant=None) | models.Q(grant__gte=0)),
            ),
            models.CheckConstraint(
                name="need_trl_in_range",
                condition=(models.Q(trl_now=None) | models.Q(trl_now__range=(1, 9)))
                & (models.Q(trl_target=None) | models.Q(trl_target__range=(1, 9))),
            ),
            models.UniqueConstraint(
                fields=["source_key"], condition=~models.Q(source_key=""), name="need_source_once"
            ),
            models.CheckConstraint(
                name="need_has_a_unit_or_a_source",
                condition=~models.Q(owner=None, source_key=""),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="need_by_state"),
            models.Index(fields=["owner", "-id"], name="need_of_a_unit"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_name(self) -> str:
        """Return whose need it is: the unit here, or the name its source gives."""
        return self.owner.name if self.owner else self.source_unit

    @property
    def keyword_list(self) -> list[str]:
        """Return the keywords one by one."""
        return [word for word in self.keywords.replace("，", ",").split(",") if word.strip()]


class Indicator(models.Model):
    """One technical indicator (考核指标). Bids promise against this row, reports measure it."""

    need = models.ForeignKey(TechNeed, models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField("序号", default=0)
    name = models.CharField("指标名称", max_length=60)
    comparator = models.CharField("要求", max_length=6, choices=states.Comparator)
    value = models.DecimalField("指标值", max_digits=18, decimal_places=6, null=True, blank=True)
    value_high = models.DecimalField(
        "上限值", max_digits=18, decimal_places=6, null=True, blank=True
    )
    text = models.CharField("定性要求", max_length=200, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    baseline = models.CharField("现有水平", max_length=60, blank=True)
    benchmark = models.CharField("国际先进水平", max_length=60, blank=True)
    test_method = models.CharField("测试方法或标准", max_length=120, blank=True)
    evidence = models.CharField("佐证材料", max_length=120, blank=True)
    core = models.BooleanField("约束性", default=True)

    class Meta:
        verbose_name = "技术指标"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "position"], name="indicator_position_once"),
            models.CheckConstraint(
                name="indicator_range_forward",
                condition=models.Q(value_high=None)
                | models.Q(value=None)
                | models.Q(value_high__gte=models.F("value")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.target}".rstrip()

    @property
    def target(self) -> str:
        """Return the requirement as people write it: `≥ 350 Wh/kg`, `3–5 μm`."""
        if self.comparator == states.Comparator.TEXT:
            return self.text
        number = _plain(self.value)
        if self.comparator == states.Comparator.RANGE:
            number = f"{number}–{_plain(self.value_high)}"
            return f"{number} {self.unit}".strip()
        return f"{states.Comparator(self.comparator).label} {number} {self.unit}".strip()

    def is_met_by(self, measured: Decimal | None) -> bool | None:
        """Say whether a measured value meets it; None where no number can tell."""
        if measured is None or self.value is None:
            return None
        match self.comparator:
            case states.Comparator.AT_LEAST:
                return measured >= self.value
            case states.Comparator.AT_MOST:
                return measured <= self.value
            case states.Comparator.EQUAL:
                return measured == self.value
            case states.Comparator.RANGE if self.value_high is not None:
                return self.value <= measured <= self.value_high
        return None


class NeedVersion(models.Model):
    """What was handed in at one submission, word by word; see `snapshots`."""

    need = models.ForeignKey(TechNeed, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本")
    content = models.JSONField("内容")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = "需求版本"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["need", "number"], name="need_version_once")]

    def __str__(self) -> str:
        return f"{self.need} 第 {self.number} 版"


class Appraisal(models.Model):
    """One expert's appraisal of one need; `scores` maps criterion keys to 0–100."""

    need = models.ForeignKey(TechNeed, models.CASCADE, related_name="appraisals")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appraisals")
    version = models.PositiveIntegerField("针对版本")
    assigned_at = models.DateTimeField("分派时间", default=clock.now)
    due_at = models.DateTimeField("应完成时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    scores = models.JSONField("评分", default=dict)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True)
    opinion = Prose("论证意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = "需求论证"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "expert", "version"], name="appraisal_once_a_version"
            ),
            models.CheckConstraint(
                name="appraisal_total_in_range",
                condition=models.Q(total=None) | models.Q(total__range=(0, 100)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert} 论证 {self.need}"


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
