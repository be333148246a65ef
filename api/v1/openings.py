"""Emergency openings of sealed solutions: one proposes, another decides, the two may look."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Actions, Label, Seen
from api.serializers import Body, Move, Shown
from api.v1.history import WithHistory
from api.v1.proposal_content import ProposalRow
from jiebang.challenges import queries as challenges
from jiebang.openings import policies, queries, services
from jiebang.openings.models import Opening
from jiebang.openings.states import LIFE, Action
from jiebang.proposals import queries as bids


class OpeningShown(Shown[Opening]):
    """An emergency opening, for the bureau."""

    number = serializers.CharField(help_text="编号。")
    challenge = serializers.IntegerField(source="challenge_id", help_text="榜题 id。")
    state_label = Label("state", help_text="中文名称。")
    proposed_by = serializers.CharField(source="proposed_by.display_name", help_text="提出人。")
    decided_by = serializers.CharField(
        source="decided_by.display_name", default="", help_text="复核人；未复核的为空。"
    )
    actions = Actions(LIFE, policies.actions_for)

    class Meta:
        model = Opening
        fields = (
            "id", "number", "challenge", "state", "state_label", "reason", "created_at",
            "proposed_by", "decided_by", "decided_at", "actions",
        )  # fmt: skip


class OpeningWritten(Body):
    """What to open, and why."""

    challenge = Seen(challenges.visible_to, help_text="榜题 id。")
    reason = serializers.CharField(allow_blank=True, help_text="理由，10 至 500 字，会公开。")


class OpeningMove(Move):
    """One step of an opening."""

    action = serializers.ChoiceField(choices=Action.choices)


class Openings(WithHistory):
    """Emergency openings, for the bureau."""

    tag = "揭榜"

    def get_queryset(self) -> QuerySet[Opening]:
        """Return the openings; refuses who is not of the bureau."""
        policies.may_list(self.actor).enforce()
        return queries.openings()

    @extend_schema(summary="应急开启", responses=OpeningShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(OpeningShown, self.get_queryset())

    @extend_schema(summary="查看应急开启", responses=OpeningShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(OpeningShown, self.find(pk))

    @extend_schema(summary="提出应急开启", request=OpeningWritten, responses={201: OpeningShown})
    def create(self, request: Request) -> Response:
        """Ask a second person to open sealed solutions with one."""
        made = services.propose(actor=self.actor, **self.body(OpeningWritten))
        return self.show(OpeningShown, self.find(made.pk), 201)

    @extend_schema(summary="复核或撤回应急开启", request=OpeningMove, responses=OpeningShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Confirm or decline as another person, or take it back."""
        services.move(opening=self.find(pk), actor=self.actor, **self.body(OpeningMove))
        return self.show(OpeningShown, self.find(pk))

    @extend_schema(summary="应急开启的揭榜书", responses=ProposalRow(many=True))
    @action(detail=True)
    def proposals(self, request: Request, pk: int) -> Response:
        """List the solutions for the two people who opened them."""
        opening = self.find(pk)
        policies.may_look(self.actor, opening).enforce()
        return self.page(ProposalRow, bids.of_challenge(opening.challenge))
