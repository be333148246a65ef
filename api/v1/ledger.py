"""The tamper-evident ledger: anyone lists the hashes and checks a record by its number."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Shown
from api.views import Resource
from jiebang.ledger import queries
from jiebang.ledger.models import Record


class RecordRow(Shown[Record]):
    """A record of the ledger; its facts stay with the bureau."""

    class Meta:
        model = Record
        fields = ("number", "at", "kind", "previous", "digest")


class RecordChecked(Shown[Record]):
    """A record and what checking it found."""

    sound = serializers.BooleanField(help_text="是否通过核验。")
    faults = serializers.ListField(
        child=serializers.CharField(), help_text="不符之处；通过时为空。"
    )

    class Meta:
        model = Record
        fields = ("number", "at", "kind", "previous", "digest", "sound", "faults")


class Ledger(Resource):
    """The ledger."""

    tag = "存证"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Record]:
        """Return the records, newest first."""
        return queries.newest()

    @extend_schema(summary="存证记录", responses=RecordRow(many=True))
    def list(self, request: Request) -> Response:
        """List the records, newest first."""
        return self.page(RecordRow, self.get_queryset())

    @extend_schema(summary="核验一条存证", responses=RecordChecked)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Check one record by its number, now."""
        record = queries.record(pk)
        sentences = [fault.sentence for fault in queries.check_one(record)]
        shown = RecordRow(record).data
        return Response({**shown, "sound": not sentences, "faults": sentences})
