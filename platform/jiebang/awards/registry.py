"""Where floors above say what only they know: a unit's integrity record, asked at each gate."""

from collections.abc import Callable

from jiebang.organizations.models import Organization

IntegrityCheck = Callable[[Organization], str]
INTEGRITY_CHECKS: list[IntegrityCheck] = []


def integrity_check(check: IntegrityCheck) -> IntegrityCheck:
    """Register a function that returns a sentence against a unit, or an empty one."""
    INTEGRITY_CHECKS.append(check)
    return check


def objections_to(unit: Organization) -> list[str]:
    """Return what the records hold against the unit."""
    return [sentence for check in INTEGRITY_CHECKS if (sentence := check(unit))]
