"""The clock: invitations that nobody answered end, and the next in the order is asked."""

import logging

from celery import shared_task

from jiebang.common.errors import DomainError
from jiebang.experts import queries, seats

log = logging.getLogger(__name__)


@shared_task(name="experts.lapse_due")
def lapse_due() -> None:
    """End what is due; safe to run twice and beside an answer that comes in this moment."""
    for seat in queries.unanswered():
        try:
            seats.lapse(seat=seat)
        except DomainError as refusal:  # an answer came in this moment
            log.info("seat %s was answered after all: %s", seat.pk, refusal)
