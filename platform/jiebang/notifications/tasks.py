"""E-mails: sent by the job ledger, digests when the clock says that they are due."""

import logging
from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.jobs.registry import Progress, handles
from jiebang.notifications import queries, services

log = logging.getLogger(__name__)


@shared_task(name="notifications.mail_due")
def mail_due() -> None:
    """Queue the e-mails that are due; safe to run twice."""
    services.queue_due_mail()


@handles(services.MAIL)
def mail(*, progress: Progress) -> Mapping[str, Any]:
    """Send everybody's due e-mails; one address that fails does not keep the others waiting."""
    people = list(queries.to_mail())
    sent, failed = 0, []
    for n, person in enumerate(people, 1):
        try:
            sent += services.mail(person=person)
        except Exception as error:  # whatever the mail server says: the next try sends it
            log.warning("mail to person %s failed: %s", person.pk, error)
            failed.append(error)
        progress(n, len(people), f"已发送 {n - len(failed)} 人")
    if failed:
        raise failed[0]
    return {"messages": sent, "people": len(people)}
