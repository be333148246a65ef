"""Changing, extending, terminating and revoking contracts: asked, agreed to, decided."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions, Id
from api.serializers import Body, Move, Query, Shown
from api.views import Resource, found
from jiebang.contracts import changes, policies, queries, versions
from jiebang.contracts.models import ChangeRequest
from jiebang.contracts.states import Reason, RequestAction, RequestKind, RequestState


class RequestMove(Move):
    """One step of a request."""

    action = serializers.ChoiceField(choices=RequestAction.choices)
    version = serializers.IntegerField(
        required=False, min_value=0, help_text="您看到的合同版本；已不是最新则拒绝（409）。"
    )


class RequestQuery(Query):
    """The filters of the requests."""

    contract = serializers.IntegerField(required=False, help_text="合同 id。")
    kind = serializers.ChoiceField(choices=RequestKind.choices, required=False)
    state = serializers.ChoiceField(choices=RequestState.choices, required=False)


class DifferenceLine(serializers.Serializer[Any]):
    """One thing that changes."""

    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()


class RequestShown(Shown[ChangeRequest]):
    """A request."""

    number = serializers.CharField(help_text="编号。")
    contract_id = serializers.IntegerField()
    differences = serializers.SerializerMethodField(help_text="变更前后对照。")
    asked_by = serializers.CharField(source="asked_by.display_name")
    agreed_by = serializers.CharField(
        source="agreed_by.display_name", allow_null=True, read_only=True
    )
    decided_by = serializers.CharField(
        source="decided_by.display_name", allow_null=True, read_only=True
    )
    actions = Actions(ChangeRequest.LIFE, policies.request_actions_for)

    class Meta:
        model = ChangeRequest
        fields = (
            "id", "number", "contract_id", "kind", "state", "reason", "explanation", "ends_on",
            "version", "differences", "asked_by", "agreed_by", "decided_by", "decided_at",
            "answer", "actions",
        )  # fmt: skip

    @extend_schema_field(DifferenceLine(many=True))
    def get_differences(self, request: ChangeRequest) -> Any:
        """Return what changes, before and after."""
        return [row._asdict() for row in versions.differences(request.before, request.after)]


class Asked(Body):
    """What is asked, and why."""

    contract = Id(help_text="合同 id。")
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    reason = serializers.ChoiceField(
        choices=Reason.choices, required=False, default="", allow_blank=True,
        help_text="原因代码，须属于该类别。",
    )  # fmt: skip
    explanation = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True, help_text="说明。"
    )
    ends_on = serializers.DateField(required=False, help_text="延期至；延期时必填。")
    after = serializers.DictField(
        required=False,
        help_text='变更后的内容，如 {"milestones": {"2": {"due_on": "2026-12-31"}}}。',
    )


class ContractRequests(Resource):
    """Requests of the contracts that the caller may read."""

    tag = "合同变更"

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        """Return the requests that the caller may read."""
        return queries.requests_visible_to(self.actor)

    @extend_schema(
        summary="查询变更申请", parameters=[RequestQuery], responses=RequestShown(many=True)
    )
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(RequestShown, self.get_queryset().filter(**self.query(RequestQuery)))

    @extend_schema(summary="查看变更申请", responses=RequestShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(RequestShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="申请变更、延期、终止、撤销", request=Asked, responses={201: RequestShown}
    )
    def create(self, request: Request) -> Response:
        """Ask; one request of a contract at a time."""
        typed = self.body(Asked)
        contract = found(queries.visible_to(self.actor), typed.pop("contract"))
        made = changes.ask(contract=contract, actor=self.actor, **typed)
        return self.show(RequestShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(summary="同意、审定、撤回", request=RequestMove, responses=RequestShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        asked = found(self.get_queryset(), pk)
        changes.move(request=asked, actor=self.actor, **self.body(RequestMove))
        return self.show(RequestShown, found(self.get_queryset(), pk))
