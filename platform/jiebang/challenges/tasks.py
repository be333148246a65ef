"""The clock: challenges open and close by themselves."""

import logging

from celery import shared_task

from jiebang.challenges import queries, services
from jiebang.common.errors import DomainError

log = logging.getLogger(__name__)


@shared_task(name="challenges.settle_due")
def settle_due() -> None:
    """Open and close what is due; safe to run twice and beside a request that does the same."""
    for challenge in queries.due():
        try:
            services.settle(challenge=challenge)
        except DomainError as refusal:  # a request settled it in this moment
            log.info("challenge %s was settled by somebody else: %s", challenge.pk, refusal)
