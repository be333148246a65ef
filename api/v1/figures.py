"""Statistics: the funnel for everybody; ages, queues and what nobody took up for the bureau."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Wan
from api.serializers import Query
from api.v1.challenge_content import ChallengeRow
from api.v1.need_content import NeedRow
from api.views import Resource
from jiebang.library.models import Call
from jiebang.library.policies import BUREAU
from jiebang.proposals import queries as bids
from jiebang.stats import queries, waiting
from jiebang.stats.stages import PUBLIC_MONEY, Stage


class CallQuery(Query):
    """Of which call."""

    call = serializers.PrimaryKeyRelatedField(
        queryset=Call.objects.all(), required=False, default=None, help_text="批次 id；默认全部。"
    )


class MonthsQuery(CallQuery):
    """How many months."""

    months = serializers.IntegerField(required=False, default=12, min_value=1, max_value=60)


class AgeQuery(CallQuery):
    """Waiting where."""

    where = serializers.ChoiceField(
        choices=[("board", "榜上无人揭榜"), ("library", "入库未张榜")], default="board"
    )


class UnclaimedQuery(CallQuery):
    """How old."""

    level = serializers.IntegerField(
        required=False, min_value=0, max_value=len(waiting.AGES) - 1, help_text="等待时长的档次。"
    )


class StepShown(serializers.Serializer[Any]):
    """One step of the funnel."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_label = serializers.CharField(source="stage.label")
    count = serializers.IntegerField(help_text="走到这一步的需求数。")
    money = Wan(allow_null=True, help_text="金额合计，单位：万元；不公开的为 null。")
    money_label = serializers.CharField(help_text="是什么金额。")


class GroupShown(serializers.Serializer[Any]):
    """The needs of one field, district or call."""

    code = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="步骤 → 需求数。")


class MonthShown(serializers.Serializer[Any]):
    """One month."""

    first = serializers.DateField(help_text="当月第一天。")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="步骤 → 件数。")


class CellShown(serializers.Serializer[Any]):
    """One age."""

    level = serializers.IntegerField(help_text="0 为最近。")
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class QueueShown(serializers.Serializer[Any]):
    """What waits for one kind of work."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True)
    days = serializers.IntegerField(allow_null=True, help_text="最久的已等待天数。")


class UnbidShown(ChallengeRow):
    """A challenge that nobody bid for."""

    since = serializers.DateTimeField(help_text="从何时起等待。")

    class Meta(ChallengeRow.Meta):
        fields = (*ChallengeRow.Meta.fields, "since")


class UnpostedShown(NeedRow):
    """A library need that is not on the board."""

    since = serializers.DateTimeField(help_text="从何时起等待。")

    class Meta(NeedRow.Meta):
        fields = (*NeedRow.Meta.fields, "since")


class Statistics(Resource):
    """Counts and sums."""

    tag = "统计"
    public = frozenset({"funnel", "fields", "months"})

    @extend_schema(summary="全流程漏斗", parameters=[CallQuery], responses=StepShown(many=True))
    @action(detail=False)
    def funnel(self, request: Request) -> Response:
        """Show how many needs came how far."""
        steps = queries.funnel(**self.query(CallQuery))
        inside = self.reader is not None and self.reader.has_role(*BUREAU)
        shown = [
            {
                "stage": step.stage,
                "count": step.count,
                "money": step.money if inside or step.stage in PUBLIC_MONEY else None,
                "money_label": step.money_label,
            }
            for step in steps
        ]
        return self.page(StepShown, shown)

    @extend_schema(summary="按技术领域", parameters=[CallQuery], responses=GroupShown(many=True))
    @action(detail=False)
    def fields(self, request: Request) -> Response:
        """Show the funnel of each top field."""
        return self.page(GroupShown, queries.by_field(**self.query(CallQuery)))

    @extend_schema(summary="近几个月", parameters=[MonthsQuery], responses=MonthShown(many=True))
    @action(detail=False)
    def months(self, request: Request) -> Response:
        """Show what happened month by month."""
        return self.page(MonthShown, queries.monthly(**self.query(MonthsQuery)))

    @extend_schema(
        summary="按镇街（园区）", parameters=[CallQuery], responses=GroupShown(many=True)
    )
    @action(detail=False)
    def districts(self, request: Request) -> Response:
        """Show the funnel of each district, to the bureau."""
        self.actor.needs_role(*BUREAU)
        return self.page(GroupShown, queries.by_district(**self.query(CallQuery)))

    @extend_schema(summary="按批次", responses=GroupShown(many=True))
    @action(detail=False)
    def calls(self, request: Request) -> Response:
        """Show the funnel of each call, to the bureau."""
        self.actor.needs_role(*BUREAU)
        return self.page(GroupShown, queries.by_call())

    @extend_schema(summary="等待时长", parameters=[AgeQuery], responses=CellShown(many=True))
    @action(detail=False)
    def ages(self, request: Request) -> Response:
        """Show how long what nobody took up has waited, to the bureau."""
        self.actor.needs_role(*BUREAU)
        asked = self.query(AgeQuery)
        rows = waiting.unbid if asked["where"] == "board" else waiting.unposted
        return self.page(CellShown, waiting.heat(rows(asked["call"])))

    @extend_schema(summary="待办积压", parameters=[CallQuery], responses=QueueShown(many=True))
    @action(detail=False)
    def queues(self, request: Request) -> Response:
        """Show what waits for the bureau."""
        self.actor.needs_role(*BUREAU)
        return self.page(QueueShown, waiting.queues(**self.query(CallQuery)))

    @extend_schema(
        summary="榜上无人揭榜的榜题", parameters=[UnclaimedQuery], responses=UnbidShown(many=True)
    )
    @action(detail=False)
    def unbid(self, request: Request) -> Response:
        """List the open challenges without a solution, longest first, to the bureau."""
        self.actor.needs_role(*BUREAU)
        asked = self.query(UnclaimedQuery)
        return self.page(UnbidShown, bids.counted(_of_age(waiting.unbid(asked["call"]), asked)))

    @extend_schema(
        summary="入库未张榜的需求", parameters=[UnclaimedQuery], responses=UnpostedShown(many=True)
    )
    @action(detail=False)
    def unposted(self, request: Request) -> Response:
        """List the library needs that are not posted, longest first, to the bureau."""
        self.actor.needs_role(*BUREAU)
        asked = self.query(UnclaimedQuery)
        return self.page(UnpostedShown, _of_age(waiting.unposted(asked["call"]), asked))


def _of_age(rows: Any, asked: dict[str, Any]) -> Any:
    return waiting.of_age(rows, asked["level"]) if "level" in asked else rows
