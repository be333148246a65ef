"""Messages to people, and each person's wishes about their e-mail copies."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.notifications import states


class Notification(models.Model):
    """One message to one person; the database keeps it from being told twice.

    `thing` says what happened to what: who tells the same again, tells nothing new.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    kind = models.CharField("类别", max_length=12, choices=states.Kind)
    thing = models.CharField(max_length=64, editable=False)
    subject = models.CharField("标题", max_length=120)
    text = models.CharField("内容", max_length=1000, blank=True)
    link = models.CharField("链接", max_length=300, blank=True)
    due = models.DateTimeField("截止时间", null=True, blank=True)
    told_at = models.DateTimeField("时间", default=clock.now)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    copy = models.CharField(max_length=8, choices=states.Copy, default=states.Copy.NONE)

    class Meta:
        verbose_name = "消息"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "thing"], name="told_once"),
            models.CheckConstraint(
                name="notification_kind_known", condition=models.Q(kind__in=states.Kind.values)
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_inbox"),
            models.Index(
                fields=["person"], condition=models.Q(read_at=None), name="notification_unread"
            ),
            models.Index(
                fields=["person"], condition=models.Q(copy="waiting"), name="notification_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_read(self) -> bool:
        """Say whether the person has seen it."""
        return self.read_at is not None


class Preference(models.Model):
    """How often a person wishes e-mails, and about what not; without a row: at once, about all.

    `suited` is how often new challenges that suit one's units are put into the inbox at all.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preference"
    )
    timing = models.CharField(
        "邮件发送方式", max_length=8, choices=states.Timing, default=states.Timing.AT_ONCE
    )
    muted = models.JSONField("不发邮件的类别", default=list, blank=True)
    digested_at = models.DateTimeField("上次汇总时间", default=clock.now)
    suited = models.CharField(
        "榜题推荐", max_length=8, choices=states.Pace, default=states.Pace.AT_ONCE
    )
    suited_at = models.DateTimeField("上次推荐时间", default=clock.now)

    class Meta:
        verbose_name = "消息设置"
        constraints = [
            models.CheckConstraint(
                name="timing_known", condition=models.Q(timing__in=states.Timing.values)
            ),
            models.CheckConstraint(
                name="pace_known", condition=models.Q(suited__in=states.Pace.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.get_timing_display()}"

    def wants_copy_of(self, kind: str) -> bool:
        """Say whether messages of this kind go out by e-mail, now or in a digest."""
        return self.timing != states.Timing.NEVER and kind not in self.muted


class CalendarKey(models.Model):
    """The secret in the address of a person's own calendar; kept as its hash, one a person."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_key"
    )
    digest = models.CharField("校验码（SHA-256）", max_length=64, unique=True)
    renewed_at = models.DateTimeField("启用时间", default=clock.now)

    class Meta:
        verbose_name = "日历订阅地址"

    def __str__(self) -> str:
        return f"{self.person} {self._meta.verbose_name}"
