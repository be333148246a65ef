"""The import of an uploaded file, as a job."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiebang.accounts.models import User
from jiebang.imports import services
from jiebang.jobs.registry import Progress, handles


@handles("imports.run")
def run(*, kind: str, path: str, actor_id: int, progress: Progress) -> Mapping[str, Any]:
    """Import the file in the officer's name; the result is the report."""
    actor = User.objects.get(pk=actor_id)
    report = services.run(kind=kind, path=Path(path), actor=actor, progress=progress)
    progress(report.total, report.total, report.summary())
    return report.as_result()
