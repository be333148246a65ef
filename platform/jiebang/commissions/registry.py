"""Where floors above add what only they know to a unit's evidence: contracts, matches."""

from collections.abc import Callable, Sequence
from typing import Any

from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization

# Returns rows as people read them, in plain JSON: they are frozen with the proposal.
Source = Callable[[Organization, Sequence[TechNeed]], list[dict[str, Any]]]
SOURCES: dict[str, Source] = {}


def evidence_source(name: str) -> Callable[[Source], Source]:
    """Register a function as what is drawn under this name."""

    def register(source: Source) -> Source:
        SOURCES[name] = source
        return source

    return register


def drawn(unit: Organization, needs: Sequence[TechNeed]) -> dict[str, list[dict[str, Any]]]:
    """Return what every source says of the unit."""
    return {name: source(unit, needs) for name, source in SOURCES.items()}
