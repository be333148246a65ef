"""What a contract's terms and a progress report must keep to; reading only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from jiebang.common.money import in_wan
from jiebang.contracts import rules
from jiebang.contracts.models import Contract, Milestone
from jiebang.contracts.states import Item, MilestoneState
from jiebang.library.states import RuleCode

ZERO, CENT = Decimal(0), Decimal("0.000001")  # one 分 in 万元

WRITABLE = frozenset(
    {"title", "starts_on", "ends_on", "ip_terms", "amount", "self_raised", "matching", "budget"}
)
MILESTONE = (
    *("title", "goal", "due_on", "tranche", "upfront", "evidence_asked", "consequence"),
    *("expert_check",),
)


def faults(
    contract: Contract, data: Mapping[str, Any], milestones: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return what is wrong with the terms, by field: dates, amounts, tranches, indicators."""
    found = _money_faults(contract, data)
    starts, ends = data.get("starts_on"), data.get("ends_on")
    if "title" in data and not data["title"]:
        found["title"] = ["请填写合同名称"]
    if starts and ends and ends <= starts:
        found["ends_on"] = ["结束日期须晚于开始日期"]
    known = set(contract.indicators.values_list("pk", flat=True))
    limits, amount = rules.of(contract), data.get("amount") or contract.amount
    total = Decimal(0)
    for n, row in enumerate(milestones):
        values = {name: row.get(name) for name in MILESTONE if row.get(name) is not None}
        try:
            Milestone(contract=contract, position=n + 1, **values).clean_fields()
        except ValidationError as error:
            found |= {f"milestones-{n}-{k}": v for k, v in error.message_dict.items()}
            continue
        if starts and ends and not starts <= row["due_on"] <= ends:
            found[f"milestones-{n}-due_on"] = ["应在合同期内"]
        if strangers := set(row.get("indicators", ())) - known:
            found[f"milestones-{n}-indicators"] = [f"有 {len(strangers)} 项指标不属于本榜题"]
        upfront = row.get("upfront") or ZERO
        wrong = _tranche_faults(row["tranche"], upfront, amount, limits)
        found |= {f"milestones-{n}-{k}": v for k, v in wrong.items()}
        total += row["tranche"]
    if total > amount:
        over = in_wan(total - amount)
        found["milestones"] = [f"各里程碑拨付合计超出合同金额 {over}，请调整"]
    checks = sum(1 for row in milestones if row.get("expert_check"))
    most = int(limits[RuleCode.STAGE_CHECKS_MOST])
    if checks > most:
        found["milestones"] = [
            *found.get("milestones", ()),
            f"本批次最多安排 {most} 次专家阶段检查，现在有 {checks} 个里程碑要求检查",
        ]
    return found


def _money_faults(contract: Contract, data: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    amount = data.get("amount")
    if amount is not None and amount != contract.amount and contract.race_lane:
        found["amount"] = ["赛马合同的金额由赛马检查点决定，不能直接修改"]
    elif amount is not None and amount <= 0:
        found["amount"] = ["合同金额须大于零"]
    elif amount is not None and amount > contract.ceiling:
        found["amount"] = [f"合同金额不得超过中榜（委托）金额 {in_wan(contract.ceiling)}"]
    elif amount is not None and amount < contract.grant:
        found["amount"] = [f"合同金额不得低于其中的财政补助 {in_wan(contract.grant)}"]
    for name in ("self_raised", "matching"):
        if (value := data.get(name)) is not None and value < 0:
            found[name] = ["金额不能为负"]
    lines = data.get("budget") or {}
    if strangers := sorted(set(lines) - set(Item.values)):
        found["budget"] = [f"没有这些预算科目：{'、'.join(strangers)}"]
    elif any(value < 0 for value in lines.values()):
        found["budget"] = ["预算不能为负"]
    return found


def _tranche_faults(
    tranche: Decimal, upfront: Decimal, amount: Decimal, limits: Mapping[str, Decimal]
) -> dict[str, list[str]]:
    """Return what the call's caps say against a milestone's money, by column."""
    found: dict[str, list[str]] = {}
    if tranche < 0:
        found["tranche"] = ["拨付金额不能为负"]
    elif (most := limits.get(RuleCode.TRANCHE_MAX_SHARE)) and tranche * 100 > amount * most:
        cap = in_wan(rules.share_of(amount, most))
        found["tranche"] = [f"单个里程碑拨付不得超过合同金额的 {most.normalize():f}%（即 {cap}）"]
    if not ZERO <= upfront <= max(tranche, ZERO):
        found["upfront"] = ["合同生效即可申请的金额不能为负，也不能超过本里程碑拨付金额"]
    elif (most := limits.get(RuleCode.UPFRONT_MAX_SHARE)) and upfront * 100 > amount * most:
        cap = in_wan(rules.share_of(amount, most))
        found["upfront"] = [f"合同生效即可申请的金额不得超过 {most.normalize():f}%（即 {cap}）"]
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
    planned = sum((line.amount for line in contract.budget.all()), ZERO)
    whole = contract.amount + contract.self_raised + contract.matching
    if planned and planned != whole:
        found["budget"] = [
            f"预算合计 {in_wan(planned)}，应等于合同金额、自筹和配套资金之和 {in_wan(whole)}"
        ]
    covered = {row.pk for milestone in milestones for row in milestone.indicators.all()}
    left = [row.name for row in contract.indicators.filter(core=True) if row.pk not in covered]
    if left:
        found["indicators"] = [f"约束性指标“{'、'.join(left)}”没有落到任何里程碑"]
    if (start := _start_of_race(contract)) > milestones[0].upfront:
        found["milestones"] = [
            *found.get("milestones", ()),
            f"赛马合同的启动经费至少 {in_wan(start)}，请写入第一个里程碑“合同生效即可申请”",
        ]
    return found


def _start_of_race(contract: Contract) -> Decimal:
    """Return the start money that each contract of a race gets at least; zero outside a race."""
    share = rules.of(contract).get(RuleCode.RACE_START_SHARE)
    if contract.race_lane is None:
        return ZERO
    return rules.share_of(contract.amount, share) if share else CENT


def warnings(contract: Contract) -> list[str]:
    """Return what the city's ratios have against the terms; it hinders nothing."""
    found, limits = [], rules.of(contract)
    first = next(iter(contract.milestones.all()), None)
    least = limits.get(RuleCode.FIRST_PAYMENT_MIN_SHARE)
    if first and least and first.tranche * 100 < contract.amount * least:
        found.append(
            f"首笔拨付 {in_wan(first.tranche)}，低于合同金额的 {least.normalize():f}%"
            f"（{in_wan(rules.share_of(contract.amount, least))}），请核对是否符合本市规定"
        )
    ratio = limits.get(RuleCode.OWN_TO_GRANT_RATIO)
    if ratio and contract.grant and contract.self_raised < contract.grant * ratio:
        found.append(
            f"自筹投入 {in_wan(contract.self_raised)}，低于财政补助的 {ratio.normalize():f} 倍"
            f"（{in_wan(contract.grant * ratio)}）"
        )
    return found


def unconfirmed(contract: Contract) -> int:
    """Return how many milestones nobody has confirmed."""
    return contract.milestones.exclude(state=MilestoneState.CONFIRMED).count()
