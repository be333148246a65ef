"""What ended long ago is forgotten; what waits, runs or ended lately stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.jobs import tasks
from jiebang.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "days", "left"),
    [("done", 31, 0), ("failed", 31, 0), ("done", 29, 1), ("queued", None, 1), ("running", 31, 1)],
)
def test_only_what_ended_long_ago_is_forgotten(settings, state, days, left):
    settings.JOB_KEPT_DAYS = 30
    ended = None if days is None else timezone.now() - timedelta(days=days)
    Job.objects.create(name="x", key="x", title="x", state=state, finished_at=ended)
    tasks.prune()

    assert Job.objects.count() == left
