"""Movements of a contract's money, and the settlement when it ends before its time."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.contracts import states
from jiebang.contracts.models.contract import Contract
from jiebang.contracts.models.progress import Milestone


class Payment(Numbered):
    """One movement of money: a tranche on request, or money called back after a termination."""

    PREFIX = "BK"
    LIFE = states.PAYMENT_LIFE

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments")
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="payments", null=True, blank=True
    )
    kind = models.CharField("类别", max_length=10, choices=states.PaymentKind)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.PaymentState,
        default=states.PaymentState.REQUESTED,
        editable=False,
    )
    amount = WanField("金额（万元）")
    grant = WanField("其中财政补助（万元）", default=0)
    purpose = Prose("用途说明", max_length=500)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    voucher = models.CharField("凭证号", max_length=40, blank=True)
    settled_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = "拨付"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="payment_state_known", condition=models.Q(state__in=states.PaymentState.values)
            ),
            models.CheckConstraint(
                name="payment_grant_within_amount",
                condition=models.Q(amount__gt=0, grant__gte=0, grant__lte=models.F("amount")),
            ),
            models.CheckConstraint(
                name="payment_tranche_has_a_milestone",
                condition=models.Q(kind="tranche", milestone__isnull=False)
                | models.Q(kind="recovery", milestone=None),
            ),
            models.CheckConstraint(
                name="payment_approved_by_a_second_person",
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="payment_settled_by_another_than_who_approved",
                condition=models.Q(settled_by=None) | ~models.Q(settled_by=models.F("approved_by")),
            ),
            models.CheckConstraint(
                name="payment_settled_with_a_voucher",
                condition=~models.Q(state="paid")
                | models.Q(settled_on__isnull=False) & ~models.Q(voucher=""),
            ),
            models.UniqueConstraint(
                fields=["milestone"],
                name="payment_one_open_a_milestone",
                condition=models.Q(state__in=["requested", "approved"], kind="tranche"),
            ),
            models.UniqueConstraint(
                fields=["contract"],
                name="payment_one_open_recovery",
                condition=models.Q(state__in=["requested", "approved"], kind="recovery"),
            ),
            models.UniqueConstraint(
                fields=["voucher"],
                name="payment_voucher_once",
                condition=~models.Q(voucher=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Settlement(models.Model):
    """What was spent of the money paid and what is to be returned (结算), once a contract."""

    LIFE = states.SETTLEMENT_LIFE

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="settlement")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.SettlementState,
        default=states.SettlementState.PROPOSED,
        editable=False,
    )
    paid = WanField("已拨付（万元）")
    spent = WanField("认定支出（万元）")
    to_return = WanField("应退回（万元）")
    to_return_grant = WanField("其中财政补助（万元）", default=0)
    basis = Prose("认定依据", max_length=1000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时间", default=clock.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        verbose_name = "结算"
        constraints = [
            models.CheckConstraint(
                name="settlement_state_known",
                condition=models.Q(state__in=states.SettlementState.values),
            ),
            models.CheckConstraint(
                name="settlement_adds_up",
                condition=models.Q(
                    spent__gte=0, to_return__gte=0, paid=models.F("spent") + models.F("to_return")
                ),
            ),
            models.CheckConstraint(
                name="settlement_grant_within_return",
                condition=models.Q(
                    to_return_grant__gte=0, to_return_grant__lte=models.F("to_return")
                ),
            ),
            models.CheckConstraint(
                name="settlement_confirmed_by_a_second_person",
                condition=models.Q(confirmed_by=None)
                | ~models.Q(confirmed_by=models.F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self._meta.verbose_name}"
