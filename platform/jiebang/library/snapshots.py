"""A need as it was at one submission, and the visible difference between two of them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import cached_property

from jiebang.library.models import Indicator, TechNeed

TEXTS = (
    "title", "keywords", "main_problem", "key_technology", "expected_goal", "background",
    "current_basis", "deliverables", "solver_conditions", "intended_units", "ip_terms",
    "contact_name", "contact_phone",
)  # fmt: skip
CHOICES = ("solve_mode", "activity_type", "ip_ownership", "acceptance_method", "secrecy")
NUMBERS = ("total_budget", "bounty", "grant", "term_months", "trl_now", "trl_target")
OTHERS = ("valid_until", "mask_owner")
CONTENT = (*TEXTS, *CHOICES, *NUMBERS, *OTHERS)  # what its owner may write, besides field and call
ROW = (
    "name", "comparator", "value", "value_high", "text", "unit", "baseline", "benchmark",
    "test_method", "evidence", "core",
)  # fmt: skip
PRIVATE = frozenset({"contact_name", "contact_phone"})


def content_of(need: TechNeed) -> dict[str, Any]:
    """Return the need's fields as typed values: what the check-up reads."""
    content = {name: getattr(need, name) for name in CONTENT}
    return {**content, "tech_field": need.tech_field}


def rows_of(need: TechNeed) -> list[dict[str, Any]]:
    """Return the indicator rows as typed values, in order."""
    return [{name: getattr(row, name) for name in ROW} for row in need.indicators.all()]


def take(need: TechNeed) -> dict[str, Any]:
    """Return the need as JSON that people can read back years later: labels beside values."""
    content: dict[str, Any] = {}
    for name in CONTENT:
        value = getattr(need, name)
        shown = getattr(need, f"get_{name}_display")() if name in CHOICES else value
        content[name] = _text(shown)
    content["tech_field"] = need.tech_field.name if need.tech_field else ""
    rows = need.indicators.all()
    content["indicators"] = [
        {n: _text(getattr(r, n)) for n in ROW} | {"target": r.target} for r in rows
    ]
    return content


# Numbers and Latin words are compared whole: 650 that became 670 is no 6570.
_PARTS = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions."""

    field: str
    label: str
    before: str
    after: str

    @cached_property
    def segments(self) -> list[tuple[str, str]]:
        """Return the text in pieces: `=` kept, `-` taken out, `+` put in."""
        before, after = _PARTS.findall(self.before), _PARTS.findall(self.after)
        pieces: list[tuple[str, str]] = []
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            old, new = "".join(before[a:b]), "".join(after[c:d])
            if kind == "equal":
                pieces.append(("=", old))
                continue
            pieces += [(sign, text) for sign, text in (("-", old), ("+", new)) if text]
        return pieces


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what changed from one snapshot to the next, field by field, indicators by row."""
    changes = [
        Change(name, _label(name), before.get(name) or "", after.get(name) or "")
        for name in ("tech_field", *CONTENT)
        if (before.get(name) or "") != (after.get(name) or "")
    ]
    old, new = before.get("indicators", []), after.get("indicators", [])
    for n in range(max(len(old), len(new))):
        was, now = (_line(rows[n]) if n < len(rows) else "" for rows in (old, new))
        if was != now:
            changes.append(Change(f"indicators-{n}", f"第 {n + 1} 项技术指标", was, now))
    return changes


def _label(name: str) -> str:
    return str(TechNeed._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _line(row: dict[str, str]) -> str:
    """Write an indicator row in one line, so that a difference can be read."""
    core = "约束性" if row.get("core") == "是" else "预期性"
    parts = [row.get("name", ""), row.get("target", ""), core]
    for name in ("baseline", "benchmark", "test_method", "evidence"):
        if row.get(name):
            label = Indicator._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            parts.append(f"{label}：{row[name]}")
    return "；".join(part for part in parts if part)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)
