"""Where floors above say what only they know: who else reads, and which units count as one."""

from collections.abc import Callable
from typing import Any

from jiebang.accounts.models import User
from jiebang.common.decisions import Decision

RelationSource = Callable[[int], dict[int, str]]  # a unit's key → keys of its kin, and why
RELATION_SOURCES: list[RelationSource] = []
Reader = Callable[[User, Any], Decision | None]  # a person and a solution → an answer, or no view
EARLY: list[Reader] = []  # asked while it is sealed
VETOES: list[Reader] = []  # asked before the readers: who may not open the files yet
READERS: list[Reader] = []  # asked once it is open, of whom neither poster nor bureau answers for


def reads_early(rule: Reader) -> Reader:
    """Register a function that lets somebody read a solution that is still sealed."""
    EARLY.append(rule)
    return rule


def reads_opened(rule: Reader) -> Reader:
    """Register a function that answers for people whom this app does not know: reviewers."""
    READERS.append(rule)
    return rule


def bars_files(rule: Reader) -> Reader:
    """Register a function that keeps a reviewer from the files for now."""
    VETOES.append(rule)
    return rule


def asked(rules: list[Reader], actor: User, proposal: Any) -> Decision | None:
    """Return the first answer of the rules, or None where none has a view."""
    answers = (rule(actor, proposal) for rule in rules)
    return next((answer for answer in answers if answer is not None), None)


def relation_source(source: RelationSource) -> RelationSource:
    """Register a function that returns the units related to one, each with the basis."""
    RELATION_SOURCES.append(source)
    return source


def related_to(unit: int) -> dict[int, str]:
    """Return the keys of the units that are related to this one, each with the basis."""
    return {key: why for source in RELATION_SOURCES for key, why in source(unit).items()}
