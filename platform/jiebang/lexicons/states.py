"""What an entry of the dictionary does."""

from django.db import models


class Kind(models.TextChoices):
    """What becomes of a word."""

    TERM = "term", "领域词"
    SYNONYM = "synonym", "同义词"
    STOP = "stop", "停用词"
    OUT = "out", "移出内置词典"
