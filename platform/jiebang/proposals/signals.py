"""What this app tells the floors above, in the transaction of what happened.

Receivers only write down what must be done (a row in the job ledger), so they cannot be lost.
"""

from django.dispatch import Signal

proposal_moved = Signal()  # proposal_id: int, challenge_id: int, state: str
