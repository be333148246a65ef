"""What the bureau corrects in the calendar."""

from django.conf import settings
from django.db import models

from jiebang.common import clock


class Correction(models.Model):
    """One day that is worked, or is not, whatever weekday and holidays say."""

    day = models.DateField("日期", unique=True)
    worked = models.BooleanField("是否上班")
    reason = models.CharField("依据", max_length=100)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("更正时间", default=clock.now)

    class Meta:
        verbose_name = "工作日更正"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y年%-m月%-d日}{'上班' if self.worked else '放假'}"
