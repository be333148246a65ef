"""One entry for every write: who, when, what, from which state to which, and why."""

from django.conf import settings
from django.db import models

from jiebang.common import clock


class Entry(models.Model):
    """Written once, in the transaction of what it records, and never changed.

    The names of the actor and of the action are kept as they were at the time.
    """

    at = models.DateTimeField("时间", default=clock.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=40)
    thing_type = models.CharField("对象类型", max_length=40)
    thing_id = models.BigIntegerField("对象编号")
    action = models.CharField("动作", max_length=40)
    label = models.CharField("动作名称", max_length=40)
    came_from = models.CharField("原状态", max_length=20, blank=True)
    went_to = models.CharField("新状态", max_length=20, blank=True)
    note = models.TextField("意见", blank=True)
    detail = models.JSONField("详情", default=dict)

    class Meta:
        verbose_name = "审计记录"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["thing_type", "thing_id", "id"], name="audit_of_a_thing"),
            models.Index(fields=["actor", "-at"], name="audit_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.label}"
