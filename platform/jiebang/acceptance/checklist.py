"""What an application for acceptance must hold; reading only."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from jiebang.acceptance import queries
from jiebang.acceptance.models import Acceptance, Result
from jiebang.acceptance.states import Paper
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts.models import Contract, Measurement
from jiebang.contracts.terms import unconfirmed
from jiebang.files import queries as files
from jiebang.library.models import Indicator

WRITABLE = ("summary", "benefits", "intellectual_property", "spent")


@dataclass(frozen=True)
class Check:
    """One line of the completeness list: what is asked, whether it is there, what is missing."""

    name: str
    label: str
    done: bool
    lack: str = ""


@dataclass(frozen=True)
class Line:
    """One indicator: asked, promised, measured, with its evidence."""

    indicator: Indicator
    promised: str
    result: Result | None

    @property
    def met(self) -> bool | None:
        """Say whether what was measured is enough; None where no number can tell."""
        return self.indicator.is_met_by(self.result.value) if self.result else None


def lines(acceptance: Acceptance) -> list[Line]:
    """Return the indicator table: promised, measured, evidence."""
    measured = {row.indicator_id: row for row in acceptance.results.all()}
    promised = promises(acceptance.contract)
    return [
        Line(row, promised.get(row.pk, row.target), measured.get(row.pk))
        for row in acceptance.contract.indicators
    ]


def promises(contract: Contract) -> dict[int, str]:
    """Return by indicator what the solver promised; nothing for a commission."""
    if not contract.award:
        return {}
    responses = contract.award.proposal.responses.select_related("indicator")
    return {row.indicator_id: row.promised for row in responses}


def last_measured(contract: Contract) -> dict[int, Measurement]:
    """Return by indicator what the newest confirmed report measured: what to begin with."""
    rows = Measurement.objects.filter(report__milestone__contract=contract)
    return {row.indicator_id: row for row in rows.order_by("report")}


def papers_given(acceptance: Acceptance) -> set[str]:
    """Return the papers that are there and count: not infected, and through the scanner."""
    return set(files.counted(acceptance).values_list("slot", flat=True))


def checks(acceptance: Acceptance) -> list[Check]:
    """Return the completeness list of the application."""
    rules = queries.rules_of(acceptance.contract.call)
    given = papers_given(acceptance)
    found = [
        _check("summary", "完成情况说明", bool(acceptance.summary.strip()), "请写明合同完成情况"),
        _check("spent", "实际支出", acceptance.spent is not None, "请填写实际支出"),
    ]
    left = unconfirmed(acceptance.contract)
    sentence = f"还有 {left} 个里程碑没有确认"
    found.append(_check("milestones", "里程碑全部确认", not left, sentence))
    for line in lines(acceptance):
        row = line.result
        said = row is not None and (row.value is not None or bool(row.text))
        label = f"指标“{line.indicator.name}”"
        sentence = f"请填写“{line.indicator.name}（{line.indicator.target}）”的实测情况和佐证"
        proven = said and row is not None and bool(row.evidence)
        found.append(_check(f"measured-{line.indicator.pk}", label, proven, sentence))
    for paper in Paper:
        if paper.value in rules.papers:
            there = paper.value in given
            found.append(_check(f"paper-{paper}", paper.label, there, f"请上传{paper.label}"))
    return found


def faults(acceptance: Acceptance) -> dict[str, list[str]]:
    """Return what keeps the application from being handed in, by field."""
    return {check.name: [check.lack] for check in checks(acceptance) if not check.done}


def write_faults(
    acceptance: Acceptance, data: Mapping[str, Any], results: Mapping[int, Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return what cannot be kept, by field; what is missing may come later."""
    found: dict[str, list[str]] = {}
    spent = data.get("spent")
    if spent is not None and spent < Decimal(0):
        found["spent"] = ["实际支出不能为负"]
    draft = Acceptance(contract=acceptance.contract, **data)
    try:
        draft.clean_fields(exclude=[f.name for f in Acceptance._meta.fields if f.name not in data])
    except ValidationError as error:
        found |= {name: list(said) for name, said in error.message_dict.items()}
    known = {row.pk for row in acceptance.contract.indicators}
    if strangers := set(results) - known:
        found["results"] = [f"有 {len(strangers)} 项指标不属于这份合同"]
    for key in known & set(results):
        try:
            Result(**results[key]).clean_fields(exclude=["acceptance", "indicator"])
        except ValidationError as error:
            found[f"measured-{key}"] = [s for said in error.message_dict.values() for s in said]
    return found


def missed(acceptance: Acceptance) -> list[str]:
    """Return the binding indicators that what was measured does not meet."""
    return [
        line.indicator.name
        for line in lines(acceptance)
        if line.indicator.core and line.met is False
    ]


def _check(name: str, label: str, done: bool, lack: str) -> Check:
    return Check(name, label, done, "" if done else lack)


def may_begin(acceptance: Acceptance) -> Decision:
    """Say whether the panel may be convened: the poster has said how content it is."""
    rules = queries.rules_of(acceptance.contract.call)
    asked = rules.satisfaction_required and acceptance.contract.poster_id
    if asked and not acceptance.satisfaction:
        return Decision("发榜单位还没有评价满意度，评价后才能组织评议", code="satisfaction_missing")
    return ALLOWED


def may_conclude(acceptance: Acceptance) -> Decision:
    """Say whether a conclusion may be proposed: enough of the panel have voted in this turn."""
    least = queries.rules_of(acceptance.contract.call).panel_size
    given = sum(1 for v in queries.votes(acceptance) if v.turn == acceptance.turn)
    if given < least:
        return Decision(
            f"本批次须有 {least} 名专家提交意见，现有 {given} 名，意见齐备后才能提出结论",
            code="panel_incomplete",
        )
    return ALLOWED
