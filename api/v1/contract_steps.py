"""Settlements, versions, stage checks: what is written and shown."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions, Id, Wan
from api.serializers import Body, Move, Shown
from api.v1.contract_content import OpinionRow, ReportShown
from api.views import Resource, found
from jiebang.contracts import policies, progress, queries, settlements
from jiebang.contracts.models import ContractVersion, Settlement, StageOpinion
from jiebang.contracts.states import Advice, SettlementAction


class ContractVersionShown(Shown[ContractVersion]):
    """The terms at one time."""

    made_by = serializers.CharField(source="made_by.display_name", allow_null=True)
    content: Any = serializers.DictField(help_text="当时的合同内容，里程碑按序号。")

    class Meta:
        model = ContractVersion
        fields = ("number", "why", "made_by", "made_at", "content")


class SettlementShown(Shown[Settlement]):
    """What was spent and what is to be returned."""

    contract_id = serializers.IntegerField()
    returned = Wan(source="contract.returned", read_only=True, help_text="已追回，单位：万元。")
    proposed_by = serializers.CharField(source="proposed_by.display_name")
    confirmed_by = serializers.CharField(
        source="confirmed_by.display_name", allow_null=True, read_only=True
    )
    actions = Actions(Settlement.LIFE, policies.settlement_actions_for)

    class Meta:
        model = Settlement
        fields = (
            "id", "contract_id", "state", "paid", "spent", "to_return", "to_return_grant",
            "returned", "basis", "proposed_by", "proposed_at", "confirmed_by", "actions",
        )  # fmt: skip


class Settled(Body):
    """What of the money paid was spent with reason."""

    spent = Wan(help_text="认定支出，单位：万元；其余应退回。")
    to_return_grant = Wan(default=Decimal(0), help_text="应退回的财政补助，单位：万元。")
    basis = serializers.CharField(max_length=1000, help_text="认定依据。")


class Closed(Body):
    """What the closer has counted."""

    paid_total = Wan(required=False, help_text="核对过的已拨付总额，单位：万元；须与资金台账一致。")


class Checked(Body):
    """Whom to ask, and until when."""

    experts = serializers.ListField(child=Id(), help_text="专家的用户 id，须在本榜题评审组中。")
    due_on = serializers.DateField(required=False, help_text="反馈期限，默认七天后。")


class SettlementMove(Move):
    """One step of a settlement."""

    action = serializers.ChoiceField(choices=SettlementAction.choices)


class Settlements(Resource):
    """Settlements of the contracts that the caller may read."""

    tag = "合同结算"

    def get_queryset(self) -> QuerySet[Settlement]:
        """Return the settlements that the caller may read."""
        return queries.settlements_visible_to(self.actor)

    @extend_schema(summary="查询结算", responses=SettlementShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(SettlementShown, self.get_queryset())

    @extend_schema(summary="查看结算", responses=SettlementShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(SettlementShown, found(self.get_queryset(), pk))

    @extend_schema(summary="核定或退回结算", request=SettlementMove, responses=SettlementShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Confirm it as a second person, or return it with a reason."""
        settlement = found(self.get_queryset(), pk)
        settlements.move(settlement=settlement, actor=self.actor, **self.body(SettlementMove))
        return self.show(SettlementShown, found(self.get_queryset(), pk))


class StageOpinionShown(OpinionRow):
    """A stage check with the report that it is about."""

    contract = serializers.CharField(source="report.milestone.contract.title")
    milestone = serializers.CharField(source="report.milestone.title")
    report = ReportShown()

    class Meta(OpinionRow.Meta):
        fields = (*OpinionRow.Meta.fields, "contract", "milestone", "report")


class StageOpinionGiven(Body):
    """What the expert advises."""

    advice = serializers.ChoiceField(choices=Advice.choices)
    text = serializers.CharField(max_length=1000, help_text="意见。")


class StageOpinions(Resource):
    """Stage checks asked of the caller."""

    tag = "阶段检查"

    def get_queryset(self) -> QuerySet[StageOpinion]:
        """Return the caller's own."""
        return queries.opinions_of(self.actor)

    @extend_schema(summary="请我检查的报告", responses=StageOpinionShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, those to answer first."""
        return self.page(StageOpinionShown, self.get_queryset())

    @extend_schema(summary="查看阶段检查", responses=StageOpinionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with its report."""
        return self.show(StageOpinionShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="提交阶段检查意见", request=StageOpinionGiven, responses=StageOpinionShown
    )
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: int) -> Response:
        """Hand in one's opinion, once."""
        opinion = found(self.get_queryset(), pk)
        progress.give_opinion(opinion=opinion, actor=self.actor, **self.body(StageOpinionGiven))
        return self.show(StageOpinionShown, found(self.get_queryset(), pk))
