"""Following a round to its end from a terminal, and lending it a hand meanwhile."""

import time

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from jiebang.jobs import tasks as worker
from jiebang.jobs.models import Job
from jiebang.jobs.registry import Progress
from jiebang.recommendations import tasks  # noqa: F401  a shard is done by what it registers
from jiebang.recommendations.models import Round
from jiebang.recommendations.rounds import SHARD

PAUSE = 0.2  # seconds, while others do all there is to do


class RoundStuck(Exception):
    """A shard has failed for good, so the round cannot end."""


def follow(round_id: int, progress: Progress) -> Round:
    """Do shards of the round beside whoever else does, until it is over; without any worker too.

    Raises RoundStuck with the reason where a shard's tries are used up.
    """
    while (held := Round.objects.get(pk=round_id)).ended_at is None:
        shards = held.shards.filter(phase=held.phase)
        total = shards.count()
        left = list(shards.filter(done_at=None).values_list("pk", flat=True))
        done = total - len(left)
        progress(done, total, f"{held.get_phase_display()} {done}／{total}")
        jobs = Job.objects.filter(key__in=[f"{SHARD}:{pk}" for pk in left])
        free = Q(state=Job.State.QUEUED) | Q(
            state=Job.State.RUNNING, lease_until__lt=timezone.now(),
            attempts__lt=settings.JOB_MAX_ATTEMPTS,
        )  # fmt: skip
        if (mine := jobs.filter(free).order_by("pk").first()) is not None:
            worker.run(mine.pk)
        elif (failed := jobs.filter(state=Job.State.FAILED).first()) is not None:
            raise RoundStuck(failed.message)
        else:
            time.sleep(PAUSE)
    return held
