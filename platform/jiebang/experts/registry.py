"""Where floors above say what only they know: which contracts were signed since a day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple


class PastContract(NamedTuple):
    """Two units with a contract between them: keys, title and the day of signing."""

    one: int
    other: int
    title: str
    signed_on: date


ContractSource = Callable[[date], Iterable[PastContract]]
CONTRACT_SOURCES: list[ContractSource] = []


def contract_source(source: ContractSource) -> ContractSource:
    """Register a function that returns the contracts signed on or after a day."""
    CONTRACT_SOURCES.append(source)
    return source


def contracts_since(day: date) -> list[PastContract]:
    """Return the contracts of all sources signed on or after the day."""
    return [contract for source in CONTRACT_SOURCES for contract in source(day)]
