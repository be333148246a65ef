"""Hears of contracts: each running one gets its acceptance; an early end is noted."""

from typing import Any

from django.dispatch import receiver

from jiebang.acceptance import services, track
from jiebang.acceptance.states import TrackKind
from jiebang.contracts.models import Contract
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import State as ContractState


@receiver(contract_moved)
def follow_the_contract(contract_id: int, state: str, **_: Any) -> None:
    """Begin, date and end the acceptance with its contract; note an early end."""
    contract = Contract.objects.get(pk=contract_id)
    services.follow(contract=contract)
    if state == ContractState.TERMINATED and contract.signed_at:
        track.note(contract=contract, kind=TrackKind.TERMINATED)
