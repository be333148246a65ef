"""One's desk: what waits, the most pressing first, and what one did."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.history import EntryShown
from api.views import Resource
from jiebang.common.dates import is_over
from jiebang.desks.items import Todo
from jiebang.desks.waiting import done_by, todo_of


class TodoShown(serializers.Serializer[Any]):
    """One thing to do."""

    verb = serializers.CharField(help_text="要办什么。")
    title = serializers.CharField(help_text="对象的名称。")
    number = serializers.CharField(help_text="对象的编号，没有编号的为空。")
    who = serializers.CharField(help_text="有关单位或人员。")
    due = serializers.SerializerMethodField(help_text="期限：日期或时间，没有期限的为 null。")
    is_late = serializers.SerializerMethodField(help_text="是否已逾期。")
    page = serializers.CharField(source="url", help_text="办理页面的地址。")

    def get_due(self, item: Todo) -> str | None:
        """Return the day or the moment."""
        return item.due.isoformat() if item.due else None

    def get_is_late(self, item: Todo) -> bool:
        """Return whether the day or the moment has passed."""
        return is_over(item.due)


class Desk(Resource):
    """The caller's own desk."""

    tag = "工作台"
    office = ""

    @extend_schema(summary="待办", responses=TodoShown(many=True))
    def list(self, request: Request) -> Response:
        """List what waits for the caller, late first, then by date, then the rest."""
        return self.page(TodoShown, todo_of(self.actor))

    @extend_schema(summary="已办", responses=EntryShown(many=True))
    @action(detail=False)
    def done(self, request: Request) -> Response:
        """List what the caller did, the newest first."""
        return self.page(EntryShown, done_by(self.actor))
