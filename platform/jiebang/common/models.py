"""Small abstract models that the apps share."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.functional import cached_property

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


class Prose(models.TextField):  # type: ignore[type-arg]
    """A text of several sentences whose `max_length` holds wherever it comes from.

    Django checks a TextField's length in forms only; the API and imports have none.
    """

    @cached_property
    def validators(self) -> list[Callable[[Any], None]]:
        """Return the usual ones and the length."""
        usual = list(super().validators)
        return [*usual, MaxLengthValidator(self.max_length)] if self.max_length else usual
