"""What a change of a running contract must keep to; reading only."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError

from jiebang.common.errors import Invalid
from jiebang.common.money import in_wan
from jiebang.contracts import versions
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import TO_REPORT, Item, RequestKind

CHANGEABLE = frozenset({"amount", "self_raised", "matching", "ip_terms", "budget", "milestones"})
OF_MILESTONE = frozenset({"title", "goal", "due_on", "tranche", "upfront", "evidence_asked"})
ZERO = Decimal(0)
GARBLED = "变更内容的格式不对：金额写数字，日期写成 2026-01-31"


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, or earlier for a negative number."""
    return day + relativedelta(months=months)


def wanted(content: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return of what was asked only what differs; Invalid where money or a date is none."""
    try:
        return versions.narrowed(content, versions.written(after))
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise Invalid(GARBLED, code="change_invalid", fields={"after": [GARBLED]}) from error


def faults(
    contract: Contract, kind: str, after: Mapping[str, Any], ends_on: date | None
) -> dict[str, list[str]]:
    """Return what keeps the contract from being changed so, by field."""
    extending = kind == RequestKind.EXTENSION
    allowed = {"milestones", "ends_on"} if extending else CHANGEABLE
    found = {name: ["这一项不能申请变更"] for name in set(after) - allowed}
    try:
        found |= _money(contract, after)
        found |= _milestones(contract, after, ends_on, dates_only=extending)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        found["after"] = [GARBLED]
    return found


def _money(contract: Contract, after: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    amount = Decimal(after.get("amount", contract.amount))
    least = max(contract.drawn, contract.grant)
    if "amount" in after and contract.race_lane:
        found["amount"] = ["赛马合同的金额由赛马检查点决定"]
    elif amount > contract.ceiling:
        found["amount"] = [f"合同金额不得超过中榜（委托）金额 {in_wan(contract.ceiling)}"]
    elif amount <= 0 or amount < least:
        found["amount"] = [f"合同金额不得低于已申请拨付和财政补助，至少 {in_wan(least)}"]
    for name in ("self_raised", "matching"):
        if Decimal(after.get(name, 0)) < 0:
            found[name] = ["金额不能为负"]
    lines = after.get("budget")
    promised = {"amount", "self_raised", "matching"} & set(after)
    if lines is not None or promised:
        kept = {line.item: line.amount for line in contract.budget.all()}
        rows = kept if lines is None else {k: Decimal(v) for k, v in lines.items()}
        own = (Decimal(after.get(n, getattr(contract, n))) for n in ("self_raised", "matching"))
        whole = amount + sum(own, ZERO)
        total = sum(rows.values(), ZERO)
        if set(rows) - set(Item.values) or any(value < 0 for value in rows.values()):
            found["budget"] = ["预算科目不存在，或者金额为负"]
        elif rows and total != whole:
            found["budget"] = [f"预算合计 {in_wan(total)}，应等于 {in_wan(whole)}"]
    return found


def _milestones(
    contract: Contract, after: Mapping[str, Any], ends_on: date | None, *, dates_only: bool
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    changes = after.get("milestones", {})
    stones = {str(stone.position): stone for stone in contract.milestones.all()}
    allowed = {"due_on"} if dates_only else OF_MILESTONE
    for key, columns in changes.items():
        place, stone = f"milestones-{key}", stones.get(key)
        if stone is None:
            found[place] = ["没有这个里程碑"]
        elif stone.state not in TO_REPORT:
            found[place] = [f"“{stone.title}”{stone.get_state_display()}，不能再变更"]
        elif strangers := sorted(set(columns) - allowed):
            found[place] = [f"这些内容不能申请变更：{'、'.join(strangers)}"]
        else:
            found |= _stone(contract, stone, columns, ends_on, place)
    amount = Decimal(after.get("amount", contract.amount))
    if not found and ("amount" in after or changes) and not dates_only:
        tranches = (
            Decimal(changes.get(key, {}).get("tranche", stone.tranche))
            for key, stone in stones.items()
        )
        if (total := sum(tranches, ZERO)) != amount:
            found["milestones"] = [
                f"各里程碑拨付合计 {in_wan(total)}，应等于合同金额 {in_wan(amount)}"
            ]
    return found


def _stone(
    contract: Contract,
    stone: Milestone,
    columns: Mapping[str, Any],
    ends_on: date | None,
    place: str,
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    values = {name: versions.typed(name, value) for name, value in columns.items()}
    changed = Milestone(contract=contract, position=stone.position)
    for name in OF_MILESTONE:
        setattr(changed, name, values.get(name, getattr(stone, name)))
    try:
        changed.clean_fields(exclude=["contract"])
    except ValidationError as error:
        return {f"{place}-{name}": sentences for name, sentences in error.message_dict.items()}
    if changed.tranche < stone.drawn:
        found[f"{place}-tranche"] = [f"已申请拨付 {in_wan(stone.drawn)}，不能低于它"]
    if not ZERO <= changed.upfront <= changed.tranche:
        found[f"{place}-upfront"] = ["合同生效即可申请的金额不能为负，也不能超过本里程碑拨付金额"]
    elif stone.drawn > changed.upfront and stone.drawn > 0:
        found[f"{place}-upfront"] = [f"已申请拨付 {in_wan(stone.drawn)}，不能低于它"]
    end = ends_on or contract.ends_on
    if contract.starts_on and end and not contract.starts_on <= changed.due_on <= end:
        found[f"{place}-due_on"] = ["应在合同期内"]
    return found
