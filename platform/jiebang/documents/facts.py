"""What a contract says, under the names that templates use."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from jiebang.common.money import in_wan, in_words
from jiebang.contracts.models import Contract
from jiebang.documents.models import Pledge
from jiebang.organizations.models import Organization

# Every name a template may use, with what it stands for: shown to whoever edits one.
NAMES: dict[str, str] = {
    "title": "合同名称",
    "number": "平台编号",
    "contract_no": "合同文号",
    "dated_on": "签订日期",
    "version": "版本号",
    "poster": "甲方：poster.name、poster.uscc、poster.legal_person、poster.address、poster.contact",
    "solver": "乙方：同上",
    "bureau": "丙方：bureau.name",
    "needs": "攻关任务：每行 row.number、row.title",
    "amount": "合同金额，带单位",
    "amount_words": "合同金额大写",
    "grant": "财政补助，带单位",
    "grant_words": "财政补助大写",
    "self_raised": "乙方自筹",
    "matching": "配套资金",
    "term": "合同期限",
    "indicators": "技术指标：每行 row.n、row.name、row.asked、row.promised、row.method",
    "milestones": "里程碑：每行 row.n、row.title、row.goal、row.due、row.tranche、"
    "row.evidence、row.consequence",
    "budget": "预算：每行 row.item、row.amount",
    "ip_lines": "知识产权约定，逐段",
    "deliverables": "交付要求，逐段",
    "acceptance": "验收方式",
    "pledges": "军令状：每行 row.n、row.indicator、row.asked、row.consequence、row.text、"
    "row.signatory",
    "signatories": "军令状责任人",
}


def of(contract: Contract) -> dict[str, Any]:
    """Return the facts of a contract; lists are rows of texts, amounts carry their unit."""
    needs = contract.needs
    responses = contract.award.proposal.responses.all() if contract.award else ()
    promised = {row.indicator_id: row for row in responses}
    pledges = list(contract.pledges.select_related("indicator"))
    return {
        "title": contract.title,
        "number": contract.number,
        "contract_no": contract.contract_no or "（签署时编定）",
        "dated_on": day(contract.dated_on),
        "version": str(contract.version),
        "poster": _unit(contract.poster),
        "solver": _unit(contract.solver),
        "bureau": {"name": settings.BUREAU_NAME},
        "needs": [{"number": need.number, "title": need.title} for need in needs],
        "amount": in_wan(contract.amount),
        "amount_words": f"人民币{in_words(contract.amount)}",
        "grant": in_wan(contract.grant),
        "grant_words": f"人民币{in_words(contract.grant)}" if contract.grant else "无",
        "self_raised": in_wan(contract.self_raised),
        "matching": in_wan(contract.matching),
        "term": f"{day(contract.starts_on)}至{day(contract.ends_on)}",
        "indicators": [
            {
                "n": str(n),
                "name": f"{row.name}{'（约束性）' if row.core else ''}",
                "asked": row.target,
                "promised": promised[row.pk].promised if row.pk in promised else row.target,
                "method": row.test_method or "—",
            }
            for n, row in enumerate(contract.indicators, 1)
        ],
        "milestones": [
            {
                "n": str(stone.position),
                "title": stone.title,
                "goal": stone.goal or "—",
                "due": day(stone.due_on),
                "tranche": in_wan(stone.tranche),
                "evidence": stone.evidence_asked or "里程碑报告",
                "consequence": str(stone.get_consequence_display()),
            }
            for stone in contract.milestones.order_by("position")
        ],
        "budget": [
            {"item": str(line.get_item_display()), "amount": in_wan(line.amount)}
            for line in contract.budget.all()
        ],
        "ip_lines": _lines(contract.ip_terms) or ["按国家有关法律法规执行。"],
        "deliverables": [line for need in needs for line in _lines(need.deliverables)]
        or ["按技术指标和里程碑约定交付。"],
        "acceptance": "；".join(
            {str(need.get_acceptance_method_display()) for need in needs if need.acceptance_method}
        )
        or "专家组验收",
        "pledges": [_pledge(n, row) for n, row in enumerate(pledges, 1)],
        "signatories": "、".join(dict.fromkeys(row.signatory for row in pledges)) or "—",
    }


def sample() -> dict[str, Any]:
    """Return facts of a contract that there is not, to try a template with."""
    row = dict.fromkeys(
        (
            *("n", "name", "asked", "promised", "method", "title", "goal", "due", "tranche"),
            *("evidence", "consequence", "item", "amount", "number", "indicator", "text"),
            "signatory",
        ),
        "样例",
    )
    unit = dict.fromkeys(("name", "uscc", "legal_person", "address", "contact"), "样例单位")
    rows = {"needs", "indicators", "milestones", "budget", "pledges"}
    facts: dict[str, Any] = {name: [row] if name in rows else "样例" for name in NAMES}
    lines = ["样例条款一。", "样例条款二。"]
    amount = Decimal("120.5")
    money = {"amount": in_wan(amount), "amount_words": f"人民币{in_words(amount)}"}
    parties = {"poster": unit, "solver": unit, "bureau": unit}
    return facts | money | parties | {"ip_lines": lines, "deliverables": lines}


def day(value: date | None) -> str:
    """Write a day as contracts do; a place to write where there is none."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "　　年　月　日"


def _pledge(n: int, row: Pledge) -> dict[str, str]:
    return {
        "n": str(n),
        "indicator": row.indicator.name,
        "asked": row.indicator.target,
        "consequence": row.said,
        "text": row.text or "—",
        "signatory": row.signatory,
    }


def _unit(unit: Organization | None) -> dict[str, str]:
    if unit is None:
        return dict.fromkeys(("name", "uscc", "legal_person", "address", "contact"), "—")
    contact = " ".join(filter(None, (unit.contact_name, unit.contact_phone)))
    return {
        "name": unit.name,
        "uscc": unit.uscc,
        "legal_person": unit.legal_person or "—",
        "address": unit.address or "—",
        "contact": contact or "—",
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
