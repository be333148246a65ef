"""What the floors above hear of, in the transaction of what happened."""

from django.dispatch import Signal

version_chosen = Signal()  # choice_id: int, actor: User
