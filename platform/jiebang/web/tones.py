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
    "not_awarded": GREY,
    # contracts and milestones
    "drafting": GREY,
    "signing": AMBER,
    "running": BLUE,
    "accepted": GREEN,
    "terminated": RED,
    "pending": AMBER,
    "reported": AMBER,
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
    # where the same word means something else
    "proposal.submitted": BLUE,
    "milestone.pending": BLUE,
}


def tone_of(state: str, kind: str = "") -> str:
    """Return the tone of a state, of this kind of thing if it has its own; grey if unknown."""
    return TONES.get(f"{kind}.{state}") or TONES.get(state, GREY)
