"""What the floors above hear of."""

from django.dispatch import Signal

challenges_found = Signal()  # units or results may have been found open challenges anew
