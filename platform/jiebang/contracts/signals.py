"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

contract_moved = Signal()  # contract_id: int, state: str
