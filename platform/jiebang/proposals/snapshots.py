"""A solution as it was handed in, the hash that proves it, and what two versions differ in."""

import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from jiebang.files import queries as files
from jiebang.library.snapshots import Change
from jiebang.proposals.models import BudgetRow, Party, Proposal, ScheduleRow, TeamRow

CONTENT = (
    "pi_name", "partners", "host_unit", "technical_route", "innovation", "research_basis", "team",
    "schedule", "asked_amount", "self_raised", "term_months", "trl_now", "trl_now_evidence",
    "trl_end", "trl_end_evidence", "ip_ownership", "ip_proposal", "risks", "relation",
    "related_units", "pledged", "signatory",
)  # fmt: skip


class Table(NamedTuple):
    """One table of a solution: its rows' model, where they hang, and what one writes in them."""

    model: type[models.Model]
    related: str
    columns: tuple[str, ...]


TABLES = {
    "budget": Table(BudgetRow, "budget_rows", ("item", *BudgetRow.SOURCES, "note")),
    "team": Table(TeamRow, "team_rows", ("name", "title", "degree", "role", "share", "unit")),
    "schedule": Table(ScheduleRow, "schedule_rows", ("stage", "months", "goal", "indicators")),
}
PARTY = ("task", "money_in", "grant_share")


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: amounts as text, units by name."""
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case models.Model():
            return str(value)
    return value


def rows_of(proposal: Proposal, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table as typed values, in order."""
    table = TABLES[name]
    return [
        {column: getattr(row, column) for column in table.columns}
        for row in getattr(proposal, table.related).all()
    ]


def take(proposal: Proposal) -> dict[str, Any]:
    """Return the whole solution as JSON, responses in the order of the indicators."""
    content: dict[str, Any] = {name: plain(getattr(proposal, name)) for name in CONTENT}
    content["challenge"] = proposal.challenge.number
    content["lead"] = proposal.lead.uscc
    content["responses"] = [
        {
            "indicator": response.indicator.name,
            "asked": response.indicator.target,
            "promised": response.promised,
            "method": response.method,
        }
        for response in proposal.responses.select_related("indicator")
    ]
    for name, table in TABLES.items():
        content[table.related] = [
            {column: plain(value) for column, value in row.items()}
            for row in rows_of(proposal, name)
        ]
    content["parties"] = [
        {
            "unit": party.unit.name,
            "uscc": party.unit.uscc,
            "leads": party.leads,
            "in_city": party.unit.in_city,
            **{column: plain(getattr(party, column)) for column in PARTY},
        }
        for party in proposal.parties.select_related("unit")
    ]
    content["files"] = files.manifest(proposal)
    return content


def confirmations(proposal: Proposal) -> list[dict[str, str]]:
    """Return who signed for each partner, and when: part of what is handed in."""
    return [
        {
            "unit": party.unit.name,
            "signatory": party.signatory,
            "confirmed_at": party.confirmed_at.isoformat() if party.confirmed_at else "",
        }
        for party in proposal.parties.select_related("unit")
        if not party.leads
    ]


def digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the content in its one canonical form."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what changed from one handed-in content to another, in words, rows one by one."""
    changes = [
        Change(name, _label(Proposal, name), _words(before, name), _words(after, name))
        for name in CONTENT
        if before.get(name) != after.get(name)
    ]
    changes += _rows("responses", "指标响应", before, after, _response_line)
    changes += _rows("budget_rows", "经费预算", before, after, _line_of(BudgetRow))
    changes += _rows("team_rows", "团队成员", before, after, _line_of(TeamRow))
    changes += _rows("schedule_rows", "进度阶段", before, after, _line_of(ScheduleRow))
    changes += _rows("parties", "联合体成员", before, after, _party_line)
    changes += _rows("files", "附件", before, after, _file_line)
    return [change for change in changes if change.before != change.after]


def _rows(
    name: str,
    label: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    line: Callable[[Mapping[str, Any]], str],
) -> list[Change]:
    old, new = before.get(name) or [], after.get(name) or []
    return [
        Change(
            f"{name}-{n}",
            f"{label}第 {n + 1} 行",
            line(old[n]) if n < len(old) else "",
            line(new[n]) if n < len(new) else "",
        )
        for n in range(max(len(old), len(new)))
    ]


def _words(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    match value:
        case None | "":
            return ""
        case bool():
            return "是" if value else "否"
    choices = dict(getattr(Proposal._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value, value))


def _line_of(model: type[models.Model]) -> Callable[[Mapping[str, Any]], str]:
    def line(row: Mapping[str, Any]) -> str:
        said = []
        for name, value in row.items():
            if value in (None, "", "0"):
                continue
            field = model._meta.get_field(name)
            shown = dict(getattr(field, "flatchoices", ())).get(value, value)
            said.append(f"{_label(model, name)}：{shown}")
        return "；".join(said)

    return line


def _response_line(row: Mapping[str, Any]) -> str:
    method = f"（{row['method']}）" if row.get("method") else ""
    return f"{row['indicator']}：{row['promised']}{method}"


def _party_line(row: Mapping[str, Any]) -> str:
    part = "牵头" if row.get("leads") else "参与"
    said = [f"{row['unit']}（{part}）"]
    said += [
        f"{_label(Party, name)}：{row[name]}" for name in PARTY if row.get(name) not in (None, "")
    ]
    return "；".join(said)


def _file_line(row: Mapping[str, Any]) -> str:
    return f"{row['name']}，第 {row['version']} 版，校验码 {row['sha256'][:12]}"


def _label(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
