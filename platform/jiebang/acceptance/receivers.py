"""Hears of contracts: each running one gets its acceptance; early ends and delays are noted."""

from typing import Any

from django.dispatch import receiver

from jiebang.acceptance import services, track
from jiebang.acceptance.states import TrackKind
from jiebang.contracts.models import ChangeRequest, Contract
from jiebang.contracts.signals import contract_moved, request_moved
from jiebang.contracts.states import RequestKind, RequestState
from jiebang.contracts.states import State as ContractState

GIVEN_UP = (ContractState.TERMINATED, ContractState.REVOKED)


@receiver(contract_moved)
def follow_the_contract(contract_id: int, state: str, **_: Any) -> None:
    """Begin, date and end the acceptance with its contract; note an early end."""
    contract = Contract.objects.get(pk=contract_id)
    services.follow(contract=contract)
    if state in GIVEN_UP and contract.signed_at:
        track.note(contract=contract, kind=TrackKind.TERMINATED)


@receiver(request_moved)
def note_an_extension(request_id: int, state: str, **_: Any) -> None:
    """Note that more time was granted, and move the day on which acceptance is due."""
    request = ChangeRequest.objects.select_related("contract").get(pk=request_id)
    if state == RequestState.APPROVED:
        services.follow(contract=request.contract)
    if state == RequestState.APPROVED and request.kind == RequestKind.EXTENSION:
        reason = request.get_reason_display()
        track.note(contract=request.contract, kind=TrackKind.EXTENDED, text=str(reason))
