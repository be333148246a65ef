"""Directed commissions: drafts, opinions, the chain of approval, notices, objections."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.commission_content import (
    CommissionChanged,
    CommissionMinutes,
    CommissionMove,
    CommissionObjectionMove,
    CommissionObjectionShown,
    CommissionObjectionWritten,
    CommissionOpinionGiven,
    CommissionOpinionShown,
    CommissionQuery,
    CommissionShown,
    CommissionVersionShown,
    CommissionWritten,
    ExpertAsked,
)
from api.views import Resource, found
from jiebang.commissions import decisions, objections, opinions, policies, queries, services
from jiebang.commissions import strength as evidences
from jiebang.commissions.models import Commission, Objection, Opinion
from jiebang.commissions.snapshots import differences

ROWS = ("needs", "parts", "members")


class Commissions(Resource):
    """Commissions: all for the bureau, what is under public notice or decided for everybody."""

    tag = "定向委托"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Commission]:
        """Return the commissions that the caller may know of."""
        return queries.visible_to(self.reader)

    @extend_schema(
        summary="定向委托与公示",
        parameters=[CommissionQuery],
        responses=CommissionShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """List the commissions, newest first."""
        return self.page(CommissionShown, self.get_queryset().filter(**self.query(CommissionQuery)))

    @extend_schema(summary="查看定向委托", responses=CommissionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self._shown(pk)

    @extend_schema(
        summary="拟定定向委托", request=CommissionWritten, responses={201: CommissionShown}
    )
    def create(self, request: Request) -> Response:
        """Draft one; without cause or reason it is refused."""
        made = services.start(actor=self.actor, **_arguments(self.body(CommissionWritten)))
        return self._shown(made.pk, 201)

    @extend_schema(summary="修改定向委托", request=CommissionChanged, responses=CommissionShown)
    def update(self, request: Request, pk: int) -> Response:
        """Write a draft or returned commission anew."""
        thing, typed = self._find(pk), self.body(CommissionChanged)
        revision = typed.pop("revision", None)
        services.write(commission=thing, actor=self.actor, revision=revision, **_arguments(typed))
        return self._shown(pk)

    @extend_schema(
        summary="提交、审批、退回、不予委托、撤回、正式委托",
        request=CommissionMove,
        responses=CommissionShown,
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step; nobody approves what they proposed."""
        typed = self.body(CommissionMove)
        decisions.move(commission=self._find(pk), actor=self.actor, **typed)
        return self._shown(pk)

    @extend_schema(
        summary="登记集体审议并公示", request=CommissionMinutes, responses=CommissionShown
    )
    @action(detail=True, methods=["post"])
    def minutes(self, request: Request, pk: int) -> Response:
        """Record the collective decision; the notice starts."""
        typed = self.body(CommissionMinutes)
        decisions.resolve(commission=self._find(pk), actor=self.actor, **typed)
        return self._shown(pk)

    @extend_schema(
        summary="征询专家意见", request=ExpertAsked, responses={201: CommissionOpinionShown}
    )
    @action(detail=True, methods=["post"])
    def opinions(self, request: Request, pk: int) -> Response:
        """Ask an expert; a conflict of interest is refused by its name."""
        typed = self.body(ExpertAsked)
        made = opinions.ask(commission=self._find(pk), actor=self.actor, **typed)
        return self.show(CommissionOpinionShown, made, 201)

    @extend_schema(summary="审批依据", responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def dossier(self, request: Request, pk: int) -> Response:
        """Show what the decision sees: frozen with the proposal, drawn now for a draft."""
        thing = self._find(pk)
        return Response(evidences.seen(thing)[0])

    @extend_schema(summary="历次申报版本", responses=CommissionVersionShown(many=True))
    @action(detail=True)
    def versions(self, request: Request, pk: int) -> Response:
        """List what was proposed, oldest first, each with what it changed."""
        rows: list[dict[str, Any]] = []
        before: dict[str, Any] | None = None
        for row in self._find(pk).versions.all():
            changes = differences(before, row.content) if before is not None else []
            rows.append({"number": row.number, "proposed_at": row.proposed_at, "changes": changes})
            before = row.content
        return self.page(CommissionVersionShown, rows)

    def _find(self, pk: int) -> Commission:
        self.actor.needs_role(*policies.READERS)
        return found(self.get_queryset(), pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return self.show(CommissionShown, found(self.get_queryset(), pk), status)


class CommissionOpinions(Resource):
    """Opinions: all for the bureau, one's own for an expert."""

    tag = "定向委托"

    def get_queryset(self) -> QuerySet[Opinion]:
        """Return the opinions that the caller may read."""
        return queries.opinions_visible_to(self.actor)

    @extend_schema(summary="定向委托专家意见", responses=CommissionOpinionShown(many=True))
    def list(self, request: Request) -> Response:
        """List the opinions, newest first."""
        return self.page(CommissionOpinionShown, self.get_queryset())

    @extend_schema(summary="查看专家意见", responses=CommissionOpinionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(CommissionOpinionShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="答复专家意见", request=CommissionOpinionGiven, responses=CommissionOpinionShown
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Answer, once."""
        typed = self.body(CommissionOpinionGiven)
        opinions.answer(opinion=found(self.get_queryset(), pk), actor=self.actor, **typed)
        return self.show(CommissionOpinionShown, found(self.get_queryset(), pk))


class CommissionObjections(Resource):
    """Objections: all for the bureau, one's own for who objects; nobody else hears of them."""

    tag = "定向委托"

    def get_queryset(self) -> QuerySet[Objection]:
        """Return the objections that the caller may read."""
        return queries.objections_visible_to(self.actor)

    @extend_schema(summary="定向委托异议", responses=CommissionObjectionShown(many=True))
    def list(self, request: Request) -> Response:
        """List the objections, newest first."""
        return self.page(CommissionObjectionShown, self.get_queryset())

    @extend_schema(summary="查看定向委托异议", responses=CommissionObjectionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(CommissionObjectionShown, found(self.get_queryset(), pk))

    @extend_schema(
        summary="对定向委托公示提出异议",
        request=CommissionObjectionWritten,
        responses={201: CommissionObjectionShown},
    )
    def create(self, request: Request) -> Response:
        """Object to a notice; it stands still until the answer."""
        typed = self.body(CommissionObjectionWritten)
        made = objections.object_to(actor=self.actor, **typed)
        return self.show(CommissionObjectionShown, made, 201)

    @extend_schema(
        summary="答复定向委托异议",
        request=CommissionObjectionMove,
        responses=CommissionObjectionShown,
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Uphold or reject, in writing."""
        typed = self.body(CommissionObjectionMove)
        objections.answer(objection=found(self.get_queryset(), pk), actor=self.actor, **typed)
        return self.show(CommissionObjectionShown, found(self.get_queryset(), pk))


def _arguments(typed: dict[str, Any]) -> dict[str, Any]:
    rows = {name: typed.pop(name, ()) for name in ROWS}
    return {"data": typed, **rows}
