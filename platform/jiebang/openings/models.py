"""That sealed solutions were opened before the closing time: why, and by which two people."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.openings import states


class Opening(Numbered):
    """An emergency opening (应急开启) of one challenge's solutions."""

    PREFIX = "KQ"
    LIFE = states.LIFE

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="openings")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.State,
        default=states.State.PROPOSED,
        editable=False,
    )
    reason = Prose("理由", max_length=500)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField("复核时间", null=True, editable=False)

    class Meta:
        verbose_name = "应急开启"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge"],
                condition=models.Q(state__in=sorted(states.STANDING)),
                name="opening_once_a_challenge",
            ),
            models.CheckConstraint(
                name="opening_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="opening_by_two_people",
                condition=~models.Q(state=states.State.OPENED)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} 应急开启"


class Look(models.Model):
    """That one of the two people looked at a sealed solution; its bidder sees the list."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="looks")
    proposal = models.ForeignKey("proposals.Proposal", models.PROTECT, related_name="looks")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reader_name = models.CharField("查看人", max_length=40)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "应急查看记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.reader_name} {self.at:%Y-%m-%d %H:%M}"
