"""The clock: a notice that has run its days takes effect."""

import logging

from celery import shared_task

from jiebang.commissions import decisions, queries
from jiebang.common.errors import DomainError

log = logging.getLogger(__name__)


@shared_task(name="commissions.conclude_due")
def conclude_due() -> None:
    """Conclude what is due; safe to run twice and beside an objection of this moment."""
    for commission in queries.due():
        try:
            decisions.conclude(commission=commission)
        except DomainError as refusal:
            log.info("commission %s does not take effect: %s", commission.pk, refusal)
