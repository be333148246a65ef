"""What decisions and objections of every kind have in common; each app has tables of its own."""

from django.conf import settings
from django.db import models

from jiebang.approvals import states
from jiebang.common import clock
from jiebang.common.models import Numbered, Prose
from jiebang.organizations.models import Organization

PERSON = settings.AUTH_USER_MODEL


class Resolved(Numbered):
    """A decision that a meeting takes and a public notice follows; its table sets the states."""

    minutes_number = models.CharField("会议纪要编号", max_length=60, blank=True)
    members = models.JSONField("审议人员", default=list)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("公示开始时间", null=True)
    notice_ends_on = models.DateField("公示截止日", null=True)
    days_left = models.PositiveSmallIntegerField("暂停时剩余工作日", null=True)

    state: str
    pk: int

    class Meta:
        abstract = True


class ObjectionMade(Numbered):
    """An objection to a notice (异议): real name and evidence; who objects stays confidential."""

    LIFE = states.OBJECTION

    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    objector = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    signed_name = models.CharField("实名", max_length=40)
    text = Prose("异议内容", max_length=2000)
    evidence = Prose("证据和线索", max_length=2000)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=states.ObjectionState,
        default=states.ObjectionState.RECEIVED,
        editable=False,
    )
    made_at = models.DateTimeField("提出时间", default=clock.now)
    reply_by = models.DateField("答复期限")
    reply = Prose("答复", max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number
