"""What the interface says of directed commissions, and what callers write."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Actions, Id, Seen, Wan
from api.serializers import Body, Move, Named, Query, Shown
from jiebang.approvals.states import OBJECTION, ObjectionAction
from jiebang.commissions import policies, queries
from jiebang.commissions.models import Commission, Member, Objection, Opinion, Part
from jiebang.commissions.states import LIFE, Action, Cause, Kind, Stance, State
from jiebang.experts import queries as experts
from jiebang.experts.models import Expert
from jiebang.library import queries as library
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units


def _notices(_: Any) -> QuerySet[Commission]:
    return queries.notices()


def _pool(_: Any) -> QuerySet[Expert]:
    return experts.pool()


class CommissionedNeed(Shown[TechNeed]):
    """A need by its public names."""

    number = serializers.CharField(help_text="编号。")
    owner_name = serializers.SerializerMethodField(help_text="需求单位；要求隐名的为空。")

    class Meta:
        model = TechNeed
        fields = ("id", "number", "title", "owner_name")

    def get_owner_name(self, need: TechNeed) -> str:
        """Return the owner's name, unless it is withheld."""
        return "" if need.mask_owner else need.owner_name


class SubProjectShown(Shown[Part]):
    """A sub-project."""

    unit = Named(help_text="承担单位。")
    needs = serializers.SerializerMethodField(help_text="对应需求 id。")

    class Meta:
        model = Part
        fields = ("position", "title", "unit", "amount", "needs")

    def get_needs(self, part: Part) -> list[int]:
        """Return the keys of its needs."""
        return [item.need_id for item in part.items.all()]


class ConsortiumShown(Shown[Member]):
    """A unit of the consortium."""

    unit = Named(help_text="单位。")

    class Meta:
        model = Member
        fields = ("unit", "task", "share")


class CommissionShown(Shown[Commission]):
    """A commission as its notice shows it; the whole file is the dossier."""

    number = serializers.CharField(help_text="编号。")
    call = Named(help_text="批次。")
    candidate = Named(help_text="拟受托（牵头）单位。")
    applicant = Named(allow_null=True, help_text="申请单位；科技局提出的为空。")
    needs = CommissionedNeed(many=True, help_text="委托攻关的需求。")
    parts = SubProjectShown(many=True, help_text="子课题。")
    consortium = ConsortiumShown(many=True, help_text="联合体成员。")
    days_left = serializers.SerializerMethodField(help_text="公示剩余工作日。")
    actions = Actions(LIFE, policies.actions_for)

    class Meta:
        model = Commission
        fields = (
            "id", "number", "call", "kind", "title", "applicant", "candidate", "needs", "parts",
            "consortium", "cause", "reason", "amount", "grant", "term_months", "state", "version",
            "revision", "needs_higher", "higher_reasons", "proposed_at", "approved_at",
            "confirmed_at", "minutes_number", "minutes_on", "members", "published_at",
            "notice_ends_on", "days_left", "effective_at", "actions",
        )  # fmt: skip

    def get_days_left(self, thing: Commission) -> int | None:
        """Return the working days of the notice that are left."""
        return queries.days_left(thing)


class PartRow(Body):
    """A sub-project as it is written."""

    title = serializers.CharField(max_length=80, help_text="子课题名称。")
    unit = Seen(units.visible_to, help_text="承担单位 id。")
    amount = Wan(help_text="金额。")
    needs = serializers.ListField(child=Seen(library.visible_to), help_text="对应需求 id。")


class MemberRow(Body):
    """A unit of the consortium as it is written."""

    unit = Seen(units.visible_to, help_text="单位 id；须含牵头单位。")
    task = serializers.CharField(max_length=200, help_text="任务分工。")
    share = Wan(help_text="经费；合计须等于委托金额。")


class CommissionWritten(Body):
    """A draft; a missing cause or reason is the service's to refuse."""

    kind = serializers.ChoiceField(choices=Kind.choices, help_text="委托类型。")
    title = serializers.CharField(max_length=80, help_text="委托名称。")
    needs = serializers.ListField(
        child=Seen(library.visible_to), required=False, help_text="需求 id；整体打包写在子课题里。"
    )
    applicant = Seen(
        units.visible_to, required=False, allow_null=True, help_text="申请的链主单位 id。"
    )
    candidate = Seen(units.visible_to, help_text="拟受托（牵头）单位 id。")
    cause = serializers.ChoiceField(
        choices=Cause.choices, required=False, allow_blank=True, help_text="定向事由，必填。"
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="定向理由，必填。"
    )
    amount = Wan(help_text="委托金额。")
    grant = Wan(default=0, help_text="其中财政补助。")
    term_months = serializers.IntegerField(min_value=1, max_value=120, help_text="实施期限（月）。")
    parts = PartRow(many=True, required=False, help_text="子课题；金额合计须等于委托金额。")
    members = MemberRow(many=True, required=False, help_text="联合体成员。")


class CommissionChanged(CommissionWritten):
    """A draft written anew."""

    revision = serializers.IntegerField(
        min_value=0, required=False, help_text="读到的 revision；他人已保存则拒绝。"
    )


class CommissionMove(Move):
    """One step of a commission."""

    action = serializers.ChoiceField(choices=Action.choices)


class CommissionMinutes(Body):
    """The record of the collective decision."""

    minutes_number = serializers.CharField(
        allow_blank=True, max_length=60, help_text="会议纪要编号。"
    )
    minutes_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="会议日期，必填。"
    )
    members = serializers.ListField(
        child=serializers.CharField(max_length=40), help_text="审议人员姓名。"
    )


class CommissionQuery(Query):
    """The filters of the commissions."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    cause = serializers.ChoiceField(choices=Cause.choices, required=False)
    candidate = Id(required=False, help_text="受托单位 id。")
    call = Id(required=False, help_text="批次 id。")


class ExpertAsked(Body):
    """Whom to ask."""

    expert = Seen(_pool, help_text="专家 id。")


class CommissionOpinionShown(Shown[Opinion]):
    """What an expert was asked and answered."""

    commission = serializers.IntegerField(source="commission_id", help_text="定向委托 id。")
    title = serializers.CharField(source="commission.title", help_text="委托名称。")
    expert = serializers.CharField(source="expert.user.display_name", help_text="专家。")

    class Meta:
        model = Opinion
        fields = (
            "id",
            "commission",
            "title",
            "expert",
            "asked_at",
            "stance",
            "text",
            "answered_at",
        )


class CommissionOpinionGiven(Body):
    """An expert's answer."""

    stance = serializers.ChoiceField(choices=Stance.choices, help_text="意见。")
    text = serializers.CharField(max_length=2000, help_text="理由。")


class CommissionObjectionShown(Shown[Objection]):
    """An objection, for the bureau and for who objects."""

    number = serializers.CharField(help_text="编号。")
    commission = serializers.IntegerField(source="commission_id", help_text="定向委托 id。")
    unit = Named(help_text="提出单位。")
    actions = Actions(OBJECTION, policies.answers_for)

    class Meta:
        model = Objection
        fields = (
            "id", "number", "commission", "unit", "signed_name", "text", "evidence", "state",
            "made_at", "reply_by", "reply", "answered_at", "actions",
        )  # fmt: skip


class CommissionObjectionWritten(Body):
    """An objection to a notice."""

    commission = Seen(_notices, help_text="公示中的定向委托 id。")
    signed_name = serializers.CharField(max_length=40, help_text="本人姓名。")
    text = serializers.CharField(max_length=2000, help_text="异议事项和理由。")
    evidence = serializers.CharField(max_length=2000, help_text="证据和线索。")


class CommissionObjectionMove(Move):
    """The answer to an objection."""

    action = serializers.ChoiceField(choices=ObjectionAction.choices)


class DifferenceShown(serializers.Serializer[Any]):
    """One field that a later version changed."""

    field = serializers.CharField(source="label", help_text="栏目。")
    before = serializers.CharField(help_text="原内容。")
    after = serializers.CharField(help_text="新内容。")


class CommissionVersionShown(serializers.Serializer[Any]):
    """What was proposed at one time, and what it changed."""

    number = serializers.IntegerField(help_text="版本。")
    proposed_at = serializers.DateTimeField(help_text="提交时间。")
    changes = DifferenceShown(many=True, help_text="与上一版的差异。")
