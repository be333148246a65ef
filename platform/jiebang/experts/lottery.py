"""The draw itself: the same seed and pool give the same experts, in any language.

Order: experts by SHA-256 of `seed:digest of the pool:number`, smallest first. Going down the
order an expert is drawn if the quotas can hold everybody drawn so far and this one: an expert
of two fields moves to the other one where that makes room. So nobody is passed over who could
have been drawn, and when one leaves, the next in order takes the place and the others stay.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

ANY = ""


def digest(content: Any) -> str:
    """Return the SHA-256 of a pool or key, written with sorted keys and no spaces."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def order(seed: str, pool: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the experts of the pool who are not excluded, as the seed shuffles them."""
    whole = digest(pool)
    free = [each for each in pool if not each["excluded"]]
    return sorted(free, key=lambda each: _ticket(seed, whole, each["number"]))


def draw(
    seed: str,
    pool: Sequence[Mapping[str, Any]],
    quotas: Sequence[Mapping[str, Any]],
    most_of_a_unit: int,
    *,
    kept: Sequence[str] = (),
    gone: Collection[str] = (),
) -> list[str]:
    """Return the numbers drawn, in order; fewer than the quotas ask where the pool is too small.

    `kept` are in already and stay in; `gone` left and cannot be drawn again.
    """
    ranked = order(seed, pool)
    places = {each["number"]: each for each in ranked}
    first = [places[number] for number in kept if number in places]
    slots = [str(quota["field"]) for quota in quotas for _ in range(int(quota["count"]))]
    holder: dict[int, str] = {}
    units: Counter[str] = Counter()
    drawn: list[str] = []
    for each in [*first, *ranked]:
        number, unit = each["number"], each["unit"]
        if number in drawn or number in gone or units[unit] >= most_of_a_unit:
            continue
        if _place(number, places, slots, holder, set()):
            drawn.append(number)
            units[unit] += 1
    return drawn


def _ticket(seed: str, whole: str, number: str) -> str:
    return hashlib.sha256(f"{seed}:{whole}:{number}".encode()).hexdigest()


def _place(
    number: str,
    pool: Mapping[str, Mapping[str, Any]],
    slots: Sequence[str],
    holder: dict[int, str],
    tried: set[int],
) -> bool:
    """Give the expert a slot, moving others to another of theirs where needed."""
    fields = pool[number]["fields"]
    for slot, field in enumerate(slots):
        if slot in tried or (field != ANY and field not in fields):
            continue
        tried.add(slot)
        if slot not in holder or _place(holder[slot], pool, slots, holder, tried):
            holder[slot] = number
            return True
    return False
