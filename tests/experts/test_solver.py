"""The assignment is the best there is, held against trying everything."""

import random
from itertools import combinations, product

import pytest

from jiebang.experts.solver import NotEnough, Plan, assign


def best_by_trying(fits, blocked, each, least, most):
    """The best total over all assignments; those that meet more of the minima come first."""
    experts = range(len(fits[0]))
    choices = [
        [c for c in combinations(experts, each) if not any((s, e) in blocked for e in c)]
        for s in range(len(fits))
    ]
    best = None
    for plan in product(*choices):
        loads = [sum(e in chosen for chosen in plan) for e in experts]
        if max(loads) > most:
            continue
        met = sum(min(load, least) for load in loads)
        total = sum(fits[s][e] for s, chosen in enumerate(plan) for e in chosen)
        best = max(best or (met, total), (met, total))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_no_assignment_is_better(seed):
    dice = random.Random(seed)  # noqa: S311
    solutions, experts = dice.randint(1, 4), dice.randint(2, 5)
    fits = [[dice.randint(0, 100) / 100 for _ in range(experts)] for _ in range(solutions)]
    pairs = [(s, e) for s in range(solutions) for e in range(experts)]
    blocked = {pair for pair in pairs if dice.random() < 0.2}
    each, least, most = dice.randint(1, 2), dice.randint(0, 1), dice.randint(1, 3)

    wanted = best_by_trying(fits, blocked, each, least, most)

    if wanted is None:
        with pytest.raises(NotEnough):
            assign(fits, blocked, each=each, least=least, most=most)
        return
    plan = assign(fits, blocked, each=each, least=least, most=most)
    met = sum(min(load, least) for load in plan.loads)
    assert (met, round(plan.total, 6)) == (wanted[0], round(wanted[1], 6))
    assert not blocked & set(plan.pairs)
    assert max(plan.loads) <= most
    assert [sum(s == n for s, _ in plan.pairs) for n in range(solutions)] == [each] * solutions


def test_nothing_to_assign_is_an_empty_plan():
    assert assign([], set(), each=3, least=0, most=5) == Plan([], 0.0, [])


def test_who_is_short_is_named():
    with pytest.raises(NotEnough) as refusal:
        assign([[0.5, 0.5], [0.5, 0.5]], {(1, 0), (1, 1)}, each=1, least=0, most=2)

    assert refusal.value.short == {1: 1}


def test_a_full_expert_gets_nothing_more():
    assert assign([[0.9, 0.1]], set(), each=1, least=0, most=[0, 1]).pairs == [(0, 1)]
