"""Integrity records: entered by an officer, answered by whom they concern, lifted by another."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions
from api.serializers import Body, Move, Named, RowBody, Shown
from api.views import Resource, found
from jiebang.accounts.models import User
from jiebang.integrity import policies, queries, services
from jiebang.integrity.models import IntegrityRecord
from jiebang.integrity.states import Action
from jiebang.organizations.models import Organization


class IntegrityRecordShown(Shown[IntegrityRecord]):
    """A record."""

    number = serializers.CharField(help_text="编号。")
    unit = Named(allow_null=True)
    person = serializers.CharField(
        source="person.display_name", default=None, allow_null=True, help_text="个人姓名。"
    )
    holds = serializers.BooleanField(help_text="今天是否生效。")
    actions = Actions(IntegrityRecord.LIFE, policies.actions_for)

    class Meta:
        model = IntegrityRecord
        fields = (
            *("id", "number", "unit", "person", "state", "conduct", "sanction", "source"),
            *("document", "holds_from", "holds_until", "holds", "entered_at"),
            *("answer", "answered_at", "actions"),
        )


class RecordWritten(RowBody[IntegrityRecord]):
    """What is held against a unit or a person; one of the two."""

    unit = serializers.PrimaryKeyRelatedField(
        queryset=Organization.objects.all(), required=False, help_text="单位 id；与个人二者择一。"
    )
    person = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), required=False, help_text="用户 id。"
    )

    class Meta:
        model = IntegrityRecord
        fields = (
            *("unit", "person", "conduct", "sanction", "source", "document"),
            *("holds_from", "holds_until"),
        )


class RecordMove(Move):
    """One step."""

    action = serializers.ChoiceField(choices=Action.choices, help_text="办理的事项。")


class Answer(Body):
    """What the unit or person has to say."""

    text = serializers.CharField(max_length=2000, help_text="陈述申辩，只能提交一次。")


class IntegrityRecords(Resource):
    """Records: all for the bureau, one's own and one's units' for others."""

    tag = "诚信记录"

    def get_queryset(self) -> QuerySet[IntegrityRecord]:
        """Return the records that the caller may read."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="诚信记录", responses=IntegrityRecordShown(many=True))
    def list(self, request: Request) -> Response:
        """List the records, newest first."""
        return self.page(IntegrityRecordShown, self.get_queryset())

    @extend_schema(summary="查看诚信记录", responses=IntegrityRecordShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(IntegrityRecordShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="登记诚信记录", request=RecordWritten, responses={201: IntegrityRecordShown}
    )
    def create(self, request: Request) -> Response:
        """Enter a record; whom it concerns is told and may answer."""
        policies.may_enter(self.actor).enforce()
        made = services.enter(actor=self.actor, data=self.body(RecordWritten))
        return self.show(IntegrityRecordShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(summary="陈述申辩", request=Answer, responses=IntegrityRecordShown)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Answer a record, once."""
        thing = found(self.get_queryset(), pk)
        services.answer(record=thing, actor=self.actor, **self.body(Answer))
        return self.show(IntegrityRecordShown, found(self.get_queryset(), pk))

    @extend_schema(summary="解除诚信记录", request=RecordMove, responses=IntegrityRecordShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Lift a record before its last day."""
        thing = found(self.get_queryset(), pk)
        services.move(record=thing, actor=self.actor, **self.body(RecordMove))
        return self.show(IntegrityRecordShown, found(self.get_queryset(), pk))
