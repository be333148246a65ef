"""One thing done with many rows: each by itself, every refusal with its code."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Moment
from api.serializers import Body
from api.views import Resource
from jiebang.batches import services
from jiebang.batches.deeds import Given


class BulkBody(Body):
    """The rows, and what is given for all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, help_text="逐项办理的 id。"
    )
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=500, help_text="意见或理由。"
    )
    opens_at = Moment(required=False, help_text="张榜时间，批量张榜时填写。")
    closes_at = Moment(required=False, help_text="揭榜截止时间，批量张榜时填写。")
    challenge = Id(required=False, help_text="榜题 id，批量邀请专家时填写。")


class RefusedShown(serializers.Serializer[Any]):
    """A row with which it could not be done."""

    id = serializers.IntegerField(source="pk", help_text="id。")
    name = serializers.CharField(help_text="名称。")
    code = serializers.CharField(help_text="给程序看的代码，与逐项办理时相同。")
    detail = serializers.CharField(source="sentence", help_text="没有办理的原因。")


class OutcomeShown(serializers.Serializer[Any]):
    """What became of every row."""

    done = serializers.ListField(child=serializers.IntegerField(), help_text="已办理的 id。")
    refused = RefusedShown(many=True, help_text="未办理的，逐项说明原因。")


class Bulk(Resource):
    """The deeds that can be done with many rows."""

    tag = "批量办理"

    @extend_schema(
        summary="批量核验、审查、张榜、邀请、催办等", request=BulkBody, responses=OutcomeShown
    )
    def run(self, request: Request, deed: str) -> Response:
        """Do it with each row by itself; a refusal changes nothing and holds no other back."""
        typed = self.body(BulkBody)
        chosen = typed.pop("ids")
        outcome = services.run(code=deed, actor=self.actor, chosen=chosen, given=Given(**typed))
        return self.show(OutcomeShown, outcome)
