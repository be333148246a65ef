"""The experts of the city: their profiles, the calls' rules, and the panels of the story."""

from typing import Any

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.demo.content import Row, day, rows
from jiebang.demo.founding import person, unit
from jiebang.experts import draws, queries, seats, services
from jiebang.experts.states import HELD, SeatAction, SeatState
from jiebang.library.models import Call
from jiebang.taxonomy.models import TechField

ENROLLED = -505
RULES = {"panel_size": 3, "load_most": 12}
# Two units of one house: who comes from the one does not judge the other.
RELATED = ("zhuwan", "guanjiang", "校地共建研究院，由学校出资设立")
REGRET = "评审期间在外地参加项目验收，无法按时完成"


def pool() -> None:
    """Let every expert write a profile, and an officer note which units belong together."""
    with clock.telling(day(ENROLLED)):
        for row in rows("people"):
            if "expert" in row["roles"]:
                expert = person(row["username"])
                services.enrol(
                    user=expert,
                    actor=expert,
                    data=_profile(row),
                    fields=list(TechField.objects.filter(code__in=row["fields"])),
                    ties=[_tie(tie) for tie in row.get("ties", ())],
                )
        one, other, basis = RELATED
        services.relate(one=unit(one), other=unit(other), actor=_officer(), basis=basis)


def rules(calls: dict[str, Call]) -> None:
    """Let the bureau set how large the panels of each call are."""
    for call in calls.values():
        services.set_rules(call=call, actor=_officer(), values=RULES)


def draw(challenge: Challenge, officer: User) -> None:
    """Draw the panel of a challenge."""
    draws.hold(challenge=challenge, actor=officer)


def answer(challenge: Challenge, declines: int) -> None:
    """Let so many of the panel decline, and everybody else accept and sign."""
    for seat in list(queries.panel(challenge).filter(state=SeatState.INVITED))[:declines]:
        user = seat.expert.user
        seats.move(seat=seat, action=SeatAction.DECLINE, actor=user, note=REGRET)
    for seat in queries.panel(challenge).filter(state__in=HELD):
        user = seat.expert.user
        seats.move(seat=seat, action=SeatAction.ACCEPT, actor=user)
        name = str(seat.expert)
        seats.move(seat=seat, action=SeatAction.UNDERTAKE, actor=user, signed_name=name)


def _profile(row: Row) -> dict[str, Any]:
    return {
        "title": row.get("title", ""),
        "unit_name": row["unit"],
        "keywords": row["duty"],
        "profile": row.get("intro", ""),
    }


def _tie(row: Row) -> dict[str, Any]:
    names = ("kind", "person", "unit_name", "note")
    tie: dict[str, Any] = {name: row[name] for name in names if name in row}
    if "years_ago" in row:
        tie["year"] = clock.today().year - row["years_ago"]
    return tie


def _officer() -> User:
    return User.objects.filter(role_grants__role=PlatformRole.OFFICER).order_by("pk")[0]
