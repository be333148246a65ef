"""Contracts and their milestones: writing, signing, reporting, confirming, accepting."""

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Move, Query
from api.v1.contract_content import (
    ContractRow,
    ContractShown,
    MilestoneRow,
    MilestoneShown,
    PaymentShown,
    Recalled,
    ReportWritten,
    Signed,
    Terms,
)
from api.v1.contract_steps import Checked, Closed, ContractVersionShown, Settled, SettlementShown
from api.v1.history import WithHistory
from api.views import Resource, found
from jiebang.accounts.models import User
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.contracts import payments, progress, queries, services, settlements
from jiebang.contracts.models import Contract, Milestone, MilestoneReport
from jiebang.contracts.states import Action, MilestoneAction, State

REPORTS = MilestoneReport.objects.select_related("reported_by").prefetch_related(
    "measurements__indicator", "spending", "opinions__expert"
)
MILESTONES = Milestone.objects.prefetch_related("indicators", Prefetch("reports", REPORTS))


class ContractMove(Move):
    """One step of a contract."""

    action = serializers.ChoiceField(choices=Action.choices)


class MilestoneMove(Move):
    """The poster's word on a report."""

    action = serializers.ChoiceField(choices=MilestoneAction.choices)
    report = serializers.IntegerField(
        required=False, min_value=1, help_text="您看到的报告 id；已有更新的一版则拒绝（409）。"
    )
    rectify_by = serializers.DateField(required=False, help_text="整改期限；责令整改时必填。")


class ContractQuery(Query):
    """The filters of the contracts."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    to_sign = serializers.BooleanField(
        required=False, default=False, help_text="只列待我代表本单位签署的。"
    )


class MilestoneQuery(Query):
    """Which milestones of running contracts."""

    waiting = serializers.ChoiceField(
        choices=[("report", "待我方提交进展"), ("judge", "待我方确认"), ("late", "已逾期")],
        default="report",
    )


class Contracts(WithHistory):
    """Contracts that the caller is a party to; the bureau reads all."""

    tag = "合同"

    def get_queryset(self) -> QuerySet[Contract]:
        """Return the contracts that the caller may read."""
        return queries.visible_to(self.actor)

    def record_of(self, thing: Contract) -> QuerySet[Entry]:
        """Return the record of the contract and of its milestones."""
        return history(thing, *thing.milestones.all())

    @extend_schema(summary="查询合同", parameters=[ContractQuery], responses=ContractRow(many=True))
    def list(self, request: Request) -> Response:
        """List the contracts."""
        asked = self.query(ContractQuery)
        rows = queries.to_sign(self.actor) if asked.pop("to_sign") else self.get_queryset()
        return self.page(ContractRow, rows.filter(**asked))

    @extend_schema(summary="查看合同", responses=ContractShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with its milestones and what was measured."""
        return self._answer(pk)

    @extend_schema(summary="拟定合同", request=Terms, responses=ContractShown)
    @action(detail=True, methods=["put"])
    def terms(self, request: Request, pk: int) -> Response:
        """Write dates, clauses and milestones while it is being drafted."""
        contract = found(self.get_queryset(), pk)
        data = self.body(Terms)
        milestones = data.pop("milestones")
        services.write(contract=contract, actor=self.actor, data=data, milestones=milestones)
        return self._answer(pk)

    @extend_schema(
        summary="送签、退回重拟、验收、终止", request=ContractMove, responses=ContractShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        contract = found(self.get_queryset(), pk)
        services.move(contract=contract, actor=self.actor, **self.body(ContractMove))
        return self._answer(pk)

    @extend_schema(summary="签署", request=Signed, responses={201: ContractShown})
    @action(detail=True, methods=["post"])
    def signatures(self, request: Request, pk: int) -> Response:
        """Sign for one side; with the last signature the contract takes effect."""
        contract = found(self.get_queryset(), pk)
        services.sign(contract=contract, actor=self.actor, **self.body(Signed))
        return self._answer(pk, 201)

    @extend_schema(summary="追回资金", request=Recalled, responses={201: PaymentShown})
    @action(detail=True, methods=["post"])
    def recoveries(self, request: Request, pk: int) -> Response:
        """Call back money that was paid before the contract was terminated."""
        contract = found(self.get_queryset(), pk)
        made = payments.recall(contract=contract, actor=self.actor, **self.body(Recalled))
        return self.show(PaymentShown, made, 201)

    @extend_schema(summary="提出结算", request=Settled, responses={201: SettlementShown})
    @action(detail=True, methods=["post"])
    def settlements(self, request: Request, pk: int) -> Response:
        """Reckon what of the money paid under a broken-off contract comes back."""
        contract = found(self.get_queryset(), pk)
        made = settlements.propose(contract=contract, actor=self.actor, **self.body(Settled))
        return self.show(SettlementShown, made, 201)

    @extend_schema(summary="办结合同", request=Closed, responses=ContractShown)
    @action(detail=True, methods=["post"])
    def closing(self, request: Request, pk: int) -> Response:
        """Close the file with the paid total; needs the acceptance or the settlement."""
        contract = found(self.get_queryset(), pk)
        settlements.close(contract=contract, actor=self.actor, **self.body(Closed))
        return self._answer(pk)

    @extend_schema(summary="合同版本", responses=ContractVersionShown(many=True))
    @action(detail=True)
    def versions(self, request: Request, pk: int) -> Response:
        """List the terms as they were sent for signing and after each change, newest first."""
        contract = found(self.get_queryset(), pk)
        return self.page(ContractVersionShown, contract.versions.select_related("made_by"))

    def _answer(self, pk: int, status: int = 200) -> Response:
        rows = self.get_queryset().prefetch_related(None)
        stones = Prefetch("milestones", MILESTONES)
        rows = rows.prefetch_related("signatures__signer", "budget", stones)
        return self.show(ContractShown, found(rows, pk), status)


class Milestones(Resource):
    """Milestones of the contracts that the caller may read."""

    tag = "里程碑"

    def get_queryset(self) -> QuerySet[Milestone]:
        """Return the milestones that the caller may read."""
        mine = queries.visible_to(self.actor).order_by().values("pk")
        rows = MILESTONES.filter(contract__in=mine)
        return rows.select_related("contract__poster", "contract__solver")

    @extend_schema(
        summary="待办里程碑", parameters=[MilestoneQuery], responses=MilestoneRow(many=True)
    )
    def list(self, request: Request) -> Response:
        """List what waits, first due first; of what is late, only what one may read."""
        match self.query(MilestoneQuery)["waiting"]:
            case "report":
                rows = queries.to_report(self.actor)
            case "judge":
                rows = queries.to_judge(self.actor)
            case _:
                rows = queries.late().filter(pk__in=self.get_queryset().values("pk"))
        return self.page(MilestoneRow, rows)

    @extend_schema(summary="查看里程碑", responses=MilestoneShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with its reports."""
        return self.show(MilestoneShown, found(self.get_queryset(), pk))

    @extend_schema(summary="提交进展", request=ReportWritten, responses={201: MilestoneShown})
    @action(detail=True, methods=["post"])
    def reports(self, request: Request, pk: int) -> Response:
        """Report what was measured."""
        milestone = found(self.get_queryset(), pk)
        typed = self.body(ReportWritten)
        measured = {row.pop("indicator"): row for row in typed.pop("measurements")}
        services.report(milestone=milestone, actor=self.actor, measurements=measured, **typed)
        return self.show(MilestoneShown, found(self.get_queryset(), pk), 201)

    @extend_schema(summary="安排专家阶段检查", request=Checked, responses={201: MilestoneShown})
    @action(detail=True, methods=["post"])
    def checks(self, request: Request, pk: int) -> Response:
        """Ask experts of the challenge's panel for their opinion on the newest report."""
        milestone, typed = found(self.get_queryset(), pk), self.body(Checked)
        people = list(User.objects.filter(pk__in=typed.pop("experts")))
        progress.ask_experts(milestone=milestone, actor=self.actor, people=people, **typed)
        return self.show(MilestoneShown, found(self.get_queryset(), pk), 201)

    @extend_schema(
        summary="确认、退回、整改或建议终止", request=MilestoneMove, responses=MilestoneShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Confirm a report, which releases the tranche, or return it with a reason."""
        milestone = found(self.get_queryset(), pk)
        services.judge(milestone=milestone, actor=self.actor, **self.body(MilestoneMove))
        return self.show(MilestoneShown, found(self.get_queryset(), pk))
