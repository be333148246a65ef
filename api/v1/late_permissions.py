"""Permissions to hand in late: one of the bureau proposes, another decides."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions, Seen
from api.serializers import Move, Named, RowBody, Shown
from api.views import Resource, found
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.errors import NotAllowed
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units
from jiebang.proposals import late, policies, queries
from jiebang.proposals.models import LatePermission
from jiebang.proposals.states import LateAction


class LateShown(Shown[LatePermission]):
    """That a unit may hand in after closing, and why."""

    number = serializers.CharField(help_text="编号。")
    unit = Named()
    proposed_by = serializers.CharField(source="proposed_by.display_name")
    decided_by = serializers.SerializerMethodField()
    actions = Actions(LatePermission.LIFE, policies.late_actions_for)

    class Meta:
        model = LatePermission
        fields = (
            "id", "number", "unit", "state", "reason", "until", "proposed_by", "decided_by",
            "decided_at", "actions",
        )  # fmt: skip

    def get_decided_by(self, permission: LatePermission) -> str:
        """Return who decided; empty while nobody has."""
        return permission.decided_by.display_name if permission.decided_by else ""


class LateWritten(RowBody[LatePermission]):
    """For which unit, until when, why."""

    unit = Seen(units.visible_to, help_text="单位 id。")

    class Meta:
        model = LatePermission
        fields = ("unit", "until", "reason")


class LateMove(Move):
    """Granting or refusing."""

    action = serializers.ChoiceField(choices=LateAction.choices)


class ChallengeLate(Resource):
    """The permissions of one challenge, for the bureau."""

    tag = "逾期许可"

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return challenges.visible_to(self.actor)

    @extend_schema(summary="逾期许可", responses=LateShown(many=True))
    @action(detail=True, url_path="late-permissions")
    def late_permissions(self, request: Request, pk: int) -> Response:
        """List what was proposed and decided, newest first."""
        challenge = found(self.get_queryset(), pk)
        if not self.actor.has_role(*BUREAU):
            raise NotAllowed("逾期许可由科技局办理", code="role_required")
        return self.page(LateShown, queries.late_permissions(challenge))

    @extend_schema(summary="提出逾期许可", request=LateWritten, responses={201: LateShown})
    @late_permissions.mapping.post
    def propose(self, request: Request, pk: int) -> Response:
        """Ask that a unit may hand in late; somebody else decides."""
        challenge = found(self.get_queryset(), pk)
        policies.may_propose_late(self.actor, challenge, None).enforce()
        made = late.propose(challenge=challenge, actor=self.actor, **self.body(LateWritten))
        return self.show(LateShown, made, 201)


class LatePermissions(Resource):
    """One permission."""

    tag = "逾期许可"

    @extend_schema(summary="批准或不予批准", request=LateMove, responses=LateShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Decide; never the one who proposed it."""
        if not self.actor.has_role(*BUREAU):
            raise NotAllowed("逾期许可由科技局办理", code="role_required")
        rows = LatePermission.objects.select_related("challenge__need", "unit", "proposed_by")
        permission = found(rows, pk)
        late.decide(permission=permission, actor=self.actor, **self.body(LateMove))
        return self.show(LateShown, permission)
