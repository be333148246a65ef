"""A commission as it was at one proposal, and the visible difference between two of them."""

from decimal import Decimal
from typing import Any

from jiebang.commissions.models import Commission, Opinion
from jiebang.common.money import in_wan
from jiebang.library import snapshots as needs
from jiebang.library.snapshots import Change

# What a proposer writes, and what it is called; sub-projects and members are compared by row.
WRITTEN = {
    "kind": "委托类型",
    "title": "委托名称",
    "applicant": "申请单位",
    "candidate": "拟受托单位",
    "cause": "定向事由",
    "reason": "定向理由",
    "amount": "委托金额",
    "grant": "财政补助",
    "term_months": "实施期限",
}
ROWS = {"parts": "子课题", "consortium": "联合体成员", "needs": "需求"}


def take(commission: Commission) -> dict[str, Any]:
    """Return what was written as JSON that people can read back years later."""
    return {
        "kind": commission.get_kind_display(),
        "title": commission.title,
        "applicant": commission.applicant.name if commission.applicant else "",
        "candidate": commission.candidate.name,
        "cause": commission.get_cause_display(),
        "reason": commission.reason,
        "amount": in_wan(commission.amount),
        "grant": in_wan(commission.grant),
        "term_months": f"{commission.term_months} 个月",
        "parts": [
            {
                "title": part.title,
                "unit": part.unit.name,
                "amount": in_wan(part.amount),
                "needs": [item.need.title for item in part.items.all()],
            }
            for part in commission.parts.all()
        ],
        "consortium": [
            {"unit": row.unit.name, "task": row.task, "share": in_wan(row.share)}
            for row in commission.consortium.all()
        ],
        "needs": [
            {"number": need.number, "owner": need.owner_name, **needs.take(need)}
            for need in commission.needs
        ],
        "opinions": [opinion_of(row) for row in commission.opinions.all()],
    }


def opinion_of(row: Opinion) -> dict[str, Any]:
    """Return an expert's opinion as it is kept; `stance` is the code, beside its label."""
    return {
        "expert": str(row.expert),
        "unit": row.expert.unit_name,
        "stance": row.stance,
        "label": row.get_stance_display() if row.stance else "尚未答复",
        "text": row.text,
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what the proposer changed from one version to the next."""
    changes = [
        Change(name, label, before.get(name) or "", after.get(name) or "")
        for name, label in WRITTEN.items()
        if (before.get(name) or "") != (after.get(name) or "")
    ]
    for name, label in ROWS.items():
        old, new = before.get(name, []), after.get(name, [])
        for n in range(max(len(old), len(new))):
            was, now = (_line(rows[n]) if n < len(rows) else "" for rows in (old, new))
            if was != now:
                changes.append(Change(f"{name}-{n}", f"第 {n + 1} 项{label}", was, now))
    return changes


def money_of(figures: dict[str, Any], name: str) -> Decimal:
    """Return an amount or share that a frozen figure keeps as text."""
    return Decimal(figures.get(name) or 0)


def _line(row: dict[str, Any]) -> str:
    if "number" in row:
        return f"{row['number']} {row['title']}"
    texts = ("、".join(value) if isinstance(value, list) else value for value in row.values())
    return "；".join(filter(None, texts))
