"""The units behind a solution, who was invited among them, and what they remark."""

from django.conf import settings
from django.db import models

from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.models import Prose
from jiebang.common.money import WanField
from jiebang.organizations.models import Organization
from jiebang.proposals import states
from jiebang.proposals.models.solution import Proposal


class Party(models.Model):
    """A unit behind a solution: its lead, or a partner of the consortium (创新联合体).

    `exclusive`: the call lets a unit stand behind one solution only, so no second row may be.
    A partner's `confirmed_digest` is of the content it signed; another content is not confirmed.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="parties")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="成员单位"
    )
    leads = models.BooleanField("牵头", default=False)
    exclusive = models.BooleanField(default=True, editable=False)
    right = models.CharField("权限", max_length=8, choices=states.Right, default=states.Right.VIEW)
    task = models.CharField("承担任务", max_length=200, blank=True)
    money_in = WanField("投入资金（万元）", null=True, blank=True)
    grant_share = models.DecimalField(
        "资金分配比例（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    joined_at = models.DateTimeField("加入时间", default=clock.now)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    signatory = models.CharField("签署人", max_length=40, blank=True, editable=False)
    confirmed_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "联合体成员"
        ordering = ["-leads", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "unit"],
                condition=models.Q(exclusive=True),
                name="party_once_a_challenge",
            ),
            models.UniqueConstraint(fields=["proposal", "unit"], name="party_once_a_solution"),
            models.UniqueConstraint(
                fields=["proposal"], condition=models.Q(leads=True), name="party_one_lead"
            ),
            models.CheckConstraint(
                name="party_share_in_range",
                condition=(models.Q(money_in=None) | models.Q(money_in__gte=0))
                & (models.Q(grant_share=None) | models.Q(grant_share__range=(0, 100))),
            ),
        ]
        indexes = [models.Index(fields=["unit", "proposal"], name="party_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit}（{'牵头' if self.leads else '参与'}）"


class PartnerInvitation(models.Model):
    """A place in a consortium, offered to a unit here or to an e-mail address.

    Of the token in an address's link only a digest is kept; a unit answers from its own desk.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="invitations")
    unit = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="受邀单位",
    )
    email = models.EmailField("受邀邮箱", blank=True)
    right = models.CharField("权限", max_length=8, choices=states.Right)
    task = models.CharField("拟承担任务", max_length=200, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.InvitationState,
        default=states.InvitationState.OPEN,
        editable=False,
    )
    expires_at = models.DateTimeField("有效期至")
    invited_at = models.DateTimeField("邀请时间", default=clock.now)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField("答复时间", null=True, editable=False)

    class Meta:
        verbose_name = "联合体邀请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "email"],
                condition=models.Q(state="open") & ~models.Q(email=""),
                name="partner_address_invited_once",
            ),
            models.UniqueConstraint(
                fields=["proposal", "unit"],
                condition=models.Q(state="open", unit__isnull=False),
                name="partner_unit_invited_once",
            ),
            models.CheckConstraint(
                name="partner_invitation_addressed",
                condition=models.Q(unit__isnull=False, email="")
                | (models.Q(unit__isnull=True) & ~models.Q(email="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addressee} → {self.proposal}"

    @property
    def addressee(self) -> str:
        """Return who was invited, as people write it."""
        return self.unit.name if self.unit else self.email

    @property
    def is_expired(self) -> bool:
        """Say whether its time has run out unanswered."""
        return self.state == states.InvitationState.OPEN and clock.now() >= self.expires_at


class Comment(models.Model):
    """A remark on a solution by somebody of its units, for its units."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="comments")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = Prose("批注", max_length=1000)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = "批注"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.text)[:30]
