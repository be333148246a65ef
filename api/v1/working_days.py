"""The calendar of working days, and the bureau's corrections."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Body, Query, RowBody
from api.views import Resource
from jiebang.calendars import queries, services
from jiebang.calendars.models import Correction
from jiebang.common import clock


class DayShown(serializers.Serializer[Any]):
    """A day on which the weekday alone does not decide."""

    day = serializers.DateField(help_text="日期。")
    worked = serializers.BooleanField(help_text="是否上班。")
    reason = serializers.CharField(help_text="依据。")
    corrected = serializers.BooleanField(help_text="是否由科技局更正。", default=True)


class YearQuery(Query):
    """Which year."""

    year = serializers.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="年份；不填为今年。"
    )


class CorrectionWritten(RowBody[Correction]):
    """A day and whether it is worked."""

    day = serializers.DateField(help_text="日期。")
    worked = serializers.BooleanField(help_text="是否上班。")

    class Meta:
        model = Correction
        fields = ("day", "worked", "reason")


class DayNamed(Body):
    """A day."""

    day = serializers.DateField(help_text="日期。")


class Calendar(Resource):
    """Holidays, days worked instead, corrections; everybody reads them."""

    tag = "工作日历"
    public = frozenset({"list"})

    @extend_schema(summary="节假日与调休", parameters=[YearQuery], responses=DayShown(many=True))
    def list(self, request: Request) -> Response:
        """List the year's days that are not as their weekday says."""
        year = self.query(YearQuery).get("year", clock.today().year)
        return self.page(DayShown, queries.special_days(year))

    @extend_schema(summary="更正工作日", request=CorrectionWritten, responses={201: DayShown})
    def create(self, request: Request) -> Response:
        """Say that a day is worked, or is not."""
        made = services.correct(actor=self.actor, **self.body(CorrectionWritten))
        return self.show(DayShown, made, 201)

    @extend_schema(summary="撤销更正", request=DayNamed, responses={204: None})
    @action(detail=False, methods=["post"])
    def restore(self, request: Request) -> Response:
        """Take a correction back."""
        services.restore(actor=self.actor, **self.body(DayNamed))
        return Response(status=204)
