"""The numbers that the call sets for its contracts."""

from decimal import Decimal

from jiebang.contracts.models import Contract
from jiebang.library import queries as library
from jiebang.library.states import RuleCode

# Where the call does not say: what the provincial rules have.
USUAL: dict[str, Decimal] = {
    RuleCode.STAGE_CHECKS_MOST: Decimal(1),
    RuleCode.EXTENSIONS_MOST: Decimal(1),
    RuleCode.EXTENSION_MAX_MONTHS: Decimal(12),
    RuleCode.EXTENSION_NOTICE_MONTHS: Decimal(3),
}


def of(contract: Contract) -> dict[str, Decimal]:
    """Return the call's numbers by code, with the usual ones where it has none. One query."""
    return {**USUAL, **library.rules_of(contract.call)}


def share_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return so many percent of an amount, exact to the 分."""
    return (amount * percent / 100).quantize(Decimal("0.000001"))
