"""Solutions, and units that bid together: invited, joined, shared out, signed."""

import io
from decimal import Decimal
from typing import Any

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.demo import kept
from jiebang.demo.content import Row, money
from jiebang.demo.founding import unit, writer_of
from jiebang.files import services as files
from jiebang.papers import blocks, word
from jiebang.proposals import consortium, services
from jiebang.proposals.checks import AGREEMENT
from jiebang.proposals.models import BudgetRow, Proposal

HEADS = ("单位", "任务", "投入（万元）", "资金分配")
TEXTS = (
    "pi_name", "partners", "technical_route", "innovation", "research_basis", "team", "schedule",
    "term_months", "trl_now", "trl_end", "ip_ownership", "ip_proposal", "risks",
)  # fmt: skip
EVIDENCE = ("trl_now_evidence", "trl_end_evidence")


def write_bid(challenge: Challenge, row: Row) -> Proposal:
    """Write a unit's solution, with partners where the row names some; it is not handed in yet."""
    lead = unit(row["unit"])
    solver = writer_of(lead)
    made = services.start(challenge=challenge, lead=lead, actor=solver)
    asked = challenge.need.indicators.all()
    responses = {
        indicator.pk: {k: Decimal(v) if k == "value" else v for k, v in answer.items()}
        for indicator, answer in zip(asked, row["responses"], strict=False)
    }
    data = {name: row[name] for name in TEXTS if name in row}
    data |= {name: money(row.get(name)) for name in ("asked_amount", "self_raised")}
    data |= {"pledged": True, "signatory": lead.legal_person, "relation": "none"}
    services.save(proposal=made, actor=solver, data=data, responses=responses)
    kept.files(made, solver, row.get("files", ()))
    if joint := row.get("consortium"):
        gather(made, solver, joint)
    return made


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
    _agree(proposal, solver, row)
    parts = {unit(partner["unit"]).pk: partner for partner in row["partners"]}
    consortium.share_out(
        proposal=proposal,
        actor=solver,
        rows={
            party.pk: _part(parts[party.unit_id] if party.unit_id in parts else row["lead_part"])
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


def _agree(proposal: Proposal, solver: User, row: Row) -> None:
    """Attach the agreement that the units have made among themselves."""
    parts = [(proposal.lead.name, row["lead_part"])]
    parts += [(unit(partner["unit"]).name, partner) for partner in row["partners"]]
    lines = [[name, p["task"], p["money_in"], f"{p['grant_share']}%"] for name, p in parts]
    paper = blocks.Paper(
        "联合体协议",
        [
            blocks.Paragraph(f"各方就榜题“{proposal.challenge.title}”组成创新联合体，约定如下。"),
            blocks.Table(
                ("单位", "任务", "投入（万元）", "资金分配"), lines, right=frozenset({2, 3})
            ),
            blocks.Paragraph(
                "收益按资金分配比例分享；背景知识产权归各自所有，新成果按揭榜书约定。"
            ),
            blocks.Signatures([name for name, _ in parts]),
        ],
    )
    files.attach(
        thing=proposal,
        slot=AGREEMENT,
        upload=io.BytesIO(word.write(paper)),
        name="联合体协议.docx",
        actor=solver,
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
