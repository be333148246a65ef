"""Work for the clock: library needs whose validity is over."""

import logging

from celery import shared_task

from jiebang.common.errors import DomainError
from jiebang.library import queries, screening

log = logging.getLogger(__name__)


@shared_task(name="library.lapse_due")
def lapse_due() -> None:
    """Let everything lapse that is due; safe to run twice."""
    for need in queries.lapsed():
        try:
            screening.lapse(need=need)
        except DomainError as refusal:  # somebody acted on it in this moment
            log.info("need %s did not lapse: %s", need.pk, refusal)
