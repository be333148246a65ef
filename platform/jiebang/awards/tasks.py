"""The clock: a notice that has run its days takes effect."""

import logging

from celery import shared_task

from jiebang.awards import decisions, queries
from jiebang.common.errors import DomainError

log = logging.getLogger(__name__)


@shared_task(name="awards.conclude_due")
def conclude_due() -> None:
    """Award what is due; safe to run twice and beside an objection that comes in this moment."""
    for decision in queries.due():
        try:
            decisions.conclude(decision=decision)
        except DomainError as refusal:
            log.info("decision %s does not take effect: %s", decision.pk, refusal)
