"""A content, kept once; its places on things; and who opened them."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Prose
from jiebang.files import states
from jiebang.organizations.models import Organization


class Content(models.Model):
    """The bytes of a file, named by their hash, and what is known of them."""

    LIFE = states.LIFE

    digest = models.CharField("校验码（SHA-256）", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("大小（字节）")
    media = models.CharField("类型", max_length=100)
    state = models.CharField(
        "查毒", max_length=12, choices=states.Scan, default=states.Scan.PENDING, editable=False
    )
    scanned_at = models.DateTimeField("查毒时间", null=True, blank=True)
    finding = models.CharField("查毒结果", max_length=200, blank=True)
    text = models.TextField("文字内容", blank=True)
    is_read = models.BooleanField("已提取文字", default=False)
    created_at = models.DateTimeField("收到时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = "文件内容"
        constraints = [
            models.CheckConstraint(
                name="content_state_known", condition=models.Q(state__in=states.Scan.values)
            )
        ]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def is_usable(self) -> bool:
        """Say whether the file counts and can be opened."""
        return self.state in states.USABLE


class Attachment(models.Model):
    """A file on a thing: an earlier version stays when a later one takes its place."""

    holder_type = models.CharField("对象类型", max_length=40)
    holder_id = models.BigIntegerField("对象编号")
    slot = models.CharField("材料类别", max_length=30)
    slot_label = models.CharField("材料名称", max_length=40)
    name = models.CharField("文件名", max_length=160)
    content = models.ForeignKey(Content, models.PROTECT, related_name="attachments")
    version = models.PositiveIntegerField("版本", default=1)
    is_confidential = models.BooleanField("保密", default=False)
    reason = Prose("保密理由", max_length=300, blank=True)
    tier = models.CharField("查看范围", max_length=8, blank=True)  # empty: as the thing says
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", verbose_name="提交单位"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("提交时间", default=clock.now)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaces", verbose_name="新版本"
    )
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        verbose_name = "附件"
        ordering = ["slot", "pk"]
        constraints = [
            models.CheckConstraint(
                name="attachment_confidential_for_a_reason",
                condition=models.Q(is_confidential=False) | ~models.Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["holder_type", "holder_id", "slot", "content"],
                condition=models.Q(removed_at=None),
                name="attachment_once_in_a_slot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["holder_type", "holder_id"],
                condition=models.Q(removed_at=None),
                name="attachment_of_a_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot_label}：{self.name}"


class Download(models.Model):
    """Somebody outside the unit that handed a file in opened it."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="downloads")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reader_name = models.CharField("查看人", max_length=40)
    unit_name = models.CharField("所在单位", max_length=100, blank=True)
    marked = models.BooleanField("已加水印", default=False)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "下载记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.attachment}"
