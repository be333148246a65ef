"""The decision that names who solves a challenge."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.proposals.models import Proposal


class Award(Numbered):
    """One award (中榜决定): one a challenge, one a solution, with its reason and money."""

    PREFIX = "ZB"

    challenge = models.OneToOneField(Challenge, models.PROTECT, related_name="award")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="award")
    amount = WanField("中榜金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    reason = Prose("中榜理由", max_length=1000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", default=clock.now)

    class Meta:
        verbose_name = "中榜决定"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="award_amount_positive", condition=models.Q(amount__gt=0)),
            models.CheckConstraint(
                name="award_grant_within_amount",
                condition=models.Q(grant__gte=0, grant__lte=models.F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} → {self.proposal.lead}"
