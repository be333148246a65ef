"""Draws, which are public; seats and exceptions."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.expert_content import (
    DrawShown,
    DrawWritten,
    ExclusionsShown,
    SeatMove,
    SeatQuery,
    SeatShown,
    SeatWritten,
    WaiverMove,
    WaiverShown,
    WaiverWritten,
)
from api.v1.history import WithHistory
from api.views import Resource, found
from jiebang.challenges.models import Challenge
from jiebang.experts import draws, policies, queries, seats, services
from jiebang.experts.models import Draw, Expert, Seat, Waiver
from jiebang.library.policies import BUREAU


class Draws(Resource):
    """Draws of experts: seed, pool and result, for anybody to repeat."""

    tag = "专家抽取与分派"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Draw]:
        """Return the draws."""
        return queries.draws()

    @extend_schema(summary="专家抽取结果", responses=DrawShown(many=True))
    def list(self, request: Request) -> Response:
        """List the draws, newest first."""
        return self.page(DrawShown, self.get_queryset())

    @extend_schema(summary="查看专家抽取", responses=DrawShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with all that it takes to repeat it."""
        return self.show(DrawShown, found(self.get_queryset(), pk))

    @extend_schema(summary="抽取评审专家", request=DrawWritten, responses={201: DrawShown})
    def create(self, request: Request) -> Response:
        """Draw experts for a challenge and invite them."""
        return self.show(DrawShown, draws.hold(actor=self.actor, **self.body(DrawWritten)), 201)

    @extend_schema(summary="被排除的专家及原因", responses=ExclusionsShown(many=True))
    @action(detail=True)
    def exclusions(self, request: Request, pk: int) -> Response:
        """List who was left out and by which edge, for the bureau."""
        self.actor.needs_role(*BUREAU)
        draw = found(self.get_queryset(), pk)
        rows = [
            {"label": label, "number": draw.key[label], "reasons": why}
            for label, why in draw.exclusions.items()
        ]
        return self.page(ExclusionsShown, rows)


class Seats(WithHistory):
    """Places on panels: all for the bureau, one's own for an expert."""

    tag = "专家抽取与分派"

    def get_queryset(self) -> QuerySet[Seat]:
        """Return the seats that the caller may know of."""
        return queries.seats_visible_to(self.actor)

    @extend_schema(summary="评审席位", parameters=[SeatQuery], responses=SeatShown(many=True))
    def list(self, request: Request) -> Response:
        """List the seats."""
        return self.page(SeatShown, self.get_queryset().filter(**self.query(SeatQuery)))

    @extend_schema(summary="查看评审席位", responses=SeatShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(SeatShown, self.find(pk))

    @extend_schema(summary="指定评审专家", request=SeatWritten, responses={201: SeatShown})
    def create(self, request: Request) -> Response:
        """Ask one expert by hand."""
        typed = self.body(SeatWritten)
        expert = _expert(self, typed["challenge"], typed["expert"])
        made = seats.invite(expert=expert, challenge=typed["challenge"], actor=self.actor)
        return self.show(SeatShown, self.find(made.pk), 201)

    @extend_schema(
        summary="接受、谢绝、签署承诺、回避、撤换", request=SeatMove, responses=SeatShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step; who leaves is followed by the next in the draw's order."""
        seats.move(seat=self.find(pk), actor=self.actor, **self.body(SeatMove))
        return self.show(SeatShown, self.find(pk))


class Waivers(WithHistory):
    """Exceptions from conflicts, for the bureau."""

    tag = "专家抽取与分派"

    def get_queryset(self) -> QuerySet[Waiver]:
        """Return the exceptions that the caller may read."""
        return queries.waivers_visible_to(self.actor)

    @extend_schema(summary="回避例外", responses=WaiverShown(many=True))
    def list(self, request: Request) -> Response:
        """List the exceptions, newest first."""
        return self.page(WaiverShown, self.get_queryset())

    @extend_schema(summary="查看回避例外", responses=WaiverShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(WaiverShown, self.find(pk))

    @extend_schema(summary="提出回避例外", request=WaiverWritten, responses={201: WaiverShown})
    def create(self, request: Request) -> Response:
        """Ask a second officer for an exception."""
        typed = self.body(WaiverWritten)
        typed["expert"] = _expert(self, typed["challenge"], typed["expert"])
        made = services.propose_waiver(actor=self.actor, **typed)
        return self.show(WaiverShown, self.find(made.pk), 201)

    @extend_schema(summary="复核回避例外", request=WaiverMove, responses=WaiverShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Approve or refuse, as another officer."""
        services.decide_waiver(waiver=self.find(pk), actor=self.actor, **self.body(WaiverMove))
        return self.show(WaiverShown, self.find(pk))


def _expert(resource: Resource, challenge: Challenge, key: int) -> Expert:
    """Return the expert for whoever fills the panel; others hear that they may not first."""
    policies.may_seat(resource.actor, challenge).enforce()
    return found(queries.pool(), key)
