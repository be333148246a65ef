"""The graph of conflicts, without a database: who an expert is, whom they would judge, and why not.

An edge has a kind, the party at its other end, and a sentence for people.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jiebang.experts.states import EdgeKind, TieKind

Pair = frozenset[int]


@dataclass(frozen=True, slots=True)
class Party:
    """A unit in a challenge: its part, its key where it is registered, and its people's names."""

    part: str
    name: str
    unit: int | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bond:
    """A tie of the profile: to a unit (by key or name), to a person, last in a year."""

    kind: str
    unit: int | None
    unit_name: str
    person: str
    year: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What of an expert counts here."""

    name: str
    units: Mapping[int, str]
    unit_names: frozenset[str]
    bonds: Sequence[Bond] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """One reason not to judge."""

    kind: str
    party: str
    sentence: str


@dataclass(frozen=True)
class World:
    """What is known between units, by pair; and the first year in which a tie still counts."""

    first_year: int
    related: Mapping[Pair, str] = field(default_factory=dict)
    contracts: Mapping[Pair, str] = field(default_factory=dict)


def edges(expert: Profile, parties: Iterable[Party], world: World) -> list[Edge]:
    """Return every edge between the expert and the parties, in the parties' order."""
    found = [edge for party in parties for edge in _edges(expert, party, world)]
    return list(dict.fromkeys(found))


def _edges(expert: Profile, party: Party, world: World) -> Iterator[Edge]:
    where = f"{party.part}“{party.name}”"
    if party.unit in expert.units or party.name in expert.unit_names:
        yield Edge(EdgeKind.SAME_UNIT, party.name, f"与{where}同属一个单位")
    if party.unit is not None:
        for key, name in expert.units.items():
            pair = frozenset({key, party.unit})
            if basis := world.related.get(pair):
                sentence = f"所在单位“{name}”与{where}是关联单位（{basis}）"
                yield Edge(EdgeKind.RELATED_UNIT, party.name, sentence)
            if title := world.contracts.get(pair):
                sentence = f"所在单位“{name}”与{where}近年签有合同（{title}）"
                yield Edge(EdgeKind.PAST_CONTRACT, party.name, sentence)
    for bond in expert.bonds:
        if edge := _bound(bond, party, where, world.first_year):
            yield edge


def _bound(bond: Bond, party: Party, where: str, first_year: int) -> Edge | None:
    if bond.kind != TieKind.DECLARED and bond.year is not None and bond.year < first_year:
        return None
    same_unit = bond.unit is not None and bond.unit == party.unit
    same_unit = same_unit or (bond.unit_name != "" and bond.unit_name == party.name)
    when = f"{bond.year}年" if bond.year else "曾"
    match bond.kind:
        case TieKind.PAST_UNIT if same_unit:
            return Edge(EdgeKind.PAST_UNIT, party.name, f"{when}在{where}任职")
        case TieKind.DECLARED if same_unit or bond.person in party.people:
            why = f"：{bond.note}" if bond.note else ""
            return Edge(EdgeKind.DECLARED, party.name, f"本人申报与{where}有利害关系{why}")
        case TieKind.COAUTHOR if bond.person in party.people:
            sentence = f"{when}与{where}的{bond.person}合作发表论文"
            return Edge(EdgeKind.COAUTHOR, party.name, sentence)
        case TieKind.COINVENTOR if bond.person in party.people:
            sentence = f"{when}与{where}的{bond.person}共同申请专利"
            return Edge(EdgeKind.COINVENTOR, party.name, sentence)
    return None
