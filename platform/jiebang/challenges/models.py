"""A posted need with its opening and closing times."""

from datetime import datetime

from django.conf import settings
from django.db import models

from jiebang.challenges import states
from jiebang.common import clock
from jiebang.common.models import Numbered
from jiebang.common.money import WanField
from jiebang.library.models import Call, TechNeed
from jiebang.taxonomy.models import District, TechField


class Challenge(Numbered):
    """One entry of the board (榜题). What is asked stands in its need, which is locked by now.

    The times rule, not the stored state: `state_at` says what holds at a moment even when the
    clock's task is late. Filter columns are copied so that the board asks one table.
    """

    PREFIX = "JB"
    LIFE = states.LIFE

    need = models.ForeignKey(TechNeed, models.PROTECT, related_name="challenges")
    call = models.ForeignKey(Call, models.PROTECT, related_name="challenges")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.State,
        default=states.State.SCHEDULED,
        editable=False,
    )
    opens_at = models.DateTimeField("张榜时间")
    closes_at = models.DateTimeField("揭榜截止时间")
    title = models.CharField("榜题", max_length=60)
    bounty = WanField("榜单金额（万元）", null=True, blank=True)
    tech_field = models.ForeignKey(TechField, models.PROTECT, null=True)
    district = models.ForeignKey(District, models.PROTECT, null=True)
    search_text = models.TextField(editable=False)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "榜题"
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="challenge_state_known", condition=models.Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="challenge_times_forward",
                condition=models.Q(closes_at__gt=models.F("opens_at")),
            ),
            models.UniqueConstraint(
                fields=["need"],
                condition=models.Q(state__in=sorted(states.LIVE)),
                name="challenge_live_once_a_need",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opens_at"], name="challenge_to_open"),
            models.Index(fields=["state", "closes_at"], name="challenge_to_close"),
            models.Index(fields=["-opens_at", "-id"], name="challenge_board"),
        ]

    def __str__(self) -> str:
        return self.title

    def state_at(self, moment: datetime | None = None) -> str:
        """Return the state that holds by the clock; the stored one may be seconds behind."""
        moment = moment or clock.now()
        if self.state == states.State.SCHEDULED and self.opens_at <= moment:
            return states.State.OPEN if moment < self.closes_at else states.State.CLOSED
        if self.state == states.State.OPEN and self.closes_at <= moment:
            return states.State.CLOSED
        return self.state

    @property
    def state_now(self) -> str:
        """Return `state_at` this moment."""
        return self.state_at()

    @property
    def state_label(self) -> str:
        """Return the name of the state that holds now."""
        return str(states.State(self.state_now).label)

    @property
    def is_sealed(self) -> bool:
        """Say whether bids are still closed to everybody but their bidders."""
        return self.state_now in (states.State.SCHEDULED, states.State.OPEN)

    @property
    def owner_name(self) -> str:
        """Return the poster's name as the public may read it."""
        owner = self.need.owner
        if owner is None:
            return self.need.source_unit
        return f"某{owner.get_kind_display()}（名称已隐去）" if self.need.mask_owner else owner.name
