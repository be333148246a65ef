"""The settings of a real worker in the suite: as embedded, but its claims end sooner."""

from jiebang.settings.embedded import *  # noqa: F403

JOB_LEASE_SECONDS = 2
MATCH_SHARD_ROWS = 10
CELERY_BEAT_SCHEDULE = {"jobs-sweep": {"task": "jobs.sweep", "schedule": 0.5}}
