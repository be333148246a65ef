"""Reviews, the ranking, decisions with their notices, objections, and a call's rules for them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.decision_content import (
    DecisionMove,
    DecisionQuery,
    DecisionRevised,
    DecisionRulesShown,
    DecisionRulesWritten,
    DecisionShown,
    DecisionWritten,
    InquiryShown,
    InquiryWritten,
    Minutes,
    ObjectionMove,
    ObjectionShown,
    ObjectionWritten,
    OpinionShown,
    OpinionWritten,
    ReviewShown,
    ReviewWritten,
    StandingShown,
)
from api.views import Resource, found
from jiebang.awards import decisions, inquiries, objections, policies, queries, reviews
from jiebang.awards.models import Decision, Objection, Review
from jiebang.awards.services import Chosen
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.errors import NotAllowed
from jiebang.library.models import Call
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal


class Decisions(Resource):
    """Decisions: all for the bureau, what is under public notice or in effect for everybody."""

    tag = "评审与定榜"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[Decision]:
        """Return the decisions that the caller may know of."""
        return queries.with_ways(queries.decisions_visible_to(self.reader))

    @extend_schema(
        summary="定榜建议与公示", parameters=[DecisionQuery], responses=DecisionShown(many=True)
    )
    def list(self, request: Request) -> Response:
        """List the decisions, newest first."""
        rows = self.get_queryset().filter(**self.query(DecisionQuery))
        return self.page(DecisionShown, rows)

    @extend_schema(summary="查看定榜建议或公示", responses=DecisionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(DecisionShown, found(self.get_queryset(), pk))

    @extend_schema(summary="提出定榜建议", request=DecisionWritten, responses={201: DecisionShown})
    def create(self, request: Request) -> Response:
        """Propose who solves a challenge; more than one where the call lets them race."""
        typed = self.body(DecisionWritten)
        policies.may_propose(self.actor, typed["challenge"]).enforce()
        typed["chosen"] = _chosen(typed["challenge"], typed["chosen"])
        made = decisions.propose(actor=self.actor, **typed)
        return self.show(DecisionShown, found(self.get_queryset(), made.pk), 201)

    @extend_schema(
        summary="审批、退回、撤销、正式定榜", request=DecisionMove, responses=DecisionShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step; before its notice has ended a decision does not take effect."""
        typed = self.body(DecisionMove)
        decisions.move(decision=self._find(pk), actor=self.actor, **typed)
        rows = queries.decisions()
        return self.show(DecisionShown, found(rows, pk))

    @extend_schema(summary="登记集体审议并公示", request=Minutes, responses=DecisionShown)
    @action(detail=True, methods=["post"])
    def minutes(self, request: Request, pk: int) -> Response:
        """Record the collective decision; the notice starts."""
        typed = self.body(Minutes)
        decisions.resolve(decision=self._find(pk), actor=self.actor, **typed)
        return self.show(DecisionShown, found(self.get_queryset(), pk))

    @extend_schema(summary="修改后重新提出", request=DecisionRevised, responses=DecisionShown)
    @action(detail=True, methods=["post"])
    def revision(self, request: Request, pk: int) -> Response:
        """Propose a returned decision anew."""
        typed, thing = self.body(DecisionRevised), self._find(pk)
        policies.may_propose(self.actor, thing.challenge).enforce()
        typed["chosen"] = _chosen(thing.challenge, typed["chosen"])
        decisions.revise(decision=thing, actor=self.actor, **typed)
        return self.show(DecisionShown, found(self.get_queryset(), pk))

    def _find(self, pk: int) -> Decision:
        self.actor.needs_role(*BUREAU)
        return found(self.get_queryset(), pk)


class Objections(Resource):
    """Objections: all for the bureau, one's own for who objects; nobody else hears of them."""

    tag = "评审与定榜"

    def get_queryset(self) -> QuerySet[Objection]:
        """Return the objections that the caller may read."""
        return queries.objections_visible_to(self.actor)

    @extend_schema(summary="异议", responses=ObjectionShown(many=True))
    def list(self, request: Request) -> Response:
        """List the objections, newest first."""
        return self.page(ObjectionShown, self.get_queryset())

    @extend_schema(summary="查看异议", responses=ObjectionShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(ObjectionShown, found(self.get_queryset(), pk))

    @extend_schema(summary="提出异议", request=ObjectionWritten, responses={201: ObjectionShown})
    def create(self, request: Request) -> Response:
        """Object to a notice; it stands still until the answer."""
        made = objections.object_to(actor=self.actor, **self.body(ObjectionWritten))
        return self.show(ObjectionShown, made, 201)

    @extend_schema(summary="答复异议", request=ObjectionMove, responses=ObjectionShown)
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Uphold or reject, in writing."""
        typed = self.body(ObjectionMove)
        objections.answer(objection=found(self.get_queryset(), pk), actor=self.actor, **typed)
        return self.show(ObjectionShown, found(self.get_queryset(), pk))


class Reviews(Resource):
    """Reviews: all for the bureau, one's own for an expert."""

    tag = "评审与定榜"

    def get_queryset(self) -> QuerySet[Review]:
        """Return the reviews that the caller may read."""
        return queries.reviews_visible_to(self.actor)

    @extend_schema(summary="评审", responses=ReviewShown(many=True))
    def list(self, request: Request) -> Response:
        """List the reviews."""
        if not self.actor.has_role(*BUREAU) and units.roles_of(self.actor):
            raise NotAllowed("评审情况不对揭榜和发榜单位开放", code="reviews_closed")
        return self.page(ReviewShown, self.get_queryset())

    @extend_schema(summary="提交评审", request=ReviewWritten, responses={201: ReviewShown})
    def create(self, request: Request) -> Response:
        """Hand in one's review, once."""
        typed = self.body(ReviewWritten)
        bid = found(Proposal.objects.filter(seats__expert__user=self.actor), typed.pop("proposal"))
        return self.show(ReviewShown, reviews.submit(proposal=bid, actor=self.actor, **typed), 201)


class Rankings(Resource):
    """The ranking of a challenge's solutions, for the bureau."""

    tag = "评审与定榜"

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return challenges.visible_to(self.actor)

    @extend_schema(summary="评审排序", responses=StandingShown(many=True))
    @action(detail=True)
    def ranking(self, request: Request, pk: int) -> Response:
        """List the solutions, best first."""
        thing = found(self.get_queryset(), pk)
        policies.may_see_scores(self.actor, thing).enforce()
        return self.page(StandingShown, queries.standings(thing))


class FeedbackShown(serializers.Serializer[Any]):
    """What the experts tell the bidder."""

    text = serializers.CharField(help_text="意见。")


class Feedback(Resource):
    """What becomes of a solution in the review: the poster's opinion, feedback to the bidder."""

    tag = "评审与定榜"

    @extend_schema(summary="评审意见反馈", responses=FeedbackShown(many=True))
    @action(detail=True)
    def feedback(self, request: Request, pk: int) -> Response:
        """List the experts' words to the bidder, without names, once the award is made."""
        bid = proposals.find(self.actor, pk)
        if not units.role_in(self.actor, bid.lead_id):
            raise NotAllowed("反馈意见只给揭榜单位", code="not_the_bidder")
        return self.page(FeedbackShown, [{"text": text} for text in queries.feedback_on(bid)])

    @extend_schema(summary="发榜方论证", request=OpinionWritten, responses={201: OpinionShown})
    @action(detail=True, methods=["post"])
    def opinion(self, request: Request, pk: int) -> Response:
        """Write what the poster thinks of the solution."""
        typed = self.body(OpinionWritten)
        bid = proposals.find(self.actor, pk)
        made = reviews.give_opinion(proposal=bid, actor=self.actor, **typed)
        return self.show(OpinionShown, made, 201)

    @extend_schema(summary="尽职调查与现场考察", responses=InquiryShown(many=True))
    @action(detail=True)
    def inquiries(self, request: Request, pk: int) -> Response:
        """List what the bureau found out, for the bureau."""
        self.actor.needs_role(*BUREAU)
        return self.page(InquiryShown, queries.inquiries_of(proposals.find(self.actor, pk)))

    @extend_schema(
        summary="登记尽职调查或现场考察", request=InquiryWritten, responses={201: InquiryShown}
    )
    @inquiries.mapping.post
    def inquire(self, request: Request, pk: int) -> Response:
        """Put due diligence or a visit on the record."""
        bid = proposals.find(self.actor, pk)
        policies.may_inquire(self.actor, bid).enforce()
        made = inquiries.note(proposal=bid, actor=self.actor, data=self.body(InquiryWritten))
        return self.show(InquiryShown, made, 201)


class CallDecisions(Resource):
    """A call's rules of review, decision, notice and objection."""

    tag = "评审与定榜"

    @extend_schema(summary="批次的评审与定榜规则", responses=DecisionRulesShown)
    @action(detail=True, url_path="decision-rules")
    def decision_rules(self, request: Request, pk: int) -> Response:
        """Show them."""
        self.actor.needs_role(*BUREAU)
        return self.show(DecisionRulesShown, queries.rules_of(found(Call.objects.all(), pk)))

    @extend_schema(
        summary="设置评审与定榜规则", request=DecisionRulesWritten, responses=DecisionRulesShown
    )
    @decision_rules.mapping.put
    def set_decision_rules(self, request: Request, pk: int) -> Response:
        """Set them, before anything is reviewed."""
        policies.may_keep_rules(self.actor).enforce()
        typed, call = self.body(DecisionRulesWritten), found(Call.objects.all(), pk)
        criteria = [(row["name"], row["weight"]) for row in typed.pop("criteria", ())]
        kept = reviews.set_rules(call=call, actor=self.actor, rules=typed, criteria=criteria)
        return self.show(DecisionRulesShown, kept)


def _chosen(challenge: Challenge, rows: list[dict[str, Any]]) -> list[Chosen]:
    bids = proposals.of_challenge(challenge)
    return [Chosen(found(bids, row["proposal"]), row["amount"], row["grant"]) for row in rows]
