"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

acceptance_moved = Signal()  # acceptance_id: int, state: str
assessment_moved = Signal()  # assessment_id: int, state: str
panel_moved = Signal()  # member_id: int, action: str
