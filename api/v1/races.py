"""Races: the budgets of their lanes, and the checkpoints that rank and cut."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Number
from api.serializers import Body, Shown
from api.views import Resource, found
from jiebang.contracts import queries, races
from jiebang.contracts.models import Checkpoint, Race, Standing


class RaceStandingShown(Shown[Standing]):
    """A place at a checkpoint."""

    contract_id = serializers.IntegerField()
    solver = serializers.CharField(source="contract.solver.name")
    merged_into_id = serializers.IntegerField(allow_null=True, help_text="并入的合同 id。")

    class Meta:
        model = Standing
        fields = (
            "place", "contract_id", "solver", "score", "opinion", "result", "merged_into_id",
            "freed",
        )  # fmt: skip


class CheckpointShown(Shown[Checkpoint]):
    """A checkpoint with its places."""

    standings = RaceStandingShown(many=True)

    class Meta:
        model = Checkpoint
        fields = ("id", "position", "title", "due_on", "keep", "state", "standings")


class RaceShown(Shown[Race]):
    """The budgets and checkpoints of a race; lanes and reserve add up to the cap."""

    challenge_id = serializers.IntegerField()
    challenge = serializers.CharField(source="challenge.title")
    checkpoints = CheckpointShown(many=True)

    class Meta:
        model = Race
        fields = (
            "id", "challenge_id", "challenge", "cap", "lane_1", "lane_2", "lane_3", "reserve",
            "checkpoints",
        )  # fmt: skip


class Planned(Body):
    """A checkpoint."""

    title = serializers.CharField(max_length=80, help_text="检查点名称。")
    due_on = serializers.DateField(help_text="检查日期。")
    keep = serializers.IntegerField(min_value=1, max_value=3, help_text="保留几家。")


class RaceScored(Body):
    """A contract's score."""

    contract = Id(help_text="合同 id。")
    score = Number(max_digits=5, decimal_places=2, help_text="得分，0 到 100，不能并列。")
    opinion = serializers.CharField(max_length=1000, help_text="评价。")


class Ranked(Body):
    """The scores of all running contracts."""

    rows = RaceScored(many=True)


class Decided(Body):
    """What becomes of those behind."""

    note = serializers.CharField(max_length=1000, help_text="决定理由。")
    merge_into = Id(
        required=False,
        allow_null=True,
        help_text="释放的预算并入哪份继续实施的合同；不填转入未分配。",
    )


class Races(Resource):
    """Races that the caller may read."""

    tag = "赛马"

    def get_queryset(self) -> QuerySet[Race]:
        """Return the races that the caller may read."""
        parts = "checkpoints__standings__contract__solver"
        return queries.races_visible_to(self.actor).prefetch_related(parts)

    @extend_schema(summary="查询赛马", responses=RaceShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(RaceShown, self.get_queryset())

    @extend_schema(summary="查看赛马", responses=RaceShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with its checkpoints."""
        return self.show(RaceShown, found(self.get_queryset(), pk))

    @extend_schema(summary="设置检查点", request=Planned, responses={201: RaceShown})
    @action(detail=True, methods=["post"])
    def checkpoints(self, request: Request, pk: int) -> Response:
        """Set the next checkpoint."""
        race = found(self.get_queryset(), pk)
        races.plan(race=race, actor=self.actor, **self.body(Planned))
        return self.show(RaceShown, found(self.get_queryset(), pk), 201)


class Checkpoints(Resource):
    """Checkpoints of the races that the caller may read."""

    tag = "赛马"

    def get_queryset(self) -> QuerySet[Checkpoint]:
        """Return the checkpoints that the caller may read."""
        mine = queries.races_visible_to(self.actor).order_by().values("pk")
        return Checkpoint.objects.filter(race__in=mine).select_related("race__challenge")

    @extend_schema(summary="登记名次", request=Ranked, responses=CheckpointShown)
    @action(detail=True, methods=["post"])
    def ranking(self, request: Request, pk: int) -> Response:
        """Rank every running contract by its score."""
        checkpoint, typed = found(self.get_queryset(), pk), self.body(Ranked)
        races.rank(checkpoint=checkpoint, actor=self.actor, rows=typed["rows"])
        return self._answer(pk)

    @extend_schema(summary="决定去留", request=Decided, responses=CheckpointShown)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, pk: int) -> Response:
        """Cut those behind the last place that stays; their budget is freed or merged."""
        checkpoint = found(self.get_queryset(), pk)
        races.decide(checkpoint=checkpoint, actor=self.actor, **self.body(Decided))
        return self._answer(pk)

    def _answer(self, pk: int) -> Response:
        rows: Any = self.get_queryset().prefetch_related("standings__contract__solver")
        return self.show(CheckpointShown, found(rows, pk))
