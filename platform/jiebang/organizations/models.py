"""Units, the titles they hold, their members, and who has been invited."""

from django.conf import settings
from django.db import models

from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.common.money import WanField
from jiebang.organizations import states
from jiebang.taxonomy.models import ChainNode, District, IndustryChain


class Organization(Numbered):
    """A unit: what it is, where it sits in the industry, and whom to ask for.

    The contact is private: shown to the bureau and to matched parties only.
    """

    PREFIX = "DW"
    LIFE = states.LIFE

    name = models.CharField("单位全称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    kind = models.CharField("单位性质", max_length=12, choices=states.Kind)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=states.State,
        default=states.State.PENDING,
        editable=False,
    )
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name="所在镇街（园区）"
    )
    city = models.CharField("所在城市", max_length=40, default="东莞市")
    chain = models.ForeignKey(
        IndustryChain, models.PROTECT, null=True, blank=True, verbose_name="产业链"
    )
    node = models.ForeignKey(
        ChainNode, models.PROTECT, null=True, blank=True, verbose_name="产业链环节"
    )
    legal_person = models.CharField("法定代表人", max_length=40, blank=True)
    address = models.CharField("通讯地址", max_length=120, blank=True)
    website = models.URLField("网址", blank=True)
    intro = Prose("单位简介", max_length=500, blank=True)
    main_business = models.CharField("主营业务", max_length=200, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    staff = models.PositiveIntegerField("人员数", null=True, blank=True)
    rd_staff = models.PositiveIntegerField("研发人员数", null=True, blank=True)
    revenue = WanField("上年营业收入（万元）", null=True, blank=True)
    rd_spending = WanField("上年研发投入（万元）", null=True, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    contact_email = models.EmailField("电子邮箱", blank=True)

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(
                name="organization_state_known",
                condition=models.Q(state__in=states.State.values),
            ),
            models.CheckConstraint(
                name="organization_kind_known", condition=models.Q(kind__in=states.Kind.values)
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="organization_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def in_city(self) -> bool:
        """Say whether the unit sits in this city."""
        return self.district_id is not None

    @property
    def is_verified(self) -> bool:
        """Say whether the bureau has verified it."""
        return self.state == states.State.VERIFIED


class Qualification(models.Model):
    """A title that the unit holds, from which batch and until when."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="qualifications")
    kind = models.CharField("资质", max_length=16, choices=states.QualificationKind)
    batch = models.CharField("批次", max_length=40, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "资质"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="qualification_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Membership(models.Model):
    """A person's place in a unit. Leaving keeps the row, for what was done under it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField("单位内角色", max_length=14, choices=states.MemberRole)
    active = models.BooleanField("有效", default=True)
    since = models.DateTimeField("加入时间", default=clock.now)

    class Meta:
        verbose_name = "成员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.organization}"


class Invitation(models.Model):
    """A place offered to an e-mail address; of the token in its link only a digest is kept."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "待接受"
        ACCEPTED = "accepted", "已接受"
        REVOKED = "revoked", "已撤回"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField("邮箱")
    role = models.CharField("单位内角色", max_length=14, choices=states.MemberRole)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)
    expires_at = models.DateTimeField("有效期至")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "邀请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(state="open"),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.organization}"

    @property
    def is_expired(self) -> bool:
        """Say whether its time has run out."""
        return clock.now() >= self.expires_at
