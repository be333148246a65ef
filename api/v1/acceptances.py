"""Acceptances: applied for, rated, judged by a panel, concluded by two."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Move
from api.v1.acceptance_content import (
    AcceptanceMove,
    AcceptanceQuery,
    AcceptanceRow,
    AcceptanceRulesShown,
    AcceptanceRulesWritten,
    AcceptanceShown,
    AcceptanceStart,
    ApplicationWritten,
    ConclusionWritten,
    IntegrityWritten,
    PanelDrawShown,
    PanelDrawWritten,
    PanelMemberMove,
    PanelMemberShown,
    SatisfactionWritten,
    VoteShown,
    VoteWritten,
)
from api.v1.history import WithHistory
from api.views import Resource, found
from jiebang.acceptance import (
    conclusions,
    draws,
    policies,
    queries,
    seats,
    services,
    votes,
)
from jiebang.acceptance.models import Acceptance, Member, PanelDraw
from jiebang.acceptance.states import Action
from jiebang.audit.models import Entry
from jiebang.audit.queries import history
from jiebang.contracts import queries as contracts
from jiebang.library.models import Call
from jiebang.library.policies import BUREAU

TAG = "验收"


class Acceptances(WithHistory):
    """Acceptances of the contracts that the caller may read."""

    tag = TAG

    def get_queryset(self) -> QuerySet[Acceptance]:
        """Return the acceptances that the caller may read."""
        return queries.visible_to(self.actor)

    def record_of(self, thing: Acceptance) -> QuerySet[Entry]:
        """Return the record without what only the bureau may know before the end."""
        hidden = policies.hidden_steps(self.actor, thing)
        return history(thing).exclude(action__in=hidden)

    @extend_schema(
        summary="查询验收", parameters=[AcceptanceQuery], responses=AcceptanceRow(many=True)
    )
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(AcceptanceRow, self.get_queryset().filter(**self.query(AcceptanceQuery)))

    @extend_schema(summary="查看验收", responses=AcceptanceShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one in full."""
        return self._answer(pk)

    @extend_schema(summary="建立验收", request=AcceptanceStart, responses={201: AcceptanceShown})
    def create(self, request: Request) -> Response:
        """Begin the acceptance of a running contract; asked twice, it is the same one."""
        typed = self.body(AcceptanceStart)
        contract = found(contracts.visible_to(self.actor), typed["contract"])
        policies.may_apply(self.actor, contract).enforce()
        return self._answer(services.open_for(contract=contract).pk, 201)

    @extend_schema(summary="填写验收申请", request=ApplicationWritten, responses=AcceptanceShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Write the application as far as one has come."""
        typed = self.body(ApplicationWritten)
        rows = {row.pop("indicator"): row for row in typed.pop("results", ())}
        revision = typed.pop("revision")
        services.write(
            acceptance=self.find(pk),
            actor=self.actor,
            revision=revision,
            data=typed,
            results=rows,
        )
        return self._answer(pk)

    @extend_schema(
        summary="提交、退回、受理、审批、生效", request=AcceptanceMove, responses=AcceptanceShown
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step."""
        typed, thing = self.body(AcceptanceMove), self.find(pk)
        if typed["action"] == Action.SUBMIT:
            services.submit(acceptance=thing, actor=self.actor)
        elif typed["action"] in (Action.RETURN, Action.CONVENE):
            services.check(acceptance=thing, actor=self.actor, **typed)
        else:
            conclusions.move(acceptance=thing, actor=self.actor, **typed)
        return self._answer(pk)

    @extend_schema(summary="需求方满意度", request=SatisfactionWritten, responses=AcceptanceShown)
    @action(detail=True, methods=["put"])
    def satisfaction(self, request: Request, pk: int) -> Response:
        """Say how content the poster is."""
        typed = self.body(SatisfactionWritten)
        services.rate(acceptance=self.find(pk), actor=self.actor, **typed)
        return self._answer(pk)

    @extend_schema(
        summary="抽取验收专家", request=PanelDrawWritten, responses={201: PanelDrawShown}
    )
    @action(detail=True, methods=["post"])
    def draws(self, request: Request, pk: int) -> Response:
        """Draw the panel and invite it."""
        typed = self.body(PanelDrawWritten)
        made = draws.hold(acceptance=self.find(pk), actor=self.actor, **typed)
        return self.show(PanelDrawShown, made, 201)

    @extend_schema(summary="专家意见", responses=VoteShown(many=True))
    @action(detail=True)
    def votes(self, request: Request, pk: int) -> Response:
        """List what the panel said."""
        thing = self.find(pk)
        policies.may_see_votes(self.actor, thing).enforce()
        return self.page(VoteShown, queries.votes(thing))

    @extend_schema(
        summary="提出验收结论", request=ConclusionWritten, responses={201: AcceptanceShown}
    )
    @action(detail=True, methods=["post"])
    def conclusion(self, request: Request, pk: int) -> Response:
        """Propose a conclusion; another person approves it."""
        typed = self.body(ConclusionWritten)
        conclusions.propose(acceptance=self.find(pk), actor=self.actor, **typed)
        return self._answer(pk, 201)

    @extend_schema(
        summary="登记诚信记录", request=IntegrityWritten, responses={201: AcceptanceShown}
    )
    @action(detail=True, methods=["post"])
    def integrity(self, request: Request, pk: int) -> Response:
        """Enter the record that a failed acceptance proposes."""
        typed = self.body(IntegrityWritten)
        conclusions.enter_integrity(acceptance=self.find(pk), actor=self.actor, **typed)
        return self._answer(pk, 201)

    @extend_schema(summary="不登记诚信记录", request=Move, responses=AcceptanceShown)
    @action(detail=True, methods=["post"], url_path="integrity/drop")
    def drop_integrity(self, request: Request, pk: int) -> Response:
        """Decide, with a reason, that there is none."""
        note = self.body(Move)["note"]
        conclusions.drop_integrity(acceptance=self.find(pk), actor=self.actor, note=note)
        return self._answer(pk)

    def _answer(self, pk: int, status: int = 200) -> Response:
        return self.show(AcceptanceShown, found(self.get_queryset(), pk), status)


class AcceptanceMembers(WithHistory):
    """Seats on panels of acceptance: all for the bureau, one's own for an expert."""

    tag = TAG

    def get_queryset(self) -> QuerySet[Member]:
        """Return the seats that the caller may know of."""
        return queries.members_visible_to(self.actor)

    @extend_schema(summary="验收席位", responses=PanelMemberShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(PanelMemberShown, self.get_queryset())

    @extend_schema(summary="查看验收席位", responses=PanelMemberShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(PanelMemberShown, self.find(pk))

    @extend_schema(
        summary="接受、谢绝、签署承诺、回避、撤换",
        request=PanelMemberMove,
        responses=PanelMemberShown,
    )
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, pk: int) -> Response:
        """Take one step; who leaves is followed by the next of the draw."""
        seats.move(member=self.find(pk), actor=self.actor, **self.body(PanelMemberMove))
        return self.show(PanelMemberShown, self.find(pk))

    @extend_schema(summary="提交验收意见", request=VoteWritten, responses={201: VoteShown})
    @action(detail=True, methods=["post"])
    def vote(self, request: Request, pk: int) -> Response:
        """Give one's opinion and vote, once."""
        made = votes.give(member=self.find(pk), actor=self.actor, **self.body(VoteWritten))
        return self.show(VoteShown, made, 201)


class AcceptanceDraws(Resource):
    """Draws of panels, for anybody to repeat."""

    tag = TAG
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[PanelDraw]:
        """Return the draws."""
        return queries.draws()

    @extend_schema(summary="验收专家抽取结果", responses=PanelDrawShown(many=True))
    def list(self, request: Request) -> Response:
        """List them, newest first."""
        return self.page(PanelDrawShown, self.get_queryset())

    @extend_schema(summary="查看验收专家抽取", responses=PanelDrawShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one with all that it takes to repeat it."""
        return self.show(PanelDrawShown, found(self.get_queryset(), pk))


class CallAcceptance(Resource):
    """A call's rules of acceptance."""

    tag = TAG

    @extend_schema(summary="批次的验收规则", responses=AcceptanceRulesShown)
    @action(detail=True, url_path="acceptance-rules")
    def acceptance_rules(self, request: Request, pk: int) -> Response:
        """Show them."""
        self.actor.needs_role(*BUREAU)
        return self.show(AcceptanceRulesShown, queries.rules_of(found(Call.objects.all(), pk)))

    @extend_schema(
        summary="设定验收规则", request=AcceptanceRulesWritten, responses=AcceptanceRulesShown
    )
    @acceptance_rules.mapping.put
    def set_acceptance_rules(self, request: Request, pk: int) -> Response:
        """Set them; what is left out stays."""
        policies.may_keep_rules(self.actor).enforce()
        typed, call = self.body(AcceptanceRulesWritten), found(Call.objects.all(), pk)
        kept = services.set_rules(call=call, actor=self.actor, values=typed)
        return self.show(AcceptanceRulesShown, kept)
