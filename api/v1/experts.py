"""The expert pool, related units, conflicts, and a call's rules and assignment."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.expert_content import (
    ConflictQuery,
    EdgeShown,
    ExpertEnrolled,
    ExpertQuery,
    ExpertShown,
    ExpertWritten,
    RelationShown,
    RelationWritten,
    RulesShown,
    RulesWritten,
    SeatShown,
)
from api.v1.history import WithHistory
from api.views import Resource, found
from jiebang.accounts.models import User
from jiebang.experts import draws, policies, queries, services
from jiebang.experts.models import Expert, RelatedUnits
from jiebang.library.models import Call
from jiebang.library.policies import BUREAU
from jiebang.taxonomy import queries as taxonomy


class Experts(WithHistory):
    """Profiles: all for the bureau, one's own for an expert."""

    tag = "评审专家"

    def get_queryset(self) -> QuerySet[Expert]:
        """Return the profiles that the caller may read."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="专家库", parameters=[ExpertQuery], responses=ExpertShown(many=True))
    def list(self, request: Request) -> Response:
        """List the experts."""
        asked, rows = self.query(ExpertQuery), self.get_queryset()
        if code := asked.pop("field", ""):
            wanted = Expert.objects.filter(fields__in=taxonomy.fields_under(code))
            rows = rows.filter(pk__in=wanted.values("pk"))
        return self.page(ExpertShown, rows.filter(**asked))

    @extend_schema(summary="查看专家信息", responses=ExpertShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(ExpertShown, self.find(pk))

    @extend_schema(summary="专家入库", request=ExpertEnrolled, responses={201: ExpertShown})
    def create(self, request: Request) -> Response:
        """Take a person with the expert's role into the pool, or oneself."""
        typed = self.body(ExpertEnrolled)
        key = typed.pop("user", self.actor.pk)
        if key != self.actor.pk:
            policies.may_keep_pool(self.actor).enforce()
        user = found(User.objects.filter(is_active=True), key)
        fields, ties = typed.pop("tech_fields"), typed.pop("ties")
        made = services.enrol(user=user, actor=self.actor, data=typed, fields=fields, ties=ties)
        return self.show(ExpertShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(summary="修改专家信息", request=ExpertWritten, responses=ExpertShown)
    def update(self, request: Request, pk: int) -> Response:
        """Write a profile anew; panels the expert is on are looked at again."""
        expert, typed = self.find(pk), self.body(ExpertWritten)
        services.edit(
            expert=expert,
            actor=self.actor,
            fields=typed.pop("tech_fields"),
            ties=typed.pop("ties"),
            revision=typed.pop("revision"),
            data=typed,
        )
        return self.show(ExpertShown, self.find(pk))

    @extend_schema(
        summary="专家与榜题各方的利害关系",
        parameters=[ConflictQuery],
        responses=EdgeShown(many=True),
    )
    @action(detail=True)
    def conflicts(self, request: Request, pk: int) -> Response:
        """List the edges between an expert and the parties of a challenge, for an officer."""
        expert, challenge = self.find(pk), self.query(ConflictQuery)["challenge"]
        policies.may_weigh(self.actor, challenge).enforce()
        return self.page(EdgeShown, queries.conflicts(expert, challenge))


class Relations(Resource):
    """Units that count as one."""

    tag = "评审专家"

    def get_queryset(self) -> QuerySet[RelatedUnits]:
        """Return all of them, newest first."""
        return RelatedUnits.objects.order_by("-pk")

    @extend_schema(summary="关联单位", responses=RelationShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, for the bureau."""
        self.actor.needs_role(*BUREAU)
        return self.page(RelationShown, self.get_queryset())

    @extend_schema(summary="登记关联单位", request=RelationWritten, responses={201: RelationShown})
    def create(self, request: Request) -> Response:
        """Note that two units count as one."""
        made = services.relate(actor=self.actor, **self.body(RelationWritten))
        return self.show(RelationShown, made, 201)


class CallPanels(Resource):
    """What a call asks of its panels, and the best assignment over its solutions."""

    tag = "专家抽取与分派"

    @extend_schema(summary="批次的评审规则", responses=RulesShown)
    @action(detail=True, url_path="panel-rules")
    def rules(self, request: Request, pk: int) -> Response:
        """Show the rules, or the defaults."""
        self.actor.needs_role(*BUREAU)
        return self.show(RulesShown, queries.rules_of(found(Call.objects.all(), pk)))

    @extend_schema(summary="设定评审规则", request=RulesWritten, responses=RulesShown)
    @rules.mapping.patch
    def set_rules(self, request: Request, pk: int) -> Response:
        """Set some of the rules."""
        call, values = found(Call.objects.all(), pk), self.body(RulesWritten, partial=True)
        return self.show(RulesShown, services.set_rules(call=call, actor=self.actor, values=values))

    @extend_schema(summary="统筹分派专家", request=None, responses={201: SeatShown(many=True)})
    @action(detail=True, methods=["post"], url_path="expert-assignment")
    def assign(self, request: Request, pk: int) -> Response:
        """Invite the experts of the best assignment for all solutions that wait for experts."""
        made = draws.assign(call=found(Call.objects.all(), pk), actor=self.actor)
        rows = queries.seats().filter(pk__in=[seat.pk for seat in made]).order_by("pk")
        return self.page(SeatShown, rows, 201)
