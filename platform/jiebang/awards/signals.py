"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

award_made = Signal()  # award_id: int
review_made = Signal()  # review_id
decision_moved = Signal()  # decision_id: int, state: str
objection_moved = Signal()  # objection_id: int, state: str
