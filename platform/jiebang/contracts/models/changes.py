"""What is asked of a running contract: to change it, extend it, terminate or revoke it."""

from django.conf import settings
from django.db import models

from jiebang.common.models import Numbered, Prose
from jiebang.contracts import states
from jiebang.contracts.models.contract import Contract


class ChangeRequest(Numbered):
    """One request (变更、延期、终止、撤销申请); of a contract one at a time is under way."""

    PREFIX = "BG"
    LIFE = states.REQUEST_LIFE

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="requests")
    kind = models.CharField("类别", max_length=12, choices=states.RequestKind)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.RequestState,
        default=states.RequestState.ASKED,
        editable=False,
    )
    reason = models.CharField("原因", max_length=16, choices=states.Reason)
    explanation = Prose("说明", max_length=2000)
    # What it would change, as `versions.take` writes a contract: only what differs.
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    ends_on = models.DateField("延期至", null=True, blank=True)
    version = models.PositiveSmallIntegerField("针对的合同版本")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField("审定时间", null=True)
    answer = Prose("审定意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = "变更申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                name="request_one_pending_a_contract",
                condition=models.Q(state__in=["asked", "agreed"]),
            ),
            models.CheckConstraint(
                name="request_state_known",
                condition=models.Q(
                    state__in=states.RequestState.values,
                    kind__in=states.RequestKind.values,
                    reason__in=states.Reason.values,
                ),
            ),
            models.CheckConstraint(
                name="request_decided_by_a_second_person",
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="request_extension_has_an_end",
                condition=~models.Q(kind="extension") | models.Q(ends_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}申请 {self.number}"
