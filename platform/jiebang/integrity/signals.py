"""What others may want to hear of. Sent inside the transaction; receivers only tell or queue."""

from django.dispatch import Signal

record_moved = Signal()  # record_id, event
