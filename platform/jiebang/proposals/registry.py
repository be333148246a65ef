"""Where floors above say what only they know: which units count as one with another."""

from collections.abc import Callable

RelationSource = Callable[[int], dict[int, str]]  # a unit's key → keys of its kin, and why
RELATION_SOURCES: list[RelationSource] = []


def relation_source(source: RelationSource) -> RelationSource:
    """Register a function that returns the units related to one, each with the basis."""
    RELATION_SOURCES.append(source)
    return source


def related_to(unit: int) -> dict[int, str]:
    """Return the keys of the units that are related to this one, each with the basis."""
    return {key: why for source in RELATION_SOURCES for key, why in source(unit).items()}
