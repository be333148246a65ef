"""One record against a unit or a person, with its sanction, its days, its source and the answer."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.integrity import states
from jiebang.organizations.models import Organization

PERSON = settings.AUTH_USER_MODEL


class IntegrityRecord(Numbered):
    """What is held against a unit or a person, from when until when; answered once by them."""

    PREFIX = "CX"
    LIFE = states.LIFE

    unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="integrity_records",
        verbose_name="单位",
    )
    person = models.ForeignKey(
        PERSON,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="integrity_records",
        verbose_name="个人",
    )
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.State,
        default=states.State.IN_FORCE,
        editable=False,
    )
    conduct = Prose("失信行为", max_length=1000)
    sanction = models.CharField("处理", max_length=14, choices=states.Sanction)
    source = models.CharField("来源", max_length=10, choices=states.Source)
    document = models.CharField("文书编号", max_length=80, blank=True)
    holds_from = models.DateField("自")
    holds_until = models.DateField("至", null=True, blank=True)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间", default=clock.now)
    answer = Prose("陈述申辩", max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("陈述时间", null=True)

    class Meta:
        verbose_name = "诚信记录"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="integrity_state_known",
                condition=models.Q(state__in=states.State.values),
            ),
            models.CheckConstraint(
                name="integrity_sanction_known",
                condition=models.Q(sanction__in=states.Sanction.values),
            ),
            models.CheckConstraint(
                name="integrity_of_a_unit_or_a_person",
                condition=models.Q(unit=None, person__isnull=False)
                | models.Q(unit__isnull=False, person=None),
            ),
            models.CheckConstraint(
                name="integrity_days_forward",
                condition=models.Q(holds_until=None)
                | models.Q(holds_until__gte=models.F("holds_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="integrity_of_a_unit"),
            models.Index(fields=["person", "state"], name="integrity_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_sanction_display()}"

    @property
    def subject(self) -> str:
        """Return whom it is about."""
        return str(self.unit or self.person)

    @property
    def holds(self) -> bool:
        """Say whether it holds today."""
        today = clock.today()
        return (
            self.state == states.State.IN_FORCE
            and self.holds_from <= today
            and (self.holds_until is None or today <= self.holds_until)
        )

    @property
    def state_label(self) -> str:
        """Return how it stands, in words: one whose days are over no longer holds."""
        if self.state == states.State.IN_FORCE and not self.holds:
            return "未到期" if clock.today() < self.holds_from else "已期满"
        return str(self.get_state_display())
