"""What a progress report must keep to, and where it departs from the promises; reading only."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from jiebang.common.money import in_wan
from jiebang.contracts.models import Contract, Measurement, Milestone, MilestoneReport
from jiebang.contracts.states import Axis, Item, Source

ZERO, CENT = Decimal(0), Decimal("0.000001")  # one 分 in 万元
KNOWN = {Axis.ITEM.value: Item.values, Axis.SOURCE.value: Source.values}


def faults(
    milestone: Milestone,
    summary: str,
    measurements: Mapping[int, Mapping[str, Any]],
    spent: Decimal | None,
    spending: Mapping[str, Mapping[str, Decimal]],
) -> dict[str, list[str]]:
    """Return what a progress report lacks, by field."""
    found: dict[str, list[str]] = {}
    if not summary.strip():
        found["summary"] = ["请写明进展情况"]
    if spent is not None and spent < 0:
        found["spent"] = ["累计支出不能为负"]
    found |= _spending_faults(spent, spending)
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


def _spending_faults(
    spent: Decimal | None, spending: Mapping[str, Mapping[str, Decimal]]
) -> dict[str, list[str]]:
    """Return what is wrong with the breakdowns: each adds up to the same total."""
    found: dict[str, list[str]] = {}
    for axis, codes in KNOWN.items():
        rows = spending.get(axis, {})
        if strangers := sorted(set(rows) - set(codes)):
            found[f"spending-{axis}"] = [f"没有这些科目或来源：{'、'.join(strangers)}"]
        elif any(value < 0 for value in rows.values()):
            found[f"spending-{axis}"] = ["支出不能为负"]
        elif rows and (total := sum(rows.values(), Decimal(0))) != spent:
            said = in_wan(spent) if spent is not None else "没有填写"
            found["spent"] = [f"{Axis(axis).label}合计 {in_wan(total)}，与累计支出（{said}）不一致"]
    return found


def warnings(contract: Contract, newest: MilestoneReport | None) -> list[str]:
    """Return where the newest report departs from budget and promises; it hinders nothing."""
    if newest is None:
        return []
    rows = list(newest.spending.all())
    spent = {(row.axis, row.code): row.amount for row in rows}
    found = []
    for line in contract.budget.all():
        used = spent.get((Axis.ITEM, line.item), ZERO)
        if used > line.amount:
            found.append(
                f"{line.get_item_display()}累计支出 {in_wan(used)}，超出预算 {in_wan(line.amount)}"
            )
    grant = spent.get((Axis.SOURCE, Source.GRANT), ZERO)
    promises = {Source.OWN: contract.self_raised, Source.MATCHING: contract.matching}
    for source, promised in promises.items():
        used = spent.get((Axis.SOURCE, source), ZERO)
        # As much of the promise should be spent as of the grant, share by share.
        if contract.grant and used * contract.grant < promised * grant:
            due = (promised * grant / contract.grant).quantize(CENT)
            found.append(
                f"{source.label}累计投入 {in_wan(used)}，按财政补助的使用进度应到位 {in_wan(due)}"
                f"（承诺 {in_wan(promised)}）"
            )
    return found
