"""Units that bid together: invited, joined, shared out, signed, as their people do it."""

from decimal import Decimal
from typing import Any

from jiebang.accounts.models import User
from jiebang.demo.content import Row, money
from jiebang.demo.founding import unit, writer_of
from jiebang.proposals import consortium, services
from jiebang.proposals.models import BudgetRow, Proposal

EVIDENCE = ("trl_now_evidence", "trl_end_evidence")


def gather(proposal: Proposal, solver: User, row: Row) -> None:
    """Bring the partners together, and let each sign for what the solution then says."""
    for partner in row["partners"]:
        _join(proposal, solver, partner)
    if waiting := row.get("waiting"):
        asked = {name: waiting[name] for name in ("right", "task")}
        consortium.invite(proposal=proposal, actor=solver, unit=unit(waiting["unit"]), **asked)
    services.save(
        proposal=proposal,
        actor=solver,
        data={name: row[name] for name in EVIDENCE if name in row},
        tables={
            "budget": [_budget(line) for line in row["budget"]],
            "team": row["staff"],
            "schedule": row["stages"],
        },
    )
    parts = {unit(partner["unit"]).pk: partner for partner in row["partners"]}
    consortium.share_out(
        proposal=proposal,
        actor=solver,
        rows={
            party.pk: _part(parts.get(party.unit_id, row["lead_part"]))
            for party in proposal.parties.all()
        },
    )
    for partner in row["partners"]:
        joined = unit(partner["unit"])
        consortium.confirm(
            party=proposal.parties.select_related("unit", "proposal").get(unit=joined),
            actor=writer_of(joined),
            signatory=partner["signatory"],
        )


def _join(proposal: Proposal, solver: User, partner: Row) -> None:
    joined = unit(partner["unit"])
    asked = {name: partner[name] for name in ("right", "task")}
    offer, _ = consortium.invite(proposal=proposal, actor=solver, unit=joined, **asked)
    writer = writer_of(joined)
    consortium.accept(reference=str(offer.pk), actor=writer)
    if text := partner.get("comment"):
        consortium.comment(proposal=proposal, actor=writer, text=text)


def _part(row: Row) -> dict[str, Any]:
    return {
        "task": row["task"],
        "money_in": money(row["money_in"]),
        "grant_share": Decimal(row["grant_share"]),
    }


def _budget(line: Row) -> dict[str, Any]:
    return {k: Decimal(v) if k in BudgetRow.SOURCES else v for k, v in line.items()}
