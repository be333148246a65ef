"""The books of a race (赛马): lanes and reserve, which the database keeps equal to the cap."""

from decimal import Decimal
from typing import Any

from jiebang.challenges.models import Challenge
from jiebang.common.errors import Stale
from jiebang.contracts.models import LANES, Contract, Race


def begin(challenge: Challenge) -> Race | None:
    """Open the books of a challenge with several awards; asked twice, it returns the same ones."""
    awards = list(challenge.awards.order_by("lane"))
    if len(awards) < 2:
        return None
    total = sum((award.amount for award in awards), Decimal(0))
    cap = max(challenge.bounty or total, total)
    budgets = {LANES[award.lane - 1]: award.amount for award in awards}
    race, _ = Race.objects.get_or_create(
        challenge=challenge, defaults={"cap": cap, "reserve": cap - total, **budgets}
    )
    return race


def hold(race: Race) -> Race:
    """Hold the books until commit."""
    return Race.objects.select_for_update(of=("self",)).get(pk=race.pk)


def free(contract: Contract) -> Decimal:
    """Put what a contract that was broken off has not drawn into the reserve; return how much."""
    if contract.race_lane is None or contract.award is None:
        return Decimal(0)
    race, lane = hold(contract.award.challenge.race), LANES[contract.race_lane - 1]
    freed: Decimal = getattr(race, lane) - contract.drawn
    if freed > 0:
        _write(race, **{lane: contract.drawn, "reserve": race.reserve + freed})
    return freed


def grow(contract: Contract, amount: Decimal) -> None:
    """Move so much from the reserve to the lane of a contract in a race."""
    if contract.race_lane is None or contract.award is None:
        return
    race, lane = hold(contract.award.challenge.race), LANES[contract.race_lane - 1]
    _write(race, **{lane: getattr(race, lane) + amount, "reserve": race.reserve - amount})


def budgets(race: Race) -> list[Decimal]:
    """Return the budget of each lane in order."""
    return [getattr(race, lane) for lane in LANES]


def _write(race: Race, **after: Any) -> None:
    before = {name: getattr(race, name) for name in after}
    if not Race.objects.filter(pk=race.pk, **before).update(**after):
        raise Stale("赛马预算刚刚有变动，请刷新后再办理")
    for name, value in after.items():
        setattr(race, name, value)
