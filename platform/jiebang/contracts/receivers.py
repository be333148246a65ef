"""Hears of awards: each gets its contract in the same transaction. Tells experts of past ones."""

from typing import Any

from django.dispatch import receiver

from jiebang.awards.models import Award
from jiebang.awards.signals import award_made
from jiebang.contracts import queries, services
from jiebang.experts.registry import contract_source


@receiver(award_made)
def draw_up(award_id: int, **_: Any) -> None:
    """Begin the contract."""
    services.draw_up(award=Award.objects.get(pk=award_id))


contract_source(queries.signed_since)
