"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

opening_moved = Signal()  # opening_id: int, state: str
