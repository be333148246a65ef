"""Whose records also go into the tamper-evident ledger: the one list, so nobody can forget."""

from typing import NamedTuple

from jiebang.ledger.states import Kind


class Chained(NamedTuple):
    """The kind of fact, and the columns that must hold what was recorded last."""

    kind: Kind
    columns: tuple[str, ...]


# Columns listed here change only together with an audit entry about the same row.
CHAINED: dict[str, Chained] = {
    "library.techneed": Chained(Kind.DECISION, ("state",)),
    "challenges.challenge": Chained(Kind.DECISION, ("state", "opens_at", "closes_at", "bounty")),
    "challenges.amendment": Chained(
        Kind.NOTICE, ("challenge_id", "number", "reason", "before", "after", "closes_at")
    ),
    "challenges.question": Chained(
        Kind.NOTICE, ("challenge_id", "text", "answer", "changes_requirement", "amendment_id")
    ),
    "challenges.clarification": Chained(Kind.NOTICE, ("challenge_id", "text")),
    "challenges.intentnotice": Chained(Kind.NOTICE, ("call_id", "title", "text", "ends_at")),
    "proposals.proposal": Chained(Kind.BID, ("state", "version")),
    "openings.opening": Chained(
        Kind.NOTICE, ("challenge_id", "state", "reason", "proposed_by_id", "decided_by_id")
    ),
    "proposals.latepermission": Chained(
        Kind.DECISION, ("state", "unit_id", "reason", "until", "decided_by_id")
    ),
    "experts.draw": Chained(Kind.DECISION, ("seed", "pool_digest", "drawn")),
    "experts.waiver": Chained(Kind.DECISION, ("state", "reason")),
    "integrity.integrityrecord": Chained(
        Kind.DECISION, ("state", "conduct", "sanction", "holds_from", "holds_until", "answer")
    ),
    "awards.award": Chained(Kind.DECISION, ("challenge_id", "proposal_id", "amount", "grant")),
    "awards.decision": Chained(
        Kind.DECISION, ("state", "reason", "departure", "standing", "minutes_number", "members")
    ),
    "awards.objection": Chained(Kind.DECISION, ("state", "text", "reply")),
    "awards.review": Chained(Kind.SCORE, ("points", "total", "comment", "advice", "amount")),
    "awards.inquiry": Chained(Kind.DECISION, ("kind", "held_on", "checked", "found", "finding")),
    "awards.opinion": Chained(Kind.SCORE, ("advice", "text")),
    "contracts.contract": Chained(
        Kind.CONTRACT,
        ("state", "amount", "grant", "signed_at", "contract_no", "ends_on", "closed_at"),
    ),
    "documents.contracttext": Chained(Kind.CONTRACT, ("contract_id", "version", "digest")),
    "documents.signedcopy": Chained(Kind.CONTRACT, ("side", "digest", "sealed_with")),
    "contracts.milestone": Chained(Kind.PAYMENT, ("state", "tranche")),
    "contracts.payment": Chained(
        Kind.PAYMENT, ("state", "kind", "amount", "grant", "voucher", "settled_on")
    ),
    "contracts.settlement": Chained(
        Kind.PAYMENT, ("state", "paid", "spent", "to_return", "to_return_grant")
    ),
    "contracts.changerequest": Chained(
        Kind.DECISION, ("state", "kind", "reason", "before", "after", "answer")
    ),
    "contracts.checkpoint": Chained(Kind.DECISION, ("state", "title", "keep")),
    "acceptance.acceptance": Chained(
        Kind.DECISION, ("state", "turn", "conclusion", "reason", "departure", "satisfaction")
    ),
    "acceptance.paneldraw": Chained(Kind.DECISION, ("seed", "pool_digest", "drawn")),
    "acceptance.vote": Chained(Kind.SCORE, ("turn", "advice", "text")),
    "acceptance.assessment": Chained(Kind.SCORE, ("state", "score", "opinion", "reply")),
}
# Things with a life that the ledger leaves alone, each for its reason.
UNCHAINED = {
    "organizations.organization": "a unit's papers are no decision about money",
    "files.content": "what a scanner says of bytes; bids and decisions chain their hashes",
    "experts.seat": "a person's answers to an invitation",
    "acceptance.member": "a person's answers to an invitation",
}
ENTRY = (
    *("at", "actor_id", "actor_name", "thing_type", "thing_id", "action", "label"),
    *("came_from", "went_to", "note", "detail"),
)
