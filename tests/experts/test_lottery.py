"""The draw is the same for everybody who repeats it, fills its quotas, and passes nobody over."""

import json
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiebang.experts import lottery


def person(number, fields=("F1",), unit=None, excluded=()):
    return {
        "number": number,
        "fields": list(fields),
        "unit": unit or number,
        "excluded": list(excluded),
    }


POOL = [person(f"ZJ-2026-{n:05d}", [f"F{n % 3}"]) for n in range(12)]
ANYBODY = [{"field": "", "count": 3}]


def test_the_same_seed_and_pool_give_the_same_experts_and_another_seed_others():
    drawn = [lottery.draw(str(seed), POOL, ANYBODY, 1) for seed in range(20)]

    assert drawn == [lottery.draw(str(seed), POOL, ANYBODY, 1) for seed in range(20)]
    assert len(set(map(tuple, drawn))) > 10


def test_anybody_can_repeat_the_order_with_a_hash_function_alone():
    text = json.dumps(POOL, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    whole = sha256(text.encode()).hexdigest()

    assert lottery.digest([dict(reversed(each.items())) for each in POOL]) == whole
    assert [each["number"] for each in lottery.order("种子", POOL)] == sorted(
        (each["number"] for each in POOL),
        key=lambda number: sha256(f"种子:{whole}:{number}".encode()).hexdigest(),
    )


def test_who_is_excluded_is_in_the_digest_and_never_drawn():
    barred = [{**each, "excluded": ["same_unit"]} for each in POOL[:9]] + POOL[9:]

    assert lottery.digest(barred) != lottery.digest(POOL)
    assert sorted(lottery.draw("1", barred, ANYBODY, 1)) == [e["number"] for e in POOL[9:]]


@given(
    st.lists(st.tuples(st.sets(st.sampled_from("ABC"), min_size=1), st.booleans()), max_size=7),
    st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=1, max_size=4),
    st.integers(0, 99),
)
def test_a_panel_is_as_large_as_any_choice_could_make_it(people, slots, seed):
    pool = [
        person(str(n), sorted(fields), excluded=["away"] if out else [])
        for n, (fields, out) in enumerate(people)
    ]
    quotas = [{"field": slot, "count": 1} for slot in slots]

    drawn = lottery.draw(str(seed), pool, quotas, 1)

    free = [each for each in pool if not each["excluded"]]
    assert len(drawn) == max(
        size
        for size in range(len(slots) + 1)
        if any(fills(chosen, slots) for chosen in combinations(free, size)) or size == 0
    )


def fills(chosen, slots):
    """Whether everybody chosen finds a slot of a field of theirs."""
    if not chosen:
        return True
    first, *rest = chosen
    return any(
        (not slot or slot in first["fields"]) and fills(rest, slots[:n] + slots[n + 1 :])
        for n, slot in enumerate(slots)
    )


@pytest.mark.parametrize("leaver", [0, 1, 2])
def test_when_one_leaves_the_others_stay_and_one_comes(leaver):
    quotas = [{"field": "F1", "count": 1}, {"field": "", "count": 2}]
    drawn = lottery.draw("9", POOL, quotas, 1)
    kept = [number for number in drawn if number != drawn[leaver]]

    renewed = lottery.draw("9", POOL, quotas, 1, kept=kept, gone={drawn[leaver]})

    assert renewed[:2] == kept
    assert len(set(renewed) | set(drawn)) == 4


def test_no_more_come_from_one_unit_than_allowed():
    pool = [person(str(n), unit="同一所大学") for n in range(5)] + [person("别处")]

    assert "别处" in lottery.draw("1", pool, [{"field": "", "count": 2}], 1)
    assert len(lottery.draw("1", pool, [{"field": "", "count": 4}], 3)) == 4
