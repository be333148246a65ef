"""Many experts for many solutions, best in total: an exact minimum-cost flow.

source → solution (as many as asked) → expert (once, at the cost of a poor fit) → sink (within
the load bounds). The first `least` solutions of an expert carry a reward larger than any fit,
so that minimum loads are filled before fits are weighed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

SCALE = 10_000  # the flow counts in whole numbers: fits to four places


class NotEnough(Exception):
    """The experts who may judge are too few; `short` says by how many, solution by solution."""

    def __init__(self, short: Mapping[int, int]) -> None:
        super().__init__(f"not enough experts for {len(short)} solutions")
        self.short = short


@dataclass(frozen=True)
class Plan:
    """Who judges what, how well it fits in total, and how many each expert has."""

    pairs: list[tuple[int, int]]  # solution, expert
    total: float
    loads: list[int]


def assign(
    fits: Sequence[Sequence[float]],
    blocked: Collection[tuple[int, int]],
    *,
    each: int,
    least: int,
    most: int | Sequence[int],
) -> Plan:
    """Give every solution `each` experts; `fits[solution][expert]` lies between 0 and 1.

    `most` may differ from expert to expert. Minimum loads are met as far as they can be.
    Raises NotEnough where a solution cannot have its experts.
    """
    solutions, experts = len(fits), len(fits[0]) if fits else 0
    if not solutions:
        return Plan([], 0.0, [0] * experts)
    roof = [most] * experts if isinstance(most, int) else list(most)
    source, sink = solutions + experts, solutions + experts + 1
    arcs: list[tuple[int, int, int, int]] = []
    open_pairs = [(s, e) for s in range(solutions) for e in range(experts) if (s, e) not in blocked]
    arcs += [(s, solutions + e, 1, -round(fits[s][e] * SCALE)) for s, e in open_pairs]
    arcs += [(source, s, each, 0) for s in range(solutions)]
    reward = (solutions * each + 1) * SCALE
    for e, top in enumerate(roof):
        bottom = min(least, top)
        arcs.append((solutions + e, sink, bottom, -reward))
        arcs.append((solutions + e, sink, top - bottom, 0))
    flow = min_cost_flow.SimpleMinCostFlow()
    tails, heads, room, costs = (np.array(column) for column in zip(*arcs, strict=True))
    handles = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    flow.set_node_supply(source, solutions * each)
    flow.set_node_supply(sink, -solutions * each)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise RuntimeError("the flow was not solved")
    used = flow.flows(handles)
    pairs = [pair for pair, carried in zip(open_pairs, used, strict=False) if carried]
    got = [0] * solutions
    loads = [0] * experts
    for s, e in pairs:
        got[s] += 1
        loads[e] += 1
    if short := {s: each - count for s, count in enumerate(got) if count < each}:
        raise NotEnough(short)
    return Plan(pairs, sum(fits[s][e] for s, e in pairs), loads)
