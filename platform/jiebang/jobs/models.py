"""The ledger: a row is the job; a broker's message is only a wake-up call."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Job(models.Model):
    """One piece of work to be done outside the request.

    Under one key at most one waits and at most one is being done. `fence` grows with every
    claim, so a worker that was thought dead cannot finish what another has taken over.
    """

    class State(models.TextChoices):
        """Where a job can be."""

        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    name = models.CharField("任务", max_length=60)
    title = models.CharField("说明", max_length=120)
    key = models.CharField("键", max_length=120)
    args = models.JSONField("参数", default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="jobs"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField("次数", default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    done_count = models.PositiveIntegerField("已完成", default=0)
    total_count = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("进展", max_length=200, blank=True)
    result = models.JSONField("结果", default=dict)
    created_at = models.DateTimeField("提交时间", default=timezone.now)
    sent_at = models.DateTimeField(null=True)  # of a message that nobody has acted on yet
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state="queued"), name="job_queued_once"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state="running"), name="job_running_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="job_to_sweep"),
            models.Index(fields=["owner", "-id"], name="job_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

    @property
    def percent(self) -> int:
        """Return how far it is, 0 to 100."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done_count * 100 // self.total_count) if self.total_count else 0

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will happen to it."""
        return self.state in (self.State.DONE, self.State.FAILED)
