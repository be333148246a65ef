"""Hears of contracts sent for signing, and queues the making of their texts."""

from typing import Any

from django.dispatch import receiver

from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import State
from jiebang.documents import services
from jiebang.jobs import services as jobs


@receiver(contract_moved)
def make_text(contract_id: int, state: str, **_: Any) -> None:
    """Make Word and PDF of what is to be signed."""
    if state == State.SIGNING:
        jobs.enqueue(
            name=services.MAKE,
            key=str(contract_id),
            title="生成合同文本",
            contract_id=contract_id,
        )
