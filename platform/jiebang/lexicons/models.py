"""Versions that never change, one draft, and which version was chosen when."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.lexicons.states import Kind
from jiebang.taxonomy.models import IndustryChain


class Version(models.Model):
    """The bureau's words as they were published once; never changed again.

    `digest` says what is in it: two versions of the same words have the same one.
    """

    number = models.PositiveIntegerField("版本号", unique=True)
    digest = models.CharField(max_length=24, editable=False)
    why = models.CharField("发布说明", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发布人"
    )
    made_at = models.DateTimeField("发布时间", default=clock.now)

    class Meta:
        verbose_name = "词典版本"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class Entry(models.Model):
    """A word and what becomes of it; of a version, or of the draft where there is none."""

    version = models.ForeignKey(Version, models.CASCADE, null=True, related_name="entries")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    word = models.CharField("词语", max_length=40)
    key = models.CharField(max_length=80, editable=False)  # the word, however it is written
    canonical = models.CharField("标准词", max_length=40, blank=True)
    chain = models.ForeignKey(
        IndustryChain, models.PROTECT, null=True, blank=True, verbose_name="产业链"
    )
    why = models.CharField("理由", max_length=120)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    added_at = models.DateTimeField("提出时间", default=clock.now)

    class Meta:
        verbose_name = "词条"
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(version=None), name="draft_word_once"
            ),
            models.UniqueConstraint(fields=["version", "key"], name="version_word_once"),
            models.CheckConstraint(
                name="synonym_has_canonical",
                condition=(models.Q(kind="synonym") & ~models.Q(canonical=""))
                | (~models.Q(kind="synonym") & models.Q(canonical="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.canonical}" if self.canonical else self.word


class Choice(models.Model):
    """That a version was chosen to be read by; the newest one counts once all is indexed anew.

    Without a version: the built-in words alone.
    """

    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="choices")
    back = models.BooleanField("退回", default=False)
    why = models.CharField("说明", max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("决定时间", default=clock.now)
    effective_at = models.DateTimeField("启用时间", null=True)

    class Meta:
        verbose_name = "词典启用"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.version or "内置词典")
