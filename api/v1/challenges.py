"""Challenges: the public board, posting, withdrawing."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Moment
from api.serializers import Move, Query
from api.v1.challenge_content import ChallengePosted, ChallengeRow, ChallengeShown
from api.v1.history import WithHistory
from api.v1.proposal_content import ProposalRow
from api.views import found
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.challenges import queries, services
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import Action, State
from jiebang.library.policies import BUREAU
from jiebang.proposals import policies as bid_policies
from jiebang.proposals import queries as bids
from jiebang.recommendations import board
from jiebang.taxonomy import queries as taxonomy

ORDERS: dict[str, tuple[str, tuple[str | OrderBy, ...]]] = {
    "relevance": ("与 q 最相符", ()),
    "newest": ("最新张榜", ("-opens_at", "-pk")),
    "deadline": ("最早截止", ("closes_at", "pk")),
    "bounty": ("金额最高", (F("bounty").desc(nulls_last=True), "-pk")),
}


class ChallengeMove(Move):
    """One step of a challenge."""

    action = serializers.ChoiceField(choices=Action.choices)


class ChallengeQuery(Query):
    """The filters and the order of the board."""

    q = serializers.CharField(
        required=False,
        help_text="检索，不分繁简、全半角和大小写：各词都出现的，和与之相符的公开榜题。",
    )
    field = serializers.CharField(required=False, help_text="技术领域代码，包含其下级。")
    district = serializers.CharField(required=False, help_text="镇街（园区）代码。")
    budget_min = serializers.DecimalField(
        16, 6, required=False, help_text="榜单金额下限（万元）。面议的不在其内。"
    )
    budget_max = serializers.DecimalField(16, 6, required=False, help_text="榜单金额上限（万元）。")
    status = serializers.ChoiceField(
        choices=State.choices, required=False, help_text="状态，以服务器时钟为准。"
    )
    deadline = Moment(required=False, help_text="揭榜截止不晚于这一时刻。")
    call = Id(required=False, help_text="批次 id。")
    ordering = serializers.ChoiceField(
        choices=[(code, label) for code, (label, _) in ORDERS.items()],
        required=False,
        help_text="不填时，有 q 则最相符的在前，否则最新张榜的在前。",
    )


class ListedFile(serializers.Serializer[bids.ListedFile]):
    """A file handed in with a solution, as everybody may know of it."""

    unit = serializers.CharField(help_text="揭榜单位。")
    slot = serializers.CharField(help_text="材料类别。")
    title = serializers.CharField(help_text="文件名。")
    is_confidential = serializers.BooleanField(help_text="是否标为保密。")


class Challenges(WithHistory):
    """Challenges; anyone reads the board."""

    tag = "榜题"
    public = frozenset({"list", "retrieve", "history", "bid_files"})

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return queries.visible_to(self.reader)

    def record_of(self, thing: Challenge) -> QuerySet[Entry]:
        """Return the record; who of the bureau acted is the bureau's affair."""
        if self.reader is None or not self.reader.has_role(*BUREAU):
            self.office = "市科学技术局"
        return history(thing)

    @extend_schema(
        summary="查询榜单", parameters=[ChallengeQuery], responses=ChallengeRow(many=True)
    )
    def list(self, request: Request) -> Response:
        """List the board."""
        asked = self.query(ChallengeQuery)
        text = asked.get("q", "")
        _, order = ORDERS[asked.get("ordering", "relevance" if text else "newest")]
        rows = board.search(self.get_queryset().filter(_condition(asked)), text, ranked=not order)
        rows = rows.order_by(*order) if order else rows
        return self.page(ChallengeRow, bids.counted(rows))

    @extend_schema(summary="查看榜题", responses=ChallengeShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one; the details where its poster lets this reader have them."""
        return self._answer(pk)

    @extend_schema(summary="张榜", request=ChallengePosted, responses={201: ChallengeShown})
    def create(self, request: Request) -> Response:
        """Schedule a library need; it opens and closes by itself."""
        made = services.post(actor=self.actor, **self.body(ChallengePosted))
        return self._answer(made.pk, 201)

    @extend_schema(summary="撤榜或宣布流标", request=ChallengeMove, responses=ChallengeShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        challenge = found(self.get_queryset(), pk)
        services.move(challenge=challenge, actor=self.actor, **self.body(ChallengeMove))
        return self._answer(pk)

    @extend_schema(summary="本榜题的揭榜书（截止后）", responses=ProposalRow(many=True))
    @action(detail=True)
    def proposals(self, request: Request, pk: int) -> Response:
        """List who bid, for poster and bureau, once closed."""
        challenge = found(self.get_queryset(), pk)
        bid_policies.may_list(self.actor, challenge).enforce()
        return self.page(ProposalRow, bids.of_challenge(challenge))

    @extend_schema(
        summary="揭榜材料清单（批次规定公开的，截止后）",
        operation_id="challenges_bid_files_list",
        responses=ListedFile(many=True),
    )
    @action(detail=True, url_path="bid-files", url_name="bid-files")
    def bid_files(self, request: Request, pk: int) -> Response:
        """List the titles of the files handed in, where the call publishes them; no addresses."""
        return self.page(ListedFile, bids.files_listed(found(self.get_queryset(), pk)))

    def _answer(self, pk: int, status: int = 200) -> Response:
        rows = bids.counted(self.get_queryset()).prefetch_related("need__indicators")
        return self.show(ChallengeShown, found(rows, pk), status)


def _condition(asked: dict[str, Any]) -> Q:
    which = queries.standing(State(asked["status"])) if "status" in asked else Q()
    if code := asked.get("field"):
        which &= Q(tech_field__in=taxonomy.fields_under(code))
    columns = {
        "district": "district__code",
        "budget_min": "bounty__gte",
        "budget_max": "bounty__lte",
        "deadline": "closes_at__lte",
        "call": "call",
    }
    return which & Q(**{c: asked[name] for name, c in columns.items() if name in asked})
