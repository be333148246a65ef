"""What this app tells the floors above, in the transaction of what happened.

Receivers only write down what must be done (a row in the job ledger), so they cannot be lost.
"""

from django.dispatch import Signal

need_changed = Signal()  # need_id: int, state: str
appraisers_asked = Signal()  # need_id: int, appraisals: list[int]

# Asked before experts are offered or chosen for `need`: a receiver returns, by the key of a user,
# why this person may not appraise it.
appraisers_weighed = Signal()
