"""What the interface says of experts, draws, seats and exceptions, and what callers write."""

from typing import Any

from rest_framework import serializers

from api.fields import Actions, Coded, Id, Seen
from api.serializers import Body, Move, Query, Reference, RowBody, Shown
from jiebang.challenges import queries as challenges
from jiebang.experts import policies
from jiebang.experts.models import (
    Assignment,
    Draw,
    Expert,
    PanelRules,
    RelatedUnits,
    Seat,
    Tie,
    Waiver,
)
from jiebang.experts.services import RULES
from jiebang.experts.states import SEAT, Availability, SeatAction, SeatState, WaiverAction
from jiebang.organizations import queries as units
from jiebang.taxonomy.models import TechField


class TieShown(Shown[Tie]):
    """A tie to a unit or a person."""

    class Meta:
        model = Tie
        fields = ("kind", "unit", "unit_name", "person", "year", "note")


class ExpertShown(Shown[Expert]):
    """A profile."""

    number = serializers.CharField(help_text="编号。")
    display_name = serializers.CharField(source="user.display_name", help_text="姓名。")
    tech_fields = Reference(source="fields", many=True, help_text="技术领域。")
    ties = TieShown(many=True, help_text="回避关系。")
    is_available = serializers.BooleanField(help_text="今天能否受邀。")
    load = serializers.IntegerField(help_text="在评的揭榜书份数。")

    class Meta:
        model = Expert
        fields = (
            "id", "number", "user", "display_name", "title", "unit", "unit_name", "tech_fields",
            "keywords", "profile", "availability", "away_until", "is_available", "load",
            "revision", "ties",
        )  # fmt: skip


class TieWritten(RowBody[Tie]):
    """A tie; a unit of the platform is found by its name."""

    class Meta:
        model = Tie
        fields = ("kind", "unit_name", "person", "year", "note")


class ExpertWritten(RowBody[Expert]):
    """A profile anew: fields and ties as a whole."""

    unit = Seen(units.visible_to, required=False, allow_null=True, help_text="平台登记的单位 id。")
    unit_name = serializers.CharField(required=False, allow_blank=True, max_length=80)
    tech_fields = Coded(
        queryset=TechField.objects.filter(active=True), many=True, help_text="技术领域代码。"
    )
    ties = TieWritten(many=True)
    revision = serializers.IntegerField(min_value=0, help_text="读到的 revision。")

    class Meta:
        model = Expert
        fields = (
            "title", "unit", "unit_name", "tech_fields", "keywords", "profile", "availability",
            "away_until", "ties", "revision",
        )  # fmt: skip


class ExpertEnrolled(ExpertWritten):
    """A new profile."""

    revision = None  # type: ignore[assignment]
    user = Id(required=False, help_text="用户 id；不填即本人。")

    class Meta(ExpertWritten.Meta):
        fields = tuple(  # type: ignore[assignment]
            "user" if name == "revision" else name for name in ExpertWritten.Meta.fields
        )


class ExpertQuery(Query):
    """The filters of the pool."""

    field = serializers.CharField(required=False, help_text="技术领域代码，含下级。")
    availability = serializers.ChoiceField(choices=Availability.choices, required=False)


class ConflictQuery(Query):
    """Against which challenge."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")


class EdgeShown(serializers.Serializer[Any]):
    """One reason not to judge."""

    kind = serializers.CharField(help_text="关系类别。")
    party = serializers.CharField(help_text="与哪个单位。")
    sentence = serializers.CharField(help_text="说明。")


class RelationShown(Shown[RelatedUnits]):
    """Two units that count as one."""

    class Meta:
        model = RelatedUnits
        fields = ("id", "one", "other", "basis")


class RelationWritten(Body):
    """Two units and what makes them one."""

    one = Seen(units.visible_to, help_text="单位 id。")
    other = Seen(units.visible_to, help_text="关联单位 id。")
    basis = serializers.CharField(max_length=100, help_text="关联依据。")


class Quota(serializers.Serializer[Any]):
    """How many of which field."""

    field = serializers.CharField(
        allow_blank=True, default="", help_text="技术领域代码；空为不限。"
    )
    count = serializers.IntegerField(help_text="人数。")


class PoolEntry(serializers.Serializer[Any]):
    """One line of the published pool."""

    number = serializers.CharField(help_text="专家在本次抽取中的代号。")
    unit = serializers.CharField(help_text="单位在本次抽取中的代号。")
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="技术领域代码。"
    )
    excluded = serializers.ListField(child=serializers.CharField(), help_text="排除的原因类别。")


class DrawShown(Shown[Draw]):
    """A draw: all that it takes to repeat it, and no name."""

    number = serializers.CharField(help_text="编号。")
    challenge_title = serializers.CharField(source="challenge.title")
    quotas = Quota(many=True)
    pool = PoolEntry(many=True, help_text="备选名单，校验码由它算出。")
    drawn = serializers.ListField(child=serializers.CharField(), help_text="抽中的代号，按顺序。")

    class Meta:
        model = Draw
        fields = (
            "id", "number", "challenge", "challenge_title", "round", "reason", "seed",
            "pool_digest", "key_digest", "quotas", "most_of_a_unit", "drawn", "drawn_at", "pool",
        )  # fmt: skip


class DrawWritten(Body):
    """What to draw; without quotas the call's panel size of any field."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    quotas = Quota(many=True, required=False, default=list)
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=300, help_text="再次抽取的原因。"
    )


class ExclusionsShown(serializers.Serializer[Any]):
    """Why an expert was left out."""

    place = serializers.CharField(source="label", help_text="在本次抽取中的代号。")
    number = serializers.CharField(help_text="专家编号。")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="原因。")


class AssignmentShown(Shown[Assignment]):
    """One solution of a seat."""

    class Meta:
        model = Assignment
        fields = ("proposal", "affinity")


class SeatShown(Shown[Seat]):
    """A place on a panel."""

    expert_name = serializers.CharField(source="expert.user.display_name")
    challenge_title = serializers.CharField(source="challenge.title")
    assignments = AssignmentShown(many=True, help_text="分派的揭榜书。")
    actions = Actions(SEAT, policies.actions_for)

    class Meta:
        model = Seat
        fields = (
            "id", "expert", "expert_name", "challenge", "challenge_title", "draw", "origin",
            "state", "invited_at", "answer_by", "review_by", "undertaken_at", "assignments",
            "actions",
        )  # fmt: skip


class SeatWritten(Body):
    """Whom to ask by hand."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    expert = Id(help_text="专家 id。")


class SeatMove(Move):
    """One step of a seat."""

    action = serializers.ChoiceField(choices=SeatAction.choices)
    signed_name = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40,
        help_text="签署承诺时填写本人姓名。",
    )  # fmt: skip


class SeatQuery(Query):
    """The filters of the seats."""

    challenge = Id(required=False, help_text="榜题 id。")
    state = serializers.ChoiceField(choices=SeatState.choices, required=False)


class WaiverShown(Shown[Waiver]):
    """An exception from a conflict."""

    expert_name = serializers.CharField(source="expert.user.display_name")
    edges = EdgeShown(many=True)
    proposed_by_name = serializers.CharField(source="proposed_by.display_name")

    class Meta:
        model = Waiver
        fields = (
            "id", "expert", "expert_name", "challenge", "state", "edges", "reason",
            "proposed_by_name", "proposed_at", "decided_at",
        )  # fmt: skip


class WaiverWritten(Body):
    """For whom an exception is asked, and why."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    expert = Id(help_text="专家 id。")
    reason = serializers.CharField(max_length=300, allow_blank=True, help_text="例外理由。")


class WaiverMove(Move):
    """The second officer's word."""

    action = serializers.ChoiceField(choices=WaiverAction.choices)


class RulesShown(Shown[PanelRules]):
    """What a call asks of its panels."""

    class Meta:
        model = PanelRules
        fields = RULES


class RulesWritten(RowBody[PanelRules]):
    """Numbers to set."""

    class Meta:
        model = PanelRules
        fields = RULES
