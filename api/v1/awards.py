"""Awards: who solves what, for how much, and why; public once decided."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Seen
from api.serializers import Named, Query, RowBody, Shown
from api.v1.proposal_content import ChallengeNamed
from api.views import Resource, found
from jiebang.awards import queries, services
from jiebang.awards.models import Award
from jiebang.challenges import queries as challenges
from jiebang.proposals import queries as proposals


class AwardShown(Shown[Award]):
    """An award."""

    number = serializers.CharField(help_text="编号。")
    challenge = ChallengeNamed()
    owner_name = serializers.CharField(source="challenge.owner_name", help_text="发榜单位。")
    solver = Named(source="proposal.lead", help_text="中榜单位。")
    late = serializers.BooleanField(source="proposal.late", help_text="是否逾期经批准提交。")

    class Meta:
        model = Award
        fields = (
            "id", "number", "challenge", "owner_name", "solver", "late", "amount", "grant",
            "reason", "decided_at",
        )  # fmt: skip


class AwardWritten(RowBody[Award]):
    """A decision."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    proposal = Id(help_text="揭榜书 id。")

    class Meta:
        model = Award
        fields = ("challenge", "proposal", "amount", "grant", "reason")


class AwardQuery(Query):
    """The filter of the awards."""

    challenge = Id(required=False, help_text="榜题 id。")
    solver = Id(required=False, help_text="中榜单位 id。")


class Awards(Resource):
    """Awards."""

    tag = "中榜"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Award]:
        """Return the awards."""
        return queries.published()

    @extend_schema(summary="中榜结果", parameters=[AwardQuery], responses=AwardShown(many=True))
    def list(self, request: Request) -> Response:
        """List the awards, newest first."""
        asked = self.query(AwardQuery)
        columns = {"challenge": "challenge", "solver": "proposal__lead"}
        which: dict[str, Any] = {columns[name]: value for name, value in asked.items()}
        return self.page(AwardShown, self.get_queryset().filter(**which))

    @extend_schema(summary="查看中榜结果", responses=AwardShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(AwardShown, found(self.get_queryset(), pk))

    @extend_schema(summary="定榜", request=AwardWritten, responses={201: AwardShown})
    def create(self, request: Request) -> Response:
        """Decide who solves a challenge; a contract is begun with it."""
        typed = self.body(AwardWritten)
        proposal = proposals.find(self.actor, typed.pop("proposal"))
        made = services.award(proposal=proposal, actor=self.actor, **typed)
        return self.show(AwardShown, found(self.get_queryset(), made.pk), 201)
