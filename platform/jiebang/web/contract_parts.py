"""What a contract's page shows, made from the contract and nothing else."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from jiebang.contracts import reporting, terms
from jiebang.contracts.models import Contract, Measurement, Milestone, MilestoneReport, Payment
from jiebang.contracts.states import (
    BROKEN_OFF,
    REACHED,
    Axis,
    Item,
    MilestoneState,
    PaymentKind,
    PaymentState,
    Side,
    Source,
    State,
)
from jiebang.library.models import Indicator

STEPS = (
    ("中榜", None),
    ("拟定", State.DRAFTING),
    ("签署", State.SIGNING),
    ("实施", State.RUNNING),
    ("验收", State.ACCEPTED),
)


def steps(contract: Contract) -> list[dict[str, Any]]:
    """Return the life of the contract for the stepper; an early end fails the step it was at."""
    ended = contract.state in BROKEN_OFF
    order = [state for _, state in STEPS]
    here = (
        order.index(State.RUNNING if contract.signed_at else State.DRAFTING)
        if ended
        else (
            order.index(State.ACCEPTED)
            if contract.state in REACHED
            else order.index(State(contract.state))
        )
    )
    over = contract.state in REACHED
    named = (("中榜" if contract.award_id else "委托", None), *STEPS[1:])
    whens = {
        None: contract.award.decided_at if contract.award else contract.created_at,
        State.RUNNING: contract.signed_at,
    }
    return [
        {
            "label": str(contract.get_state_display()) if n == here and (ended or over) else label,
            "state": _step_state(n, here, ended=ended, over=over),
            "when": whens.get(state),
        }
        for n, (label, state) in enumerate(named)
    ]


def _step_state(n: int, here: int, *, ended: bool, over: bool) -> str:
    if n != here:
        return "done" if n < here else "todo"
    return "failed" if ended else "done" if over else "current"


def money(contract: Contract, milestones: Iterable[Milestone]) -> list[dict[str, Any]]:
    """Return what was paid, what may be asked for, what waits and what is left, 万元."""
    rows = list(milestones)
    reported = [m for m in rows if m.state == MilestoneState.REPORTED]
    due = sum((m.tranche - m.released for m in reported), Decimal(0))
    ready = contract.released - contract.paid
    left = contract.amount - contract.released - due
    return [
        {"label": "已拨付", "amount": contract.paid, "tone": "green"},
        {"label": "待支付", "amount": ready, "tone": "blue"},
        {"label": "待确认", "amount": due, "tone": "amber"},
        {"label": "未到期", "amount": left, "tone": "grey"},
    ]


def line(contract: Contract, milestones: Iterable[Milestone]) -> list[dict[str, Any]]:
    """Return the milestones for the time line; the first that is open is the current one."""
    running, open_before = contract.state == State.RUNNING, False
    points = []
    for milestone in milestones:
        done = milestone.state == MilestoneState.CONFIRMED
        state = "done" if done else "todo"
        if running and not done:
            state = "late" if milestone.is_late() else "todo" if open_before else "current"
        open_before = open_before or not done
        points.append({"label": milestone.title, "due": milestone.deadline, "state": state})
    return points


def state_label(contract: Contract, milestone: Milestone) -> str:
    """Return how a milestone stands in words; nothing before its contract takes effect."""
    if contract.state == State.RUNNING:
        return "已逾期" if milestone.is_late() else milestone.get_state_display()
    if milestone.state == MilestoneState.CONFIRMED:
        return milestone.get_state_display()
    return "未完成" if contract.state in BROKEN_OFF else ""


def indicator_rows(
    indicators: Iterable[Indicator], promised: dict[int, str], measured: dict[int, Measurement]
) -> list[dict[str, Any]]:
    """Return what is asked, promised and measured, a row an indicator."""
    rows = []
    for indicator in indicators:
        found = measured.get(indicator.pk)
        rows.append(
            {
                "name": indicator.name,
                "target": indicator.target,
                "core": indicator.core,
                "promised": promised.get(indicator.pk, ""),
                "measured": found.measured if found else "",
                "met": indicator.is_met_by(found.value) if found else None,
                "evidence": found.evidence if found else "",
            }
        )
    return rows


def promises(contract: Contract) -> dict[int, str]:
    """Return what the solution promised for each indicator; a commission has no solution."""
    if contract.award is None:
        return {}
    responses = contract.award.proposal.responses.select_related("indicator")
    return {row.indicator_id: row.promised for row in responses}


def newest_report(milestones: Iterable[Milestone]) -> MilestoneReport | None:
    """Return the last report of the contract."""
    reports = (report for milestone in milestones for report in milestone.reports.all())
    return max(reports, key=lambda report: report.pk, default=None)


def warnings(contract: Contract, milestones: Iterable[Milestone]) -> list[str]:
    """Return what the ratios have against the terms and the last report."""
    return [
        *terms.warnings(contract),
        *reporting.warnings(contract, newest_report(milestones)),
    ]


def spending_rows(contract: Contract, milestones: Iterable[Milestone]) -> dict[str, Any]:
    """Return what was spent against the budget by item, and against the promise by source."""
    newest = newest_report(milestones)
    spent = {(row.axis, row.code): row.amount for row in newest.spending.all()} if newest else {}
    planned = {line.item: line.amount for line in contract.budget.all()}
    promised = {
        Source.POSTER: contract.amount - contract.grant,
        Source.GRANT: contract.grant,
        Source.OWN: contract.self_raised,
        Source.MATCHING: contract.matching,
    }
    return {
        "tables": [
            ("按科目", "预算", _against(Item, planned, spent, Axis.ITEM)),
            ("按来源", "承诺", _against(Source, promised, spent, Axis.SOURCE)),
        ]
        if planned or spent
        else [],
        "total": newest.spent if newest else None,
    }


def _against(
    names: type[Item] | type[Source],
    planned: Mapping[Any, Decimal],
    spent: Mapping[tuple[str, str], Decimal],
    axis: Axis,
) -> list[dict[str, Any]]:
    rows = []
    for each in names:
        plan, used = planned.get(each, Decimal(0)), spent.get((axis, each.value), Decimal(0))
        if plan or used:
            over = axis == Axis.ITEM and used > plan
            rows.append({"label": each.label, "planned": plan, "spent": used, "over": over})
    return rows


def newest_measurements(milestones: Iterable[Milestone]) -> dict[int, Measurement]:
    """Return the last measurement of each indicator, by the indicator's key."""
    reports = (report for milestone in milestones for report in milestone.reports.all())
    return {
        measurement.indicator_id: measurement
        for report in sorted(reports, key=lambda report: report.pk)
        for measurement in report.measurements.all()
    }


def signatures(contract: Contract) -> list[dict[str, Any]]:
    """Return each side with its unit and, once there, its signature."""
    signed = {signature.side: signature for signature in contract.signatures.all()}
    units = {Side.POSTER: contract.poster, Side.SOLVER: contract.solver}
    sides = [side for side in Side if side != Side.POSTER or contract.poster]
    return [
        {"side": side, "unit": units.get(side), "signature": signed.get(side)} for side in sides
    ]


def balance(contract: Contract, payments: Iterable[Payment]) -> list[tuple[str, Decimal]]:
    """Return what the money ledger adds up to, by whose money it is, 万元."""
    settled = [row for row in payments if row.state == PaymentState.PAID]
    signs = {PaymentKind.TRANCHE.value: 1, PaymentKind.RECOVERY.value: -1}
    net = sum((signs[row.kind] * row.amount for row in settled), Decimal(0))
    grant = sum((signs[row.kind] * row.grant for row in settled), Decimal(0))
    back = sum((row.amount for row in settled if signs[row.kind] < 0), Decimal(0))
    return [
        ("已拨付", net + back),
        ("已追回", back),
        ("净额", net),
        ("其中财政补助", grant),
        ("其中自筹", net - grant),
    ]
