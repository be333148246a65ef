"""The clock: invitations lapse, notices end."""

import logging

from celery import shared_task

from jiebang.acceptance import conclusions, queries, seats
from jiebang.common.errors import DomainError

log = logging.getLogger(__name__)


@shared_task(name="acceptance.settle_due")
def settle_due() -> None:
    """Do what is due; safe to run twice and beside people who act in this moment."""
    for member in queries.unanswered():
        try:
            seats.lapse(member=member)
        except DomainError as refusal:  # an answer came in this moment
            log.info("seat %s was answered after all: %s", member.pk, refusal)
    for acceptance in queries.due():
        try:
            conclusions.conclude(acceptance=acceptance)
        except DomainError as refusal:
            log.info("acceptance %s does not conclude: %s", acceptance.pk, refusal)
