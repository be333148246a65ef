"""After acceptance: assessments, the track record, the portfolio, one's own calendar."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.afterwards_content import (
    AssessmentMove,
    AssessmentQuery,
    AssessmentShown,
    CalendarAddress,
    DisputeWritten,
    EffectsWritten,
    PortfolioQuery,
    PortfolioRow,
    TrackQuery,
    TrackReply,
    TrackShown,
)
from api.v1.history import WithHistory
from api.views import Resource, found
from jiebang.acceptance import assessments, portfolio, queries, track
from jiebang.acceptance.models import Assessment, TrackItem
from jiebang.acceptance.states import AssessmentAction
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import Contract
from jiebang.library.policies import BUREAU
from jiebang.notifications import subscriptions
from jiebang.organizations import queries as units
from jiebang.taxonomy import queries as taxonomy


class Assessments(WithHistory):
    """Performance assessments of the contracts that the caller may read."""

    tag = "绩效评价"

    def get_queryset(self) -> QuerySet[Assessment]:
        """Return the assessments that the caller may read."""
        return queries.assessments_visible_to(self.actor)

    @extend_schema(
        summary="查询绩效评价", parameters=[AssessmentQuery], responses=AssessmentShown(many=True)
    )
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        rows = self.get_queryset().filter(**self.query(AssessmentQuery))
        return self.page(AssessmentShown, rows)

    @extend_schema(summary="查看绩效评价", responses=AssessmentShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(AssessmentShown, self.find(pk))

    @extend_schema(summary="填报成效", request=EffectsWritten, responses=AssessmentShown)
    @action(detail=True, methods=["put"])
    def effects(self, request: Request, pk: int) -> Response:
        """Report the effects."""
        typed = self.body(EffectsWritten)
        assessments.report(assessment=self.find(pk), actor=self.actor, data=typed)
        return self.show(AssessmentShown, self.find(pk))

    @extend_schema(summary="评分、退回、答复", request=AssessmentMove, responses=AssessmentShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Score or return it, or as the unit answer the score."""
        typed, thing = self.body(AssessmentMove), self.find(pk)
        if typed["action"] == AssessmentAction.REPLY:
            assessments.reply(assessment=thing, actor=self.actor, text=typed["note"])
        else:
            assessments.judge(assessment=thing, actor=self.actor, **typed)
        return self.show(AssessmentShown, self.find(pk))


class TrackRecords(Resource):
    """The track records of units, which are public."""

    tag = "履约记录"
    public = frozenset({"list"})

    @extend_schema(
        summary="单位的履约记录", parameters=[TrackQuery], responses=TrackShown(many=True)
    )
    def list(self, request: Request) -> Response:
        """List a unit's items, newest first."""
        unit = found(units.visible_to(self.reader), self.query(TrackQuery)["organization"])
        return self.page(TrackShown, queries.track_items(unit.pk))

    @extend_schema(summary="答复履约记录", request=TrackReply, responses=TrackShown)
    @action(detail=True, methods=["put"])
    def reply(self, request: Request, pk: int) -> Response:
        """Answer an item in the unit's name."""
        item = found(TrackItem.objects.select_related("organization", "contract"), pk)
        made = track.answer(item=item, actor=self.actor, text=self.body(TrackReply)["text"])
        return self.show(TrackShown, made)


class ContractDisputes(Resource):
    """Disputes about contracts."""

    tag = "履约记录"

    def get_queryset(self) -> QuerySet[Contract]:
        """Return the contracts that the caller may read."""
        return contracts.visible_to(self.actor)

    @extend_schema(summary="登记争议", request=DisputeWritten, responses={201: TrackShown})
    @action(detail=True, methods=["post"])
    def disputes(self, request: Request, pk: int) -> Response:
        """Note that a contract is disputed."""
        text = self.body(DisputeWritten)["text"]
        contract = found(self.get_queryset(), pk)
        made = track.dispute(contract=contract, actor=self.actor, text=text)
        return self.show(TrackShown, made, 201)


class Portfolio(Resource):
    """All contracts at a glance, for the bureau."""

    tag = "合同"

    @extend_schema(
        summary="项目总览", parameters=[PortfolioQuery], responses=PortfolioRow(many=True)
    )
    def list(self, request: Request) -> Response:
        """List the contracts, late ones first."""
        self.actor.needs_role(*BUREAU)
        asked = self.query(PortfolioQuery)
        rows = portfolio.contracts()
        if asked.get("late"):
            rows = rows.filter(Q(is_overdue=1))
        if text := asked.get("q"):
            names = Q(poster__name__icontains=text) | Q(solver__name__icontains=text)
            rows = rows.filter(Q(title__icontains=text) | names)
        if code := asked.get("district"):
            rows = rows.filter(poster__district__code=code)
        if code := asked.get("field"):
            under = taxonomy.fields_under(code)
            rows = rows.filter(award__challenge__tech_field__in=under)
        if code := asked.get("chain"):
            rows = rows.filter(Q(poster__chain__code=code) | Q(solver__chain__code=code))
        if state := asked.get("state"):
            rows = rows.filter(state=state)
        return self.page(PortfolioRow, rows)


class CalendarKeys(Resource):
    """The secret address of one's own calendar."""

    tag = "我的日历"

    @extend_schema(summary="生成或更换订阅地址", request=None, responses={201: CalendarAddress})
    def create(self, request: Request) -> Response:
        """Make a new address; the former one ends at once."""
        secret = subscriptions.renew(person=self.actor)
        path = reverse("web:my-calendar-file", args=[secret])
        return self.show(CalendarAddress, {"address": request.build_absolute_uri(path)}, 201)

    @extend_schema(summary="停用订阅地址", request=None, responses={204: None})
    @action(detail=False, methods=["post"])
    def end(self, request: Request) -> Response:
        """End the address."""
        subscriptions.end(person=self.actor)
        return Response(status=204)
