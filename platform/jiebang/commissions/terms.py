"""What a draft must keep to: cause, reason, money that adds up, needs that are free."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from jiebang.challenges.models import Challenge
from jiebang.challenges.states import LIVE
from jiebang.challenges.states import State as ChallengeState
from jiebang.commissions import queries
from jiebang.commissions.models import Commission, Item
from jiebang.commissions.states import Cause, Kind
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.common.money import in_wan
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.library.states import RuleCode
from jiebang.library.states import State as NeedState
from jiebang.organizations.states import QualificationKind
from jiebang.proposals import queries as proposals

COLUMNS = (
    "kind", "title", "applicant", "candidate", "cause", "reason", "amount", "grant", "term_months",
)  # fmt: skip
Row = Mapping[str, Any]
Faults = dict[str, list[str]]


def check(
    data: Row, needs: Sequence[TechNeed], parts: Sequence[Row], members: Sequence[Row]
) -> None:
    """Raise Invalid with a sentence for every field at fault."""
    found = _of_columns(data, needs)
    if found is None:
        raise Invalid("请选择要委托的需求", code="need_required", fields={"needs": ["请选择需求"]})
    lead = data.get("candidate")
    known = {lead.pk} if lead else set()
    found |= _of_members(data, members, known)
    found |= _of_parts(data, needs, parts, known | {row["unit"].pk for row in members})
    if found:
        raise Invalid("定向委托内容需要修改，请按提示处理", code="commission_invalid", fields=found)


def check_free(needs: Sequence[TechNeed], own: Commission | None = None) -> None:
    """Raise a refusal where a need is on the board, elsewhere commissioned, or not in the library.

    An open round ends as failed, with its reason, before anything is commissioned.
    """
    for need in needs:
        taken = Item.objects.filter(need=need, running=True).select_related("commission").first()
        if taken is not None and (own is None or taken.commission_id != own.pk):
            raise Conflict(
                f"需求“{need}”已在定向委托 {taken.commission.number} 中办理",
                code="commissioned_already",
            )
        running = Challenge.objects.filter(need=need, state__in=LIVE).first()
        if running is not None:
            raise RuleBroken(
                f"需求“{need}”正在张榜（榜题 {running.number}，{running.state_label}），"
                "须先截止揭榜并写明理由宣布流标，再办理定向委托",
                code="open_round_running",
            )
        if taken is None and need.state != NeedState.IN_LIBRARY:
            label = need.get_state_display()
            raise RuleBroken(
                f"需求“{need}”{label}，只有已入库的需求可以定向委托", code="need_not_in_library"
            )
        last = Challenge.objects.filter(need=need).order_by("-pk").first()
        dodged = last is not None and last.state == ChallengeState.WITHDRAWN
        if last is not None and dodged and proposals.of_challenge(last).exists():
            raise RuleBroken(
                f"榜题 {last.number} 有揭榜书而中途撤榜，不能转为定向委托；"
                "请重新张榜，揭榜截止后按程序定榜或宣布流标",
                code="round_withdrawn_with_bids",
            )


def check_cause(commission: Commission) -> None:
    """Raise RuleBroken where the facts do not bear the cause out."""
    match commission.cause:
        case Cause.FAILED_ROUND:
            for need in commission.needs:
                if not need.challenges.filter(state=ChallengeState.FAILED).exists():
                    raise RuleBroken(
                        f"需求“{need}”没有流标记录，不能以张榜流标为由定向委托",
                        code="no_failed_round",
                    )
        case Cause.CHAIN_LEADER:
            leading = QualificationKind.CHAIN_LEADER, QualificationKind.LEADING_FIRM
            unit = commission.applicant
            if unit is None or not unit.qualifications.filter(kind__in=leading).exists():
                raise RuleBroken(
                    "链主牵头组织的联合攻关须由链主或龙头企业申请", code="not_a_chain_leader"
                )


def _of_columns(data: Row, needs: Sequence[TechNeed]) -> Faults | None:
    """Return the faults of the columns; None where there is no need to begin with."""
    if not needs:
        return None
    found: Faults = {}
    calls = {need.call_id for need in needs}
    call = needs[0].call
    if len(calls) > 1 or call is None:
        found["needs"] = ["打包的需求须属于同一批次"]
    row = Commission(**{name: data[name] for name in COLUMNS if data.get(name) is not None})
    blank = [name for name in COLUMNS if name not in data and name not in ("grant", "applicant")]
    for name in blank:
        found[name] = [f"请填写{Commission._meta.get_field(name).verbose_name}"]  # type: ignore[union-attr]
    try:
        row.clean_fields(exclude=["call", "state", "drafted_by", *blank])
    except ValidationError as error:
        found |= {k: v for k, v in error.message_dict.items() if k in COLUMNS}
    if not data.get("cause"):
        found["cause"] = ["请选择定向事由，没有事由不能定向委托"]
    rules = queries.rules_of(call) if call else queries.Rules()
    if len(str(data.get("reason") or "").strip()) < rules.reason_length:
        found["reason"] = [f"请写明为什么不宜公开张榜，至少 {rules.reason_length} 字"]
    found |= _of_money(data, needs)
    lead, owners = data.get("candidate"), {need.owner_id for need in needs}
    if lead and not lead.is_verified:
        found["candidate"] = ["拟受托单位尚未通过核验"]
    elif lead and data.get("cause") != Cause.CHAIN_LEADER and lead.pk in owners:
        found["candidate"] = ["拟受托单位不能是需求单位自己"]
    kind = data.get("kind")
    if kind == Kind.SINGLE and len(needs) > 1:
        found["needs"] = ["单项委托只含一项需求；多项需求请选择整体打包"]
    if kind == Kind.PACKAGE and len(needs) < 2:
        found["needs"] = ["整体打包须含至少两项需求"]
    if data.get("cause") == Cause.PACKAGE and kind == Kind.SINGLE:
        found["cause"] = ["单项委托不适用整体打包的事由"]
    return found


def _of_money(data: Row, needs: Sequence[TechNeed]) -> Faults:
    found: Faults = {}
    amount, grant = data.get("amount"), data.get("grant") or Decimal(0)
    if amount is None or amount <= 0:
        return {"amount": ["委托金额须大于零"]}
    rules = library.rules_of(needs[0].call)
    cap, share = rules.get(RuleCode.MAX_GRANT), rules.get(RuleCode.MAX_GRANT_SHARE)
    if grant < 0 or grant > amount:
        found["grant"] = ["财政补助应在零与委托金额之间"]
    elif cap is not None and grant > cap * len(needs):
        found["grant"] = [f"财政补助超过本批次上限（每项 {in_wan(cap)}，共 {len(needs)} 项）"]
    elif share is not None and grant * 100 > amount * share:
        most = in_wan(amount * share / 100)
        found["grant"] = [f"财政补助不得超过委托金额的 {share.normalize():f}%（即 {most}）"]
    longest = rules.get(RuleCode.MAX_TERM_MONTHS)
    term = data.get("term_months")
    if term is not None and term < 1:
        found["term_months"] = ["实施期限须至少 1 个月"]
    elif term is not None and longest is not None and term > longest:
        found["term_months"] = [f"本批次实施期限不超过 {longest.normalize():f} 个月"]
    return found


def _of_members(data: Row, rows: Sequence[Row], lead: set[int]) -> Faults:
    found: Faults = {}
    if not rows:
        return found
    seen: set[int] = set()
    for n, row in enumerate(rows):
        if row["unit"].pk in seen:
            found[f"members-{n}-unit"] = ["这家单位已经列出"]
        seen.add(row["unit"].pk)
        if not row["unit"].is_verified:
            found[f"members-{n}-unit"] = ["联合体成员须是已核验单位"]
        if not str(row.get("task") or "").strip():
            found[f"members-{n}-task"] = ["请写明任务分工"]
        if row["share"] < 0:
            found[f"members-{n}-share"] = ["经费不能为负"]
    if not lead <= seen:
        found["members"] = ["联合体成员中须列出拟受托单位（牵头）及其任务和经费"]
    return found | _adds_up("members", "联合体各单位经费", [r["share"] for r in rows], data)


def _of_parts(data: Row, needs: Sequence[TechNeed], rows: Sequence[Row], units: set[int]) -> Faults:
    if data.get("kind") != Kind.PACKAGE:
        return {"parts": ["单项委托不设子课题"]} if rows else {}
    if not rows:
        return {"parts": ["整体打包须分列子课题，各有需求、承担单位和金额"]}
    found: Faults = {}
    for n, row in enumerate(rows):
        if not str(row.get("title") or "").strip():
            found[f"parts-{n}-title"] = ["请填写子课题名称"]
        if row["amount"] <= 0:
            found[f"parts-{n}-amount"] = ["金额须大于零"]
        if row["unit"].pk not in units:
            found[f"parts-{n}-unit"] = ["承担单位须是拟受托单位或联合体成员"]
        if not row["needs"]:
            found[f"parts-{n}-needs"] = ["请选择子课题对应的需求"]
    listed = [need.pk for row in rows for need in row["needs"]]
    if sorted(listed) != sorted({need.pk for need in needs}):
        found["parts"] = ["每项需求须且只须列入一个子课题"]
    return found | _adds_up("parts", "各子课题金额", [row["amount"] for row in rows], data)


def _adds_up(name: str, what: str, amounts: Sequence[Decimal], data: Row) -> Faults:
    total, amount = sum(amounts, Decimal(0)), data.get("amount")
    if amount is None or total == amount:
        return {}
    gap = in_wan(abs(total - amount))
    more = "多" if total > amount else "少"
    return {name: [f"{what}合计 {in_wan(total)}，比委托金额{more} {gap}，须完全相等"]}
