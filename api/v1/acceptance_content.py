"""Acceptances and their panels as they are written and shown."""

from typing import Any

from rest_framework import serializers

from api.fields import Actions, Id, Number
from api.serializers import Body, Move, Named, Query, RowBody, Shown
from jiebang.acceptance import checklist, policies, queries
from jiebang.acceptance.models import (
    Acceptance,
    AcceptanceRules,
    Member,
    PanelDraw,
    Result,
    Vote,
)
from jiebang.acceptance.services import RULES
from jiebang.acceptance.states import (
    Action,
    Conclusion,
    Paper,
    Satisfaction,
    State,
)
from jiebang.accounts.models import User
from jiebang.experts.states import SeatAction
from jiebang.integrity.states import Sanction


class AcceptanceQuery(Query):
    """The filters of the acceptances."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    contract = Id(required=False, help_text="合同 id。")


class AcceptanceMove(Move):
    """One step of an acceptance."""

    action = serializers.ChoiceField(choices=Action.choices)


class AcceptanceStart(Body):
    """For which contract."""

    contract = Id(help_text="合同 id。")


class ResultWritten(Body):
    """What was measured for one indicator."""

    indicator = Id(help_text="技术指标 id。")
    value = Number(required=False, allow_null=True, help_text="实测值。")
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="定性指标的实测情况。"
    )
    evidence = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="佐证。"
    )


class ApplicationWritten(RowBody[Acceptance]):
    """The application as far as one has come."""

    revision = serializers.IntegerField(min_value=0, help_text="读到的 revision。")
    results = ResultWritten(many=True, required=False, help_text="指标实测，整行替换。")

    class Meta:
        model = Acceptance
        fields = ("revision", *checklist.WRITABLE, "results")
        extra_kwargs = {name: {"required": False} for name in checklist.WRITABLE}


class SatisfactionWritten(Body):
    """How content the poster is."""

    satisfaction = serializers.ChoiceField(choices=Satisfaction.choices)
    text = serializers.CharField(max_length=1000, help_text="理由。")


class PanelQuota(Body):
    """How many of which field."""

    field = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="技术领域代码，空为不限。"
    )
    count = serializers.IntegerField(min_value=1, max_value=50)


class PanelDrawWritten(Body):
    """The quotas of a draw; without any the call's size."""

    quotas = PanelQuota(many=True, required=False, default=())
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=300, help_text="再次抽取的原因。"
    )


class ConclusionWritten(Body):
    """What an officer proposes."""

    conclusion = serializers.ChoiceField(choices=Conclusion.choices)
    reason = serializers.CharField(max_length=2000)
    departure = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=1000,
        help_text="与专家多数意见不一致时的理由。",
    )
    revise_by = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="修改后复核的期限。"
    )


class IntegrityWritten(Body):
    """The record that a failed acceptance proposes."""

    conduct = serializers.CharField(max_length=1000)
    sanction = serializers.ChoiceField(choices=Sanction.choices)
    holds_until = serializers.DateField(required=False, allow_null=True, default=None)


class CheckShown(serializers.Serializer[Any]):
    """One line of the completeness list."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    done = serializers.BooleanField()
    lack = serializers.CharField(allow_blank=True)


class ResultShown(Shown[Result]):
    """What was measured for one indicator."""

    indicator_id = serializers.IntegerField()
    measured = serializers.CharField(help_text="实测的中文写法。")

    class Meta:
        model = Result
        fields = ("indicator_id", "value", "text", "evidence", "measured")


def more(user: User, acceptance: Acceptance) -> dict[str, str]:
    """Return what one can do besides the steps."""
    can = {}
    if acceptance.state in (State.SUBMITTED, State.REVIEWING):
        if policies.may_say_satisfied(user, acceptance):
            can["rate"] = "评价满意度"
        if acceptance.state == State.REVIEWING and policies.may_convene(user, acceptance):
            can["draw"] = "抽取专家"
    return can


class AcceptanceRow(Shown[Acceptance]):
    """An acceptance in a list."""

    number = serializers.CharField(help_text="编号。")
    contract = Named(source="contract_named", help_text="合同。")
    solver = Named(source="contract.solver", help_text="承担单位。")
    is_late = serializers.SerializerMethodField(help_text="应申请而未申请，且已过期限。")
    actions = Actions(Acceptance.LIFE, policies.actions_for, more)

    class Meta:
        model = Acceptance
        fields: tuple[str, ...] = (
            "id", "number", "contract", "solver", "state", "turn", "due_on", "is_late",
            "submitted_at", "satisfaction", "conclusion", "revise_by", "notice_ends_on",
            "concluded_at", "actions",
        )  # fmt: skip

    def to_representation(self, instance: Acceptance) -> dict[str, Any]:
        """Return the row; the parties read a proposed conclusion only once it is effective."""
        instance.contract_named = {  # type: ignore[attr-defined]
            "id": instance.contract_id,
            "name": instance.contract.title,
        }
        shown = super().to_representation(instance)
        user = self.context["request"].user
        known = instance.concluded_at or instance.state in (State.REVISING, State.NOTICE)
        if not known and not (isinstance(user, User) and policies.may_see_votes(user, instance)):
            shown |= {"conclusion": "", "conclusion_label": ""}
            shown |= {"reason": "", "departure": ""} if "reason" in shown else {}
        return shown

    def get_is_late(self, acceptance: Acceptance) -> bool:
        """Say whether the application should be in by now."""
        return acceptance.is_late()


class AcceptanceShown(AcceptanceRow):
    """An acceptance in full."""

    results = ResultShown(many=True)
    checks = serializers.SerializerMethodField(help_text="材料清单。")

    class Meta(AcceptanceRow.Meta):
        fields = (
            *AcceptanceRow.Meta.fields, "revision", "summary", "benefits", "intellectual_property",
            "spent", "satisfaction_text", "reason", "departure", "integrity", "results", "checks",
        )  # fmt: skip

    def get_checks(self, acceptance: Acceptance) -> list[dict[str, Any]]:
        """Return the completeness list."""
        return [dict(CheckShown(check).data) for check in checklist.checks(acceptance)]


class VoteShown(Shown[Vote]):
    """One member's opinion and vote."""

    expert = serializers.CharField(source="member.expert.user.display_name")

    class Meta:
        model = Vote
        fields = ("id", "expert", "turn", "advice", "text", "given_at")


class VoteWritten(Body):
    """One's opinion and vote."""

    advice = serializers.ChoiceField(choices=Conclusion.choices)
    text = serializers.CharField(max_length=2000)


class PanelMemberMove(Move):
    """One step of a seat; who signs writes their name."""

    action = serializers.ChoiceField(choices=SeatAction.choices)
    signed_name = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="签名。"
    )


class PanelMemberShown(Shown[Member]):
    """A seat on a panel."""

    acceptance_id = serializers.IntegerField()
    title = serializers.CharField(source="acceptance.contract.title", help_text="合同名称。")
    expert = serializers.CharField(source="expert.user.display_name")
    voted = serializers.SerializerMethodField(help_text="本次评议是否已提交意见。")
    actions = Actions(Member.LIFE, policies.member_actions_for)

    class Meta:
        model = Member
        fields = (
            "id", "acceptance_id", "title", "expert", "origin", "state", "answer_by", "review_by",
            "undertaken_at", "voted", "actions",
        )  # fmt: skip

    def get_voted(self, member: Member) -> bool:
        """Say whether this turn's vote is in."""
        return queries.voted(member)


class PanelDrawShown(Shown[PanelDraw]):
    """A draw with all that it takes to repeat it."""

    number = serializers.CharField(help_text="编号。")
    contract = serializers.CharField(source="acceptance.contract.number", help_text="合同编号。")
    pool: Any = serializers.JSONField(help_text="备选名单，以代号表示。")
    quotas: Any = serializers.JSONField(help_text="抽取名额。")
    drawn: Any = serializers.JSONField(help_text="抽中的代号，按次序。")

    class Meta:
        model = PanelDraw
        fields = (
            "id", "number", "contract", "round", "seed", "pool_digest", "key_digest", "quotas",
            "most_of_a_unit", "drawn", "pool", "reason", "drawn_at",
        )  # fmt: skip


class AcceptanceRulesShown(Shown[AcceptanceRules]):
    """A call's rules of acceptance."""

    papers = serializers.ListField(child=serializers.ChoiceField(choices=Paper.choices))

    class Meta:
        model = AcceptanceRules
        fields = RULES


class AcceptanceRulesWritten(RowBody[AcceptanceRules]):
    """A call's rules of acceptance; what is left out stays."""

    papers = serializers.ListField(
        child=serializers.ChoiceField(choices=Paper.choices), required=False
    )

    class Meta:
        model = AcceptanceRules
        fields = RULES
        extra_kwargs = {name: {"required": False} for name in RULES if name != "papers"}
