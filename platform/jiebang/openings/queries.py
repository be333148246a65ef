"""Questions asked of emergency openings."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.challenges.models import Challenge
from jiebang.files import queries as files
from jiebang.openings import policies
from jiebang.openings.models import Opening
from jiebang.openings.states import State
from jiebang.proposals.models import Proposal

BUREAU = "市科学技术局"


def with_parts(rows: QuerySet[Opening]) -> QuerySet[Opening]:
    """Fetch what a row shows, in one query."""
    parts = rows.select_related("challenge__need__owner", "proposed_by", "decided_by")
    return parts.order_by("-pk")


def openings() -> QuerySet[Opening]:
    """Return all of them, newest first; ask `policies.may_list` first."""
    return with_parts(Opening.objects.all())


def public(challenge: Challenge) -> Opening | None:
    """Return the opening of this challenge as everybody may know of it, or None."""
    return challenge.openings.filter(state=State.OPENED).first()


def to_decide(user: User) -> QuerySet[Opening]:
    """Return what waits for a second person other than its proposer."""
    return openings().filter(state=State.PROPOSED).exclude(proposed_by=user)


def looked_into_by(user: User, challenge: Challenge) -> Opening | None:
    """Return the opening by which this person may look now, or None."""
    standing = challenge.openings.filter(state=State.OPENED).first()
    return standing if standing and policies.may_look(user, standing) else None


class Reading(NamedTuple):
    """That somebody outside a bidding unit read something of its solution."""

    at: datetime
    reader_name: str
    unit_name: str
    what: str


def readings_of(proposal: Proposal) -> list[Reading]:
    """Return who opened a solution's files or looked while it was sealed, newest first."""
    opened = [
        Reading(row.at, row.reader_name, row.unit_name, f"附件：{row.attachment.name}")
        for row in files.downloads_of(proposal)
    ]
    looks = [
        Reading(row.at, row.reader_name, BUREAU, "应急查看揭榜书") for row in proposal.looks.all()
    ]
    return sorted(opened + looks, key=lambda row: row.at, reverse=True)
