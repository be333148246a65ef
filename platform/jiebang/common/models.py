"""Small abstract models that the apps share."""

from typing import ClassVar

from django.db import models

from jiebang.common import clock


class Numbered(models.Model):
    """A thing with an official number, such as `XQ-2026-00012`, made of its year and key."""

    PREFIX: ClassVar[str]

    created_at = models.DateTimeField("创建时间", default=clock.now, editable=False)

    class Meta:
        abstract = True

    @property
    def number(self) -> str:
        """Return the official number (编号)."""
        return f"{self.PREFIX}-{clock.local(self.created_at).year}-{self.pk:05d}"
