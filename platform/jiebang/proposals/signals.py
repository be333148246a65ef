"""What this app tells the floors above, in the transaction of what happened.

Receivers only write down what must be done (a row in the job ledger), so they cannot be lost.
"""

from django.dispatch import Signal

proposal_moved = Signal()  # proposal_id: int, challenge_id: int, state: str
partner_invited = Signal()  # invitation_id: int
partner_moved = Signal()  # proposal_id: int, unit_id: int, step: str
confirmations_voided = Signal()  # proposal_id: int, signed: list[int], revision: int
comment_made = Signal()  # comment_id: int
late_moved = Signal()  # permission_id: int, state: str
