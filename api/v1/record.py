"""The record of everything that was done, for the bureau."""

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Query
from api.v1.history import EntryShown
from api.views import Resource
from jiebang.audit.models import Entry
from jiebang.library.policies import BUREAU
from jiebang.proposals.queries import without_sealed


class RecordQuery(Query):
    """The filters of the record."""

    q = serializers.CharField(required=False, help_text="操作人、动作或意见中的文字。")
    kind = serializers.CharField(required=False, help_text="对象类型，如 library.techneed。")
    thing = Id(required=False, help_text="对象 id。")
    begins = serializers.DateField(required=False, help_text="从这一天起。")
    ends = serializers.DateField(required=False, help_text="到这一天止。")


class Record(Resource):
    """The record; what would break a seal is not in it yet."""

    tag = "审计"
    office = ""

    @extend_schema(summary="审计记录", parameters=[RecordQuery], responses=EntryShown(many=True))
    def list(self, request: Request) -> Response:
        """List the record, newest first."""
        self.actor.needs_role(*BUREAU)
        asked = self.query(RecordQuery)
        rows: QuerySet[Entry] = without_sealed(Entry.objects.all())
        if text := asked.get("q"):
            rows = rows.filter(
                Q(actor_name__icontains=text) | Q(label__icontains=text) | Q(note__icontains=text)
            )
        columns = {
            "kind": "thing_type",
            "thing": "thing_id",
            "begins": "at__date__gte",
            "ends": "at__date__lte",
        }
        which = Q(**{c: asked[name] for name, c in columns.items() if name in asked})
        return self.page(EntryShown, rows.filter(which).order_by("-pk"))
