"""Solutions: starting, writing, handing in; sealed for everybody else until the closing time."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.serializers import Move, Query
from api.v1.history import WithHistory
from api.v1.proposal_content import (
    ProposalRow,
    ProposalShown,
    ProposalStarted,
    ProposalWritten,
    ReceiptShown,
)
from api.v1.versions import ChangeShown, DifferenceQuery
from api.views import found
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.openings import queries as readers
from jiebang.openings import services as openings
from jiebang.proposals import policies, queries, services, snapshots
from jiebang.proposals.models import Proposal, Receipt
from jiebang.proposals.states import Action, State


class ProposalMove(Move):
    """One step of a solution."""

    action = serializers.ChoiceField(choices=Action.choices)


class ProposalQuery(Query):
    """The filters of the solutions."""

    mine = serializers.BooleanField(required=False, default=False, help_text="只列本单位的。")
    challenge = Id(required=False, help_text="榜题 id。")
    state = serializers.ChoiceField(choices=State.choices, required=False)


class BidReading(serializers.Serializer[readers.Reading]):
    """Who read what of a solution, and when."""

    at = serializers.DateTimeField()
    reader_name = serializers.CharField(help_text="查看人。")
    unit_name = serializers.CharField(help_text="所在单位。")
    what = serializers.CharField(help_text="内容。")


class Proposals(WithHistory):
    """Solutions that the caller may read."""

    tag = "揭榜"

    def get_queryset(self) -> QuerySet[Proposal]:
        """Return the solutions that the caller may read."""
        return queries.visible_to(self.actor)

    def find(self, pk: int) -> Proposal:
        """Return the solution; raises NotAllowed while it is sealed, NotFound to strangers."""
        proposal = queries.find(self.actor, pk)
        openings.note_look(proposal=proposal, reader=self.actor)
        return proposal

    @extend_schema(
        summary="查询揭榜书", parameters=[ProposalQuery], responses=ProposalRow(many=True)
    )
    def list(self, request: Request) -> Response:
        """List one's own, and opened ones for poster and bureau."""
        asked = self.query(ProposalQuery)
        rows = queries.mine(self.actor) if asked.pop("mine") else self.get_queryset()
        return self.page(ProposalRow, rows.filter(**asked))

    @extend_schema(summary="查看揭榜书", responses=ProposalShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one in full."""
        return self.show(ProposalShown, self.find(pk))

    @extend_schema(summary="起草揭榜书", request=ProposalStarted, responses={201: ProposalShown})
    def create(self, request: Request) -> Response:
        """Begin a solution in a unit's name, or state the intention; one a unit and challenge."""
        typed = self.body(ProposalStarted)
        begin = services.intend if typed.pop("intention") else services.start
        made = begin(actor=self.actor, **typed)
        return self.show(ProposalShown, made, 201)

    @extend_schema(summary="填写揭榜书", request=ProposalWritten, responses=ProposalShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Keep what was written; a draft may be kept after closing too."""
        proposal = self.find(pk)
        data = self.body(ProposalWritten)
        seen, rows = data.pop("revision"), data.pop("responses", None)
        responses = None
        if rows is not None:
            responses = {row.pop("indicator"): row for row in rows}
        tables = {
            name: data.pop(table.related)
            for name, table in snapshots.TABLES.items()
            if table.related in data
        }
        services.save(
            proposal=proposal,
            actor=self.actor,
            data=data,
            responses=responses,
            tables=tables,
            revision=seen,
        )
        return self.show(ProposalShown, self.find(pk))

    @extend_schema(summary="提交、撤回、重新编辑", request=ProposalMove, responses=ProposalShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step; handing in adds a receipt."""
        services.move(proposal=self.find(pk), actor=self.actor, **self.body(ProposalMove))
        return self.show(ProposalShown, self.find(pk))

    @extend_schema(summary="谁看过本单位的材料", responses=BidReading(many=True))
    @action(detail=True)
    def readings(self, request: Request, pk: int) -> Response:
        """List who opened the files or looked while it was sealed, for the bidder."""
        proposal = found(queries.mine(self.actor), pk)
        return self.page(BidReading, readers.readings_of(proposal))

    @extend_schema(summary="揭榜回执", responses=ReceiptShown(many=True))
    @action(detail=True)
    def receipts(self, request: Request, pk: int) -> Response:
        """List the receipts with what was handed in, for the bidder."""
        return self.page(ReceiptShown, self._receipts(pk))

    @extend_schema(
        summary="两个版本的差异", parameters=[DifferenceQuery], responses=ChangeShown(many=True)
    )
    @action(detail=True)
    def difference(self, request: Request, pk: int) -> Response:
        """List what changed from one handed-in version to another, for the bidder."""
        asked = self.query(DifferenceQuery)
        kept = {receipt.version: receipt.content for receipt in self._receipts(pk)}
        if missing := {asked["before"], asked["after"]} - kept.keys():
            raise NotFound(f"这份揭榜书没有提交过第 {min(missing)} 版")
        changes = snapshots.differences(kept[asked["before"]], kept[asked["after"]])
        return self.page(ChangeShown, changes)

    def _receipts(self, pk: int) -> QuerySet[Receipt]:
        proposal = self.find(pk)
        if not policies.is_party(self.actor, proposal):
            raise NotAllowed("回执只对揭榜单位开放", code="not_a_party")
        return proposal.receipts.select_related("permission").order_by("version")
