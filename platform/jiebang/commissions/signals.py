"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

commission_moved = Signal()  # commission_id: int, state: str
opinion_asked = Signal()  # opinion_id: int
objection_moved = Signal()  # objection_id: int, state: str
