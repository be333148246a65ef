"""What follows an acceptance as it is written and shown: assessments, track, portfolio."""

from typing import Any

from rest_framework import serializers

from api.fields import Actions, Id, Wan
from api.serializers import Body, Move, Named, Query, RowBody, Shown
from jiebang.acceptance import policies
from jiebang.acceptance.models import (
    Assessment,
    TrackItem,
)
from jiebang.acceptance.states import (
    AssessmentAction,
    AssessmentState,
)


class AssessmentQuery(Query):
    """The filters of the assessments."""

    state = serializers.ChoiceField(choices=AssessmentState.choices, required=False)
    contract = Id(required=False, help_text="合同 id。")


EFFECTS = (
    "revenue", "tax", "investment", "patents", "joint_patents", "standards", "jobs", "effects",
)  # fmt: skip


class AssessmentShown(Shown[Assessment]):
    """An assessment with its effects."""

    number = serializers.CharField(help_text="编号。")
    contract_id = serializers.IntegerField()
    solver = Named(source="contract.solver", help_text="承担单位。")
    actions = Actions(Assessment.LIFE, policies.assessment_actions_for)

    class Meta:
        model = Assessment
        fields = (
            "id", "number", "contract_id", "solver", "state", "opens_on", "due_on", *EFFECTS,
            "reported_at", "score", "opinion", "scored_at", "reply", "replied_at", "actions",
        )  # fmt: skip


class EffectsWritten(RowBody[Assessment]):
    """The effects; nought is a number."""

    class Meta:
        model = Assessment
        fields = EFFECTS
        extra_kwargs = {
            **{name: {"required": True, "allow_null": False} for name in EFFECTS[:-1]},
            "effects": {"required": True},
        }


class AssessmentMove(Move):
    """Score, return, or as the unit reply; the opinion or reply is the note."""

    action = serializers.ChoiceField(choices=AssessmentAction.choices)
    score = serializers.IntegerField(required=False, allow_null=True, default=None)


class TrackQuery(Query):
    """Whose track record."""

    organization = Id(help_text="单位 id。")


class TrackShown(Shown[TrackItem]):
    """One fact of a track record, with the unit's answer."""

    organization = Named(help_text="单位。")
    contract = serializers.CharField(source="contract.title", help_text="合同名称。")

    class Meta:
        model = TrackItem
        fields = (
            "id", "organization", "contract", "kind", "happened_on", "text", "reply", "replied_at",
        )  # fmt: skip


class TrackReply(Body):
    """What the unit says to it."""

    text = serializers.CharField(max_length=500)


class DisputeWritten(Body):
    """What a dispute is about, and from where it is known."""

    text = serializers.CharField(max_length=300)


class PortfolioRow(serializers.Serializer[Any]):
    """A contract in the portfolio."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    poster = Named(allow_null=True)
    solver = Named()
    amount = Wan()
    drawn = Wan()
    paid = Wan()
    next_due = serializers.DateField(allow_null=True, help_text="下一个期限。")
    is_late = serializers.BooleanField(source="is_overdue")


class PortfolioQuery(Query):
    """The filters of the portfolio."""

    q = serializers.CharField(required=False, max_length=80, help_text="合同名称或单位。")
    district = serializers.CharField(required=False, help_text="镇街代码。")
    field = serializers.CharField(required=False, help_text="技术领域代码。")
    chain = serializers.CharField(required=False, help_text="产业链代码。")
    late = serializers.BooleanField(required=False, default=False)
    state = serializers.CharField(required=False)


class CalendarAddress(serializers.Serializer[Any]):
    """The address of one's own calendar, given out once."""

    address = serializers.URLField(help_text="订阅地址，只在生成时给出一次。")
