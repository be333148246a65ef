"""The colour of a state: grey is at rest, blue moves, green is done, amber waits, red is refused.

Red is only for what was refused or is overdue; what ended without fault is grey.
"""

GREY, BLUE, GREEN, AMBER, RED = "grey", "blue", "green", "amber", "red"

TONES = {
    # needs and the library
    "draft": GREY,
    "submitted": AMBER,
    "endorsed": AMBER,
    "appraisal": BLUE,
    "in_library": GREEN,
    "posted": BLUE,
    "commissioned": BLUE,
    "exited": GREY,
    "returned": AMBER,
    "rejected": RED,
    "withdrawn": GREY,
    "lapsed": GREY,
    # challenges
    "scheduled": AMBER,
    "open": BLUE,
    "closed": AMBER,
    "awarded": GREEN,
    "completed": GREEN,
    "failed": RED,
    # proposals
    "intention": BLUE,
    "not_awarded": GREY,
    "granted": GREEN,
    # contracts and milestones
    "drafting": GREY,
    "signing": AMBER,
    "running": BLUE,
    "accepted": GREEN,
    "terminated": RED,
    "pending": AMBER,
    "reported": AMBER,
    "rectifying": AMBER,
    "asked": AMBER,
    "agreed": BLUE,
    "planned": BLUE,
    "ranked": AMBER,
    "decided": GREEN,
    "contract.revoked": RED,
    "confirmed": GREEN,
    "paid": GREEN,
    "requested": AMBER,
    "payment.approved": BLUE,
    # units
    "verified": GREEN,
    "suspended": RED,
    "revoked": GREY,
    # background jobs
    "queued": GREY,
    "done": GREEN,
    # seats on panels and exceptions from conflicts
    "invited": AMBER,
    "undertaken": BLUE,
    "declined": GREY,
    "recused": GREY,
    "barred": RED,
    "removed": GREY,
    "proposed": AMBER,
    "approved": GREEN,
    "refused": RED,
    "seat.accepted": BLUE,
    # files, openings, contracts concluded
    "clean": GREEN,
    "infected": RED,
    "unscanned": GREY,
    "opened": AMBER,
    "concluded": GREEN,
    # integrity records
    "in_force": RED,
    "lifted": GREY,
    # decisions and objections
    "notice": BLUE,
    "frozen": RED,
    "effective": GREEN,
    "cancelled": GREY,
    "received": AMBER,
    "upheld": GREEN,
    # commissions
    "elevated": AMBER,
    "released": GREY,
    "commission.approved": AMBER,
    "commission.cancelled": RED,
    # acceptance and assessment
    "reviewing": BLUE,
    "revising": AMBER,
    "passed": GREEN,
    "scored": GREEN,
    "replied": GREY,
    "on_time": GREEN,
    "late": AMBER,
    "extended": GREY,
    "disputed": AMBER,
    "acceptance.closed": GREY,
    "acceptance.notice": BLUE,
    "acceptance.draft": AMBER,
    "acceptance.approved": BLUE,
    "member.accepted": BLUE,
    "assessment.pending": GREY,
    "assessment.reported": AMBER,
    # where the same word means something else
    "proposal.submitted": BLUE,
    "milestone.pending": BLUE,
}


def tone_of(state: str, kind: str = "") -> str:
    """Return the tone of a state, of this kind of thing if it has its own; grey if unknown."""
    return TONES.get(f"{kind}.{state}") or TONES.get(state, GREY)
