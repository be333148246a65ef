"""What others may hear of: sent inside the transaction.

`seat_leaving`: before an expert is taken off a panel; a receiver that raises WrongState, for
there are scores already, stops it. `seat_moved`: after a seat took a step.
"""

from django.dispatch import Signal

seat_leaving = Signal()
seat_moved = Signal()
