"""What this app tells the floors above, in the transaction of what happened.

Receivers only write down what must be done (a row in the job ledger), so they cannot be lost.
"""

from django.dispatch import Signal

challenge_moved = Signal()  # challenge_id: int, state: str
challenge_amended = Signal()  # amendment_id: int
question_asked = Signal()  # question_id: int
question_answered = Signal()  # question_id: int
challenge_clarified = Signal()  # clarification_id: int
