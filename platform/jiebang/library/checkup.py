"""Need check-up (需求体检): what a need still lacks, each with the sentence that mends it.

Pure reading of what was typed, so that it can run at every keystroke and again at submission.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiebang.common.money import in_wan
from jiebang.library.states import Comparator, RuleCode

ERROR, WARNING = "error", "warning"
_DIGITS = re.compile(r"\d")
_VAGUE = re.compile(r"(国际|国内|行业)?(领先|先进|一流|优异|大幅|显著|尽可能|较高|较低|若干)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: at which field, how grave, and the sentence that says what to do.

    An error keeps the need from being submitted; a warning does not.
    """

    code: str
    field: str
    severity: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckUp:
    """The findings, worst first, and how precise the need is from 0 to 100."""

    findings: tuple[Finding, ...]
    score: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps the need from being submitted."""
        return tuple(finding for finding in self.findings if finding.severity == ERROR)

    def sentences(self) -> dict[str, list[str]]:
        """Return the errors by field, as a refusal carries them."""
        by_field: dict[str, list[str]] = {}
        for finding in self.errors:
            by_field.setdefault(finding.field, []).append(finding.sentence)
        return by_field


REQUIRED = {
    "title": "请写明需求名称，一句话说清要攻克什么",
    "tech_field": "请选择技术领域，便于分派专家和匹配",
    "main_problem": "请写明拟解决的技术难题：现状如何、卡在哪里、为什么自己做不了",
    "key_technology": "请写明主要研究内容，揭榜方据此判断能否承担",
    "expected_goal": "请写明预期目标，说清做到什么程度算成功",
    "term_months": "请填写实施期限（月）",
    "acceptance_method": "请选择验收方式",
}
ADVISED = {
    "background": "建议补充需求背景和国内外现状，专家论证时要看",
    "current_basis": "建议写明现有基础条件，揭榜方可少走弯路",
    "deliverables": "建议列出交付物清单，验收时逐项核对",
    "keywords": "建议填写 3 至 5 个关键词，匹配会更准",
    "trl_target": "建议填写目标技术就绪度，匹配时会比较成熟度差距",
    "contact_name": "建议填写联系人，对接时只向匹配的单位显示",
}
SHORTEST_PROBLEM = 40  # characters; below it nobody outside the firm understands the problem


def check(
    content: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Decimal] | None = None,
) -> CheckUp:
    """Examine what was typed against common sense and the rules of the call."""
    rules = rules or {}
    findings = [
        *_texts(content),
        *_indicator_count(indicators, rules),
        *(finding for n, row in enumerate(indicators, 1) for finding in _indicator(n, row)),
        *_intellectual_property(content, rules),
        *_money(content, rules),
    ]
    errors = sum(finding.severity == ERROR for finding in findings)
    warnings = len(findings) - errors
    findings.sort(key=lambda finding: finding.severity != ERROR)
    return CheckUp(tuple(findings), max(0, 100 - 10 * errors - 4 * warnings))


def _texts(content: Mapping[str, Any]) -> list[Finding]:
    found = [
        Finding(f"{field}_missing", field, severity, sentence)
        for fields, severity in ((REQUIRED, ERROR), (ADVISED, WARNING))
        for field, sentence in fields.items()
        if not content.get(field)
    ]
    problem = str(content.get("main_problem") or "")
    if problem and len(problem) < SHORTEST_PROBLEM:
        sentence = f"技术难题只写了 {len(problem)} 字，请至少写 {SHORTEST_PROBLEM} 字，外人才看得懂"
        found.append(Finding("problem_short", "main_problem", ERROR, sentence))
    goal = str(content.get("expected_goal") or "")
    if (vague := _VAGUE.search(goal)) and not _DIGITS.search(goal):
        sentence = f"“{vague.group()}”无法考核，请在预期目标中改用数字"
        found.append(Finding("goal_vague", "expected_goal", WARNING, sentence))
    return found


def _indicator_count(
    indicators: Sequence[Mapping[str, Any]], rules: Mapping[str, Decimal]
) -> list[Finding]:
    least = int(rules.get(RuleCode.MIN_INDICATORS, 1))
    core_least = int(rules.get(RuleCode.MIN_CORE_INDICATORS, 0))
    core = sum(bool(row.get("core")) for row in indicators)
    if len(indicators) < least:
        sentence = (
            f"已填 {len(indicators)} 项技术指标，至少需要 {least} 项：请逐行写明名称、数值和单位"
        )
        return [Finding("indicators_missing", "indicators", ERROR, sentence)]
    if core < core_least:
        sentence = f"约束性指标只有 {core} 项，至少需要 {core_least} 项：请勾选验收必须达到的指标"
        return [Finding("core_indicators_missing", "indicators", ERROR, sentence)]
    return []


def _indicator(n: int, row: Mapping[str, Any]) -> list[Finding]:
    name = str(row.get("name") or "").strip()
    which = f"第 {n} 项指标“{name}”" if name else f"第 {n} 项指标"
    field = f"indicators-{n - 1}"
    found = []

    def add(code: str, part: str, severity: str, sentence: str) -> None:
        found.append(Finding(code, f"{field}-{part}", severity, f"{which}{sentence}"))

    if not name:
        add("indicator_unnamed", "name", ERROR, "没有名称，请写明测什么")
    if row.get("comparator") == Comparator.TEXT:
        if not row.get("text"):
            add("indicator_empty", "text", ERROR, "选了定性要求但没有内容，请写明要求")
        else:
            add("indicator_not_measurable", "text", WARNING, "是定性要求，能量化的请改为数值")
    elif row.get("value") is None:
        add("indicator_without_value", "value", ERROR, "没有数值，请填写要达到的数值")
    elif not row.get("unit"):
        add(
            "indicator_without_unit", "unit", ERROR, "有数值但没有单位，请填写单位（无量纲请填“1”）"
        )
    if row.get("comparator") == Comparator.RANGE:
        low, high = row.get("value"), row.get("value_high")
        if high is None:
            add("indicator_range_open", "value_high", ERROR, "是区间，请填写上限值")
        elif low is not None and high < low:
            add("indicator_range_backward", "value_high", ERROR, "的上限小于下限，请核对")
    if not row.get("test_method"):
        add(
            "indicator_without_method",
            "test_method",
            ERROR,
            "没有测试方法，请写明按什么标准或方法测",
        )
    if not row.get("baseline"):
        add("indicator_without_baseline", "baseline", WARNING, "没有现有水平，填写后可看出难度")
    return found


def _intellectual_property(
    content: Mapping[str, Any], rules: Mapping[str, Decimal]
) -> list[Finding]:
    if content.get("ip_ownership") and content.get("ip_terms"):
        return []
    severity = ERROR if rules.get(RuleCode.REQUIRE_IP_TERMS, Decimal(1)) else WARNING
    missing = "ip_terms" if content.get("ip_ownership") else "ip_ownership"
    sentence = "没有知识产权约定，请选择归属并写明背景技术、成果和收益如何分配"
    return [Finding("ip_missing", missing, severity, sentence)]


def _money(content: Mapping[str, Any], rules: Mapping[str, Decimal]) -> list[Finding]:
    found = []
    budget, bounty = content.get("total_budget"), content.get("bounty")
    grant, term = content.get("grant"), content.get("term_months")
    least, cap = rules.get(RuleCode.MIN_BUDGET), rules.get(RuleCode.MAX_GRANT)
    share, longest = rules.get(RuleCode.MAX_GRANT_SHARE), rules.get(RuleCode.MAX_TERM_MONTHS)

    def add(code: str, field: str, sentence: str, severity: str = ERROR) -> None:
        found.append(Finding(code, field, severity, sentence))

    if budget is None and least:
        add(
            "budget_missing",
            "total_budget",
            f"本批次要求投入不低于 {in_wan(least)}，请填写投入总额",
        )
    elif budget is None:
        add("budget_open", "total_budget", "投入总额为面议，写明金额更容易有人揭榜", WARNING)
    elif least and budget < least:
        sentence = f"投入总额 {in_wan(budget)}，低于本批次最低投入 {in_wan(least)}，请调整"
        add("budget_too_small", "total_budget", sentence)
    if budget is not None and bounty is not None and bounty > budget:
        sentence = f"榜单金额 {in_wan(bounty)} 超过投入总额 {in_wan(budget)}，请核对"
        add("bounty_over_budget", "bounty", sentence)
    if grant and cap and grant > cap:
        sentence = f"申请财政补助 {in_wan(grant)}，超过本批次上限 {in_wan(cap)}，请调低"
        add("grant_over_cap", "grant", sentence)
    if grant and share and budget and grant * 100 > budget * share:
        most = in_wan(budget * share / 100)
        sentence = f"财政补助不得超过投入总额的 {share.normalize():f}%（即 {most}），请调低"
        add("grant_over_share", "grant", sentence)
    if term and longest and term > longest:
        sentence = f"实施期限 {term} 个月，超过本批次上限 {longest.normalize():f} 个月，请缩短"
        add("term_too_long", "term_months", sentence)
    return found
