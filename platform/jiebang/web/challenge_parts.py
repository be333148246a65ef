"""What was announced about a challenge, and what this reader can say or do about it."""

from typing import Any

from jiebang.accounts.models import User
from jiebang.challenges import policies, queries
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common import clock
from jiebang.library.states import Secrecy
from jiebang.openings import queries as openings
from jiebang.organizations import queries as units

PLEDGED = {Secrecy.PLEDGED, Secrecy.ADMITTED}


def announced(user: User | None, challenge: Challenge) -> dict[str, Any]:
    """Return amendments, clarifications, questions, and the doors that stand open here."""
    is_open = challenge.state_now == State.OPEN
    speaks = bool(user and policies.may_speak_for(user, challenge))
    tiers = queries.tiers(challenge)
    until = queries.questions_end(challenge)
    return {
        "amendments": queries.changes_for(user, challenge),
        "clarifications": challenge.clarifications.all(),
        "questions": queries.questions_for(user, challenge),
        "opening": openings.public(challenge),
        "earlier_rounds": queries.rounds(challenge),
        "questions_until": until,
        "may_announce": speaks and is_open,
        "may_ask": bool(user and is_open and policies.may_ask(user, challenge))
        and clock.now() < until,
        "may_read_log": bool(user and policies.may_read_log(user, challenge)),
        "restricted": tiers != {Secrecy.PUBLIC},
        **_admission(user, challenge, tiers),
    }


def _admission(user: User | None, challenge: Challenge, tiers: set[str]) -> dict[str, Any]:
    if user is None or not tiers & PLEDGED:
        return {}
    mine = units.units_written_by(user)
    signed = challenge.admissions.filter(unit__in=mine).exclude(signed_at=None)
    found = signed.select_related("unit").first()
    return {"my_admission": found, "may_undertake": found is None and bool(mine)}
