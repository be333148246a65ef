"""Looking at files that were taken in."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from jiebang.files import services
from jiebang.jobs.registry import Progress, handles


@handles(services.INSPECT)
def inspect(*, content_id: int, progress: Progress) -> Mapping[str, Any]:
    """Ask the scanner where it was silent, and read the text."""
    return {"state": services.inspect(content_id)}


@shared_task(name="files.forget_orphans")
def forget_orphans() -> None:
    """Remove bytes that no row knows."""
    services.forget_orphans()
