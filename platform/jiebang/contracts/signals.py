"""What this app tells the floors above, in the transaction of what happened."""

from django.dispatch import Signal

contract_moved = Signal()  # contract_id: int, state: str
request_moved = Signal()  # request_id: int, state: str
milestone_checked = Signal()  # opinions: list[int]; experts were asked for a stage check
race_moved = Signal()  # checkpoint_id: int, state: str
