"""Hears of awards and commissions: each gets its contract in the same transaction.

Tells the floors below of past contracts: experts for conflicts, commissions as evidence.
"""

from typing import Any

from django.dispatch import receiver

from jiebang.awards.models import Award
from jiebang.awards.signals import award_made
from jiebang.commissions.models import Commission
from jiebang.commissions.registry import evidence_source
from jiebang.commissions.signals import commission_moved
from jiebang.commissions.states import State as CommissionState
from jiebang.contracts import queries, services
from jiebang.experts.registry import contract_source


@receiver(award_made)
def draw_up(award_id: int, **_: Any) -> None:
    """Begin the contract."""
    services.draw_up(award=Award.objects.get(pk=award_id))


@receiver(commission_moved)
def draw_up_commissioned(commission_id: int, state: str, **_: Any) -> None:
    """Begin the contract of a commission that took effect."""
    if state != CommissionState.EFFECTIVE:
        return
    made = Commission.objects.select_related("candidate").get(pk=commission_id)
    services.open_for_commission(commission=made)


contract_source(queries.signed_since)
evidence_source("contracts")(queries.track_record)
