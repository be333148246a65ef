"""A solution's consortium: its parties, invitations, confirmations and remarks."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Number, Seen, Wan
from api.serializers import Body, Named, RowBody, Shown
from api.v1.proposal_content import ChallengeNamed, PartyShown
from api.views import Resource, found
from jiebang.organizations import queries as units
from jiebang.proposals import consortium, policies, queries
from jiebang.proposals.models import Comment, PartnerInvitation, Party, Proposal
from jiebang.proposals.states import Right


class PartnerInvitationShown(Shown[PartnerInvitation]):
    """A place offered in a consortium."""

    challenge = ChallengeNamed(source="proposal.challenge")
    lead = Named(source="proposal.lead", help_text="牵头单位。")
    unit = Named(allow_null=True, help_text="受邀单位；邀请邮箱的为 null。")

    class Meta:
        model = PartnerInvitation
        fields: tuple[str, ...] = (
            "id", "challenge", "lead", "unit", "email", "right", "task", "state", "expires_at",
        )  # fmt: skip


class PartnerInvitationMade(PartnerInvitationShown):
    """A new invitation with its token, which is shown this once."""

    token = serializers.CharField(help_text="邀请令牌；邀请邮箱时接受用，只显示这一次。")

    class Meta(PartnerInvitationShown.Meta):
        fields = (*PartnerInvitationShown.Meta.fields, "token")


class PartnerInvitationWritten(RowBody[PartnerInvitation]):
    """Whom to invite: a unit or an address; and what they may do."""

    unit = Seen(units.visible_to, required=False, allow_null=True, help_text="单位 id。")

    class Meta:
        model = PartnerInvitation
        fields = ("unit", "email", "right", "task")


class ShareWritten(Body):
    """One party's part; what is left out stays."""

    party = Id(help_text="成员 id。")
    task = serializers.CharField(max_length=200, required=False, allow_blank=True)
    money_in = Wan(required=False, allow_null=True)
    grant_share = Number(
        max_digits=5, decimal_places=2, required=False, allow_null=True, help_text="百分数。"
    )
    right = serializers.ChoiceField(choices=Right.choices, required=False)


class SharesWritten(Body):
    """The parts of the parties."""

    parties = ShareWritten(many=True)


class Confirmation(Body):
    """A partner's signature."""

    party = Id(help_text="成员 id。")
    signatory = serializers.CharField(max_length=40, help_text="签署人姓名。")


class CommentShown(Shown[Comment]):
    """A remark."""

    author = serializers.CharField(source="author.display_name")
    unit = Named()

    class Meta:
        model = Comment
        fields = ("id", "author", "unit", "text", "at")


class CommentWritten(RowBody[Comment]):
    """What to remark."""

    class Meta:
        model = Comment
        fields = ("text",)


class Accepted(Body):
    """For which of one's units, where an address was invited."""

    unit = Seen(units.units_written_by, required=False, allow_null=True, help_text="单位 id。")


class Consortia(Resource):
    """The consortium of one solution, for its own units."""

    tag = "联合体"

    def get_queryset(self) -> QuerySet[Proposal]:
        """Return the solutions of the caller's units."""
        return queries.mine(self.actor)

    @extend_schema(summary="联合体成员", responses=PartyShown(many=True))
    @action(detail=True)
    def parties(self, request: Request, pk: int) -> Response:
        """List lead and partners with their parts."""
        return self.page(PartyShown, self._parties(pk))

    @extend_schema(summary="修改分工和资金", request=SharesWritten, responses=PartyShown(many=True))
    @parties.mapping.put
    def share(self, request: Request, pk: int) -> Response:
        """Write each party's part; earlier confirmations of another content are void."""
        thing = found(self.get_queryset(), pk)
        policies.may_lead(self.actor, thing).enforce()
        rows = {row.pop("party"): row for row in self.body(SharesWritten)["parties"]}
        consortium.share_out(proposal=thing, actor=self.actor, rows=rows)
        return self.page(PartyShown, self._parties(pk))

    @extend_schema(summary="联合体邀请", responses=PartnerInvitationShown(many=True))
    @action(detail=True)
    def invitations(self, request: Request, pk: int) -> Response:
        """List whom the lead invited, newest first."""
        thing = found(self.get_queryset(), pk)
        rows = thing.invitations.select_related("proposal__challenge", "proposal__lead", "unit")
        return self.page(PartnerInvitationShown, rows)

    @extend_schema(
        summary="邀请成员",
        request=PartnerInvitationWritten,
        responses={201: PartnerInvitationMade},
    )
    @invitations.mapping.post
    def invite(self, request: Request, pk: int) -> Response:
        """Offer a place to a unit or an address."""
        thing = found(self.get_queryset(), pk)
        policies.may_lead(self.actor, thing).enforce()
        page = request.build_absolute_uri(reverse("web:partner-invitation", args=["TOKEN"]))
        link = page.replace("{", "").replace("TOKEN", "{token}")
        made, token = consortium.invite(
            proposal=thing, actor=self.actor, link=link, **self.body(PartnerInvitationWritten)
        )
        made.token = token  # type: ignore[attr-defined]
        return self.show(PartnerInvitationMade, made, 201)

    @extend_schema(summary="成员签署确认", request=Confirmation, responses=PartyShown)
    @action(detail=True, methods=["post"])
    def confirmations(self, request: Request, pk: int) -> Response:
        """Sign for a partner that it agrees to the solution as it stands."""
        parties = self._parties(pk)
        typed = self.body(Confirmation)
        party = found(parties, typed.pop("party"))
        return self.show(PartyShown, consortium.confirm(party=party, actor=self.actor, **typed))

    @extend_schema(summary="批注", responses=CommentShown(many=True))
    @action(detail=True)
    def comments(self, request: Request, pk: int) -> Response:
        """List the remarks, oldest first."""
        rows = found(self.get_queryset(), pk).comments.select_related("author", "unit")
        return self.page(CommentShown, rows)

    @extend_schema(summary="发布批注", request=CommentWritten, responses={201: CommentShown})
    @comments.mapping.post
    def comment(self, request: Request, pk: int) -> Response:
        """Remark on the solution."""
        thing = found(self.get_queryset(), pk)
        policies.may_comment(self.actor, thing).enforce()
        made = consortium.comment(proposal=thing, actor=self.actor, **self.body(CommentWritten))
        return self.show(CommentShown, made, 201)

    def _parties(self, pk: int) -> QuerySet[Party]:
        thing = found(self.get_queryset(), pk)
        return thing.parties.select_related(
            "unit", "proposal__lead", "proposal__challenge__need__owner"
        )


class Parties(Resource):
    """One party of a consortium."""

    tag = "联合体"

    @extend_schema(summary="退出或移出联合体", request=None, responses={204: OpenApiResponse()})
    def destroy(self, request: Request, pk: int) -> Response:
        """Leave, or part with a partner."""
        mine = queries.mine(self.actor).order_by().values("pk")
        rows = Party.objects.filter(proposal__in=mine)
        parts = ("unit", "proposal__lead", "proposal__challenge")
        consortium.leave(party=found(rows.select_related(*parts), pk), actor=self.actor)
        return Response(status=204)


class PartnerInvitations(Resource):
    """Invitations into consortia: to the caller's units, and by the token of a link."""

    tag = "联合体"

    @extend_schema(summary="本单位收到的邀请", responses=PartnerInvitationShown(many=True))
    def list(self, request: Request) -> Response:
        """List the open invitations to one's units."""
        return self.page(PartnerInvitationShown, queries.invitations_to(self.actor))

    @extend_schema(summary="撤回邀请", request=None, responses={204: OpenApiResponse()})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take an invitation back, for the lead."""
        mine = queries.mine(self.actor).order_by().values("pk")
        rows = PartnerInvitation.objects.filter(proposal__in=mine)
        invitation = found(rows.select_related("proposal__lead", "unit"), pk)
        consortium.revoke(invitation=invitation, actor=self.actor)
        return Response(status=204)

    @extend_schema(summary="接受邀请", request=Accepted, responses=PartyShown)
    def accept(self, request: Request, reference: str) -> Response:
        """Take the place; `reference` is the token, or the invitation's id for a unit's."""
        unit = self.body(Accepted).get("unit")
        taken: Any = consortium.accept(reference=reference, actor=self.actor, unit=unit)
        return self.show(PartyShown, taken)

    @extend_schema(summary="谢绝邀请", request=None, responses=PartnerInvitationShown)
    def decline(self, request: Request, reference: str) -> Response:
        """Say no."""
        made = consortium.decline(reference=reference, actor=self.actor)
        return self.show(PartnerInvitationShown, made)
