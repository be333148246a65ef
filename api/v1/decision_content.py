"""What the interface says of reviews, decisions and objections, and what callers write."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Actions, Id, Seen, Wan
from api.serializers import Body, Move, Named, Query, RowBody, Shown
from api.v1.proposal_content import ChallengeNamed
from jiebang.awards import policies, queries
from jiebang.awards.models import (
    Choice,
    Decision,
    DecisionRules,
    Inquiry,
    Objection,
    Opinion,
    Review,
)
from jiebang.awards.states import (
    DECISION,
    OBJECTION,
    DecisionAction,
    DecisionState,
    ObjectionAction,
    ReviewMode,
)
from jiebang.challenges import queries as challenges
from jiebang.experts import exceptions
from jiebang.library.policies import BUREAU

RULES = (
    "in_steps", "basis", "blind", "diligence_required", "winners", "members_least",
    "notice_days", "reply_days", "text_least",
    "experts_published", "scores_published", "reviews_least", "spread_most",
    "reviews_if_spread", "method", "opinion_required", "comment_least",
)  # fmt: skip


def _notices(_: Any) -> QuerySet[Decision]:
    return queries.notices()


class AwardeeShown(Shown[Choice]):
    """A solution that the decision names."""

    solver = Named(source="proposal.lead", help_text="拟中榜单位。")
    late = serializers.BooleanField(source="proposal.late", help_text="是否逾期经批准提交。")

    class Meta:
        model = Choice
        fields = ("lane", "proposal", "solver", "late", "amount", "grant")


class PlaceShown(serializers.Serializer[Any]):
    """A place of the published ranking."""

    place = serializers.IntegerField(help_text="名次。")
    tied = serializers.BooleanField(help_text="是否并列。")
    lead = serializers.CharField(help_text="揭榜单位。")
    score = serializers.CharField(help_text="得分。")
    reviews = serializers.IntegerField(help_text="评审人数。")
    late = serializers.BooleanField(default=False, help_text="是否逾期经批准提交。")


class ExpertNamed(serializers.Serializer[Any]):
    """An expert of the published panel."""

    name = serializers.CharField(help_text="姓名。")
    unit = serializers.CharField(help_text="单位。")


class ExceptionShown(serializers.Serializer[Any]):
    """An expert who judged in spite of a conflict, by leave of two people."""

    expert = serializers.CharField(help_text="专家；不公布姓名的写“一名专家”。")
    sentences = serializers.ListField(
        child=serializers.CharField(), help_text="利害关系；发榜单位隐名的不写明。"
    )
    reason = serializers.CharField(help_text="例外理由。")
    proposed_by = serializers.CharField(help_text="提出人。")
    decided_by = serializers.CharField(help_text="复核人。")


class DecisionShown(Shown[Decision]):
    """A decision; ranking and experts for the public only where the call publishes them."""

    number = serializers.CharField(help_text="编号。")
    challenge = ChallengeNamed()
    owner_name = serializers.CharField(source="challenge.owner_name", help_text="发榜单位。")
    choices = AwardeeShown(many=True, help_text="拟中榜的揭榜书。")
    standing = serializers.SerializerMethodField(help_text="评审排序。")
    panel = serializers.SerializerMethodField(help_text="评审专家。")
    exceptions = serializers.SerializerMethodField(help_text="回避例外。")
    days_left = serializers.SerializerMethodField(help_text="公示剩余工作日。")
    actions = Actions(DECISION, policies.actions_for)

    class Meta:
        model = Decision
        fields = (
            "id", "number", "challenge", "owner_name", "state", "choices", "reason", "departure",
            "standing", "panel", "exceptions", "proposed_at", "approved_at", "minutes_number",
            "members", "published_at", "notice_ends_on", "days_left", "actions",
        )  # fmt: skip

    def get_standing(self, thing: Decision) -> list[dict[str, Any]]:
        """Return the ranking, or nothing where the call keeps it."""
        return thing.standing if self._open(thing).scores_published else []

    def get_panel(self, thing: Decision) -> list[dict[str, Any]]:
        """Return the experts, or nothing where the call keeps them."""
        return thing.panel if self._open(thing).experts_published else []

    @extend_schema_field(ExceptionShown(many=True))
    def get_exceptions(self, thing: Decision) -> Any:
        """Return who judged in spite of a conflict, as everybody may know of it."""
        named = self._open(thing).experts_published
        return ExceptionShown(exceptions.published(thing.challenge, named=named), many=True).data

    def get_days_left(self, thing: Decision) -> int | None:
        """Return the working days of the notice that are left."""
        return queries.days_left(thing)

    def _open(self, thing: Decision) -> DecisionRules:
        user = self.context["request"].user
        if user.is_authenticated and user.has_role(*BUREAU):
            return DecisionRules()  # the bureau reads both
        return queries.rules_of(thing.challenge.call)


class ChoiceWritten(Body):
    """A solution with its money."""

    proposal = Id(help_text="揭榜书 id。")
    amount = Wan(help_text="中榜金额。")
    grant = Wan(default=0, help_text="其中财政补助。")


class DecisionWritten(Body):
    """A proposal of who solves the challenge."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    chosen = ChoiceWritten(many=True, help_text="拟中榜的揭榜书；赛马时按名次列出。")
    reason = serializers.CharField(max_length=1000, help_text="中榜理由。")
    departure = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=1000,
        help_text="未按评审排序推荐的理由。",
    )  # fmt: skip


class DecisionRevised(DecisionWritten):
    """A returned decision proposed anew."""

    challenge = None  # type: ignore[assignment]


class DecisionMove(Move):
    """One step of a decision."""

    action = serializers.ChoiceField(choices=DecisionAction.choices)


class Minutes(Body):
    """The record of the collective decision."""

    minutes_number = serializers.CharField(max_length=60, help_text="会议纪要编号。")
    members = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=30, help_text="审议人员姓名。"
    )


class DecisionQuery(Query):
    """The filters of the decisions."""

    challenge = Id(required=False, help_text="榜题 id。")
    state = serializers.ChoiceField(choices=DecisionState.choices, required=False)


class ObjectionShown(Shown[Objection]):
    """An objection, for the bureau and who made it."""

    number = serializers.CharField(help_text="编号。")
    actions = Actions(OBJECTION, policies.answers_for)

    class Meta:
        model = Objection
        fields = (
            "id", "number", "decision", "unit", "signed_name", "text", "evidence", "state",
            "made_at", "reply_by", "reply", "answered_at", "actions",
        )  # fmt: skip


class ObjectionWritten(RowBody[Objection]):
    """An objection: real name, reasons, evidence."""

    decision = Seen(_notices, help_text="公示（定榜建议）id。")

    class Meta:
        model = Objection
        fields = ("decision", "signed_name", "text", "evidence")


class ObjectionMove(Move):
    """The answer; `note` is its text."""

    action = serializers.ChoiceField(choices=ObjectionAction.choices)


class ReviewShown(Shown[Review]):
    """A review, for the bureau and who wrote it."""

    class Meta:
        model = Review
        fields = (
            "id", "proposal", "reviewer", "mode", "points", "total", "comment", "feedback",
            "advice", "amount", "submitted_at",
        )  # fmt: skip


class ReviewWritten(RowBody[Review]):
    """A review: points for every criterion."""

    proposal = Id(help_text="揭榜书 id。")
    points = serializers.DictField(
        child=serializers.DecimalField(6, 2), help_text="各项指标的得分，以指标名称为键。"
    )
    mode = serializers.ChoiceField(choices=ReviewMode.choices, default=ReviewMode.PAPER)

    class Meta:
        model = Review
        fields = ("proposal", "mode", "points", "comment", "feedback", "advice", "amount")


class StandingShown(serializers.Serializer[Any]):
    """A solution in the ranking."""

    proposal = serializers.IntegerField(source="proposal.pk", help_text="揭榜书 id。")
    lead = serializers.CharField(source="proposal.lead.name", help_text="揭榜单位。")
    place = serializers.IntegerField(source="ranked.place", default=None, help_text="名次。")
    tied = serializers.BooleanField(source="ranked.tied", default=False, help_text="是否并列。")
    score = serializers.CharField(source="ranked.score", default=None, help_text="得分。")
    reviews = serializers.IntegerField(source="ranked.reviews", default=0, help_text="评审人数。")
    disputed = serializers.BooleanField(help_text="分歧过大，须增加专家。")


class OpinionWritten(RowBody[Opinion]):
    """The poster's opinion."""

    class Meta:
        model = Opinion
        fields = ("advice", "text")


class OpinionShown(Shown[Opinion]):
    """The poster's opinion."""

    class Meta:
        model = Opinion
        fields = ("proposal", "advice", "text", "given_at")


class InquiryWritten(RowBody[Inquiry]):
    """Due diligence or a visit."""

    class Meta:
        model = Inquiry
        fields = ("kind", "held_on", "place", "people", "checked", "found", "finding")


class InquiryShown(Shown[Inquiry]):
    """Due diligence or a visit, for the bureau."""

    class Meta:
        model = Inquiry
        fields = (
            *("id", "proposal", "kind", "held_on", "place", "people"),
            *("checked", "found", "finding", "noted_at"),
        )


class CriterionRow(Body):
    """A criterion and its most points."""

    name = serializers.CharField(max_length=40, help_text="评审指标。")
    weight = serializers.IntegerField(min_value=1, max_value=100, help_text="分值。")


class DecisionRulesShown(Shown[DecisionRules]):
    """A call's rules of review and decision."""

    criteria = serializers.SerializerMethodField(help_text="评审指标及分值。")

    class Meta:
        model = DecisionRules
        fields = (*RULES, "criteria")

    def get_criteria(self, thing: DecisionRules) -> list[dict[str, Any]]:
        """Return the criteria in force."""
        return [{"name": n, "weight": w} for n, w in queries.criteria_of(thing.call)]


class DecisionRulesWritten(RowBody[DecisionRules]):
    """The rules anew; without criteria those in force stay."""

    criteria = CriterionRow(many=True, required=False, help_text="评审指标，分值之和须为 100。")

    class Meta:
        model = DecisionRules
        fields = (*RULES, "criteria")
