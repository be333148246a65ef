"""What a contract's terms and a progress report must keep to; reading only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from jiebang.common.money import in_wan
from jiebang.contracts.models import Contract, Measurement, Milestone
from jiebang.contracts.states import MilestoneState
from jiebang.library import queries as library
from jiebang.library.states import RuleCode

WRITABLE = frozenset({"title", "starts_on", "ends_on", "ip_terms"})
MILESTONE = ("title", "goal", "due_on", "tranche")


def faults(
    contract: Contract, data: Mapping[str, Any], milestones: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return what is wrong with the terms, by field: dates, tranches, indicators."""
    found: dict[str, list[str]] = {}
    starts, ends = data.get("starts_on"), data.get("ends_on")
    if "title" in data and not data["title"]:
        found["title"] = ["请填写合同名称"]
    if starts and ends and ends <= starts:
        found["ends_on"] = ["结束日期须晚于开始日期"]
    known = set(contract.indicators.values_list("pk", flat=True))
    total = Decimal(0)
    for n, row in enumerate(milestones):
        values = {name: row.get(name) for name in MILESTONE if row.get(name) is not None}
        try:
            Milestone(contract=contract, position=n + 1, **values).clean_fields()
        except ValidationError as error:
            found |= {f"milestones-{n}-{k}": v for k, v in error.message_dict.items()}
            continue
        if row["tranche"] < 0:
            found[f"milestones-{n}-tranche"] = ["拨付金额不能为负"]
        if starts and ends and not starts <= row["due_on"] <= ends:
            found[f"milestones-{n}-due_on"] = ["应在合同期内"]
        if strangers := set(row.get("indicators", ())) - known:
            found[f"milestones-{n}-indicators"] = [f"有 {len(strangers)} 项指标不属于本榜题"]
        total += row["tranche"]
    if total > contract.amount:
        over = in_wan(total - contract.amount)
        found["milestones"] = [f"各里程碑拨付合计超出合同金额 {over}，请调整"]
    return found


def missing(contract: Contract) -> dict[str, list[str]]:
    """Return what keeps a contract from being sent for signing."""
    found: dict[str, list[str]] = {}
    for name, sentence in (("starts_on", "请填写开始日期"), ("ends_on", "请填写结束日期")):
        if getattr(contract, name) is None:
            found[name] = [sentence]
    milestones = list(contract.milestones.prefetch_related("indicators"))
    if not milestones:
        found["milestones"] = ["请至少设置一个里程碑"]
        return found
    total = sum((milestone.tranche for milestone in milestones), Decimal(0))
    if total != contract.amount:
        found["milestones"] = [
            f"各里程碑拨付合计 {in_wan(total)}，应等于合同金额 {in_wan(contract.amount)}"
        ]
    covered = {row.pk for milestone in milestones for row in milestone.indicators.all()}
    left = [row.name for row in contract.indicators.filter(core=True) if row.pk not in covered]
    if left:
        found["indicators"] = [f"约束性指标“{'、'.join(left)}”没有落到任何里程碑"]
    least = library.rules_of(contract.call).get(RuleCode.FIRST_PAYMENT_MIN_SHARE)
    first = milestones[0].tranche * 100
    if least and first < contract.amount * least:
        found["milestones"] = [
            *found.get("milestones", ()),
            f"首笔拨付低于合同金额的 {least.normalize():f}%，请提高第一个里程碑的拨付金额",
        ]
    return found


def unconfirmed(contract: Contract) -> int:
    """Return how many milestones nobody has confirmed."""
    return contract.milestones.exclude(state=MilestoneState.CONFIRMED).count()


def report_faults(
    milestone: Milestone,
    summary: str,
    measurements: Mapping[int, Mapping[str, Any]],
    spent: Decimal | None,
) -> dict[str, list[str]]:
    """Return what a progress report lacks, by field."""
    found: dict[str, list[str]] = {}
    if not summary.strip():
        found["summary"] = ["请写明进展情况"]
    if spent is not None and spent < 0:
        found["spent"] = ["累计支出不能为负"]
    asked = {row.pk: row for row in milestone.indicators.all()}
    if strangers := set(measurements) - set(asked):
        found["measurements"] = [f"有 {len(strangers)} 项指标不属于本里程碑"]
    for key, indicator in asked.items():
        row = measurements.get(key, {})
        if row.get("value") is None and not row.get("text"):
            found[f"measured-{key}"] = [f"请填写“{indicator.name}（{indicator.target}）”的实测情况"]
            continue
        try:
            Measurement(**row).clean_fields(exclude=["report", "indicator"])
        except ValidationError as error:
            found[f"measured-{key}"] = [s for v in error.message_dict.values() for s in v]
    return found
