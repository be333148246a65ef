"""Permissions to be late, and the receipts of submissions."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.organizations.models import Organization
from jiebang.proposals import states
from jiebang.proposals.models.solution import Proposal


class LatePermission(Numbered):
    """That one unit may hand in after closing, why, and which two people allowed it."""

    PREFIX = "YQ"
    LIFE = states.LATE_LIFE

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="late_permissions")
    unit = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="揭榜单位"
    )
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.LateState,
        default=states.LateState.PROPOSED,
        editable=False,
    )
    reason = Prose("理由", max_length=500)
    until = models.DateTimeField("可提交至")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("复核时间", null=True, editable=False)

    class Meta:
        verbose_name = "逾期许可"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "unit"],
                condition=models.Q(state__in=["proposed", "granted"]),
                name="late_once_a_unit",
            ),
            models.CheckConstraint(
                name="late_by_two_people",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="late_state_known", condition=models.Q(state__in=states.LateState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


class Receipt(Numbered):
    """Proof that a solution was handed in: number, time, and the hash of exactly what was."""

    PREFIX = "HZ"

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="receipts")
    version = models.PositiveIntegerField("版本")
    submitted_at = models.DateTimeField("提交时间", default=clock.now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    content = models.JSONField("内容")
    digest = models.CharField("内容校验码（SHA-256）", max_length=64)
    permission = models.ForeignKey(
        LatePermission, models.PROTECT, null=True, related_name="+", verbose_name="逾期许可"
    )

    class Meta:
        verbose_name = "揭榜回执"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "version"], name="receipt_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.number} 第 {self.version} 版"
