"""The people of a unit, and who has been invited."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import Body, RowBody, Shown
from api.views import Resource, found
from jiebang.common.errors import NotAllowed
from jiebang.organizations import policies, queries, services
from jiebang.organizations.models import Invitation, Membership, Organization
from jiebang.organizations.states import MemberRole


class MemberShown(Shown[Membership]):
    """A person's place in a unit."""

    user_id = serializers.IntegerField()
    display_name = serializers.CharField(source="user.display_name")
    username = serializers.CharField(source="user.username")

    class Meta:
        model = Membership
        fields = ("id", "user_id", "display_name", "username", "role", "since")


class MemberWritten(Body):
    """A member's role."""

    role = serializers.ChoiceField(choices=MemberRole.choices)


class InvitationShown(Shown[Invitation]):
    """An offered place."""

    organization_name = serializers.CharField(source="organization.name")

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = (
            "id",
            "organization_name",
            "email",
            "role",
            "state",
            "expires_at",
        )


class InvitationMade(InvitationShown):
    """A new invitation with its token, which is shown this once."""

    token = serializers.CharField(help_text="邀请令牌，接受邀请时用；只显示这一次。")

    class Meta(InvitationShown.Meta):
        fields = (*InvitationShown.Meta.fields, "token")


class InvitationWritten(RowBody[Invitation]):
    """Whom to invite, as what."""

    class Meta:
        model = Invitation
        fields = ("email", "role")


class UnitPeople(Resource):
    """The members and invitations of one unit."""

    tag = "单位成员"

    def get_queryset(self) -> QuerySet[Organization]:
        """Return the units that the caller may see."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="本单位成员", responses=MemberShown(many=True))
    @action(detail=True)
    def members(self, request: Request, pk: int) -> Response:
        """List the members, for the unit itself and the bureau."""
        unit = found(self.get_queryset(), pk)
        if not policies.may_see_contact(self.actor, unit):
            raise NotAllowed("成员名单只对本单位成员和科技局开放", code="not_a_party")
        return self.page(MemberShown, queries.members(unit))

    @extend_schema(summary="未答复的邀请", responses=InvitationShown(many=True))
    @action(detail=True)
    def invitations(self, request: Request, pk: int) -> Response:
        """List the open invitations, for the unit's administrators."""
        unit = found(self.get_queryset(), pk)
        policies.may_administer(self.actor, unit).enforce()
        rows = queries.open_invitations(unit).select_related("organization")
        return self.page(InvitationShown, rows)

    @extend_schema(summary="邀请成员", request=InvitationWritten, responses={201: InvitationMade})
    @invitations.mapping.post
    def invite(self, request: Request, pk: int) -> Response:
        """Offer a place to an address; its link is sent there."""
        unit = found(self.get_queryset(), pk)
        page = request.build_absolute_uri(reverse("web:invitation", args=["TOKEN"]))
        link = page.replace("{", "").replace("TOKEN", "{token}")
        made, token = services.invite(
            organization=unit, actor=self.actor, link=link, **self.body(InvitationWritten)
        )
        made.token = token  # type: ignore[attr-defined]
        return self.show(InvitationMade, made, 201)


class Members(Resource):
    """One membership."""

    tag = "单位成员"

    @extend_schema(summary="调整成员角色", request=MemberWritten, responses=MemberShown)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Give a member another role."""
        typed = self.body(MemberWritten)
        changed = services.change_member(membership=self._found(pk), actor=self.actor, **typed)
        return self.show(MemberShown, changed)

    @extend_schema(summary="移出成员，或自己退出", request=None, responses={204: OpenApiResponse()})
    def destroy(self, request: Request, pk: int) -> Response:
        """End a membership."""
        services.remove_member(membership=self._found(pk), actor=self.actor)
        return Response(status=204)

    def _found(self, pk: int) -> Membership:
        mine = queries.units_of(self.actor).order_by()
        rows = Membership.objects.filter(active=True, organization__in=mine)
        return found(rows.select_related("organization", "user"), pk)


class Invitations(Resource):
    """An invitation, by the token of its link or, for the unit, by its number."""

    tag = "单位成员"

    @extend_schema(summary="撤回邀请", request=None, responses={204: OpenApiResponse()})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take an offer back."""
        mine = queries.units_of(self.actor).order_by()
        rows = Invitation.objects.filter(organization__in=mine).select_related("organization")
        services.revoke_invitation(invitation=found(rows, pk), actor=self.actor)
        return Response(status=204)

    @extend_schema(summary="查看收到的邀请", responses=InvitationShown)
    def offered(self, request: Request, token: str) -> Response:
        """Show what an invitation's link offers."""
        return self.show(InvitationShown, services.find_invitation(token))

    @extend_schema(summary="接受邀请", request=None, responses=MemberShown)
    def accept(self, request: Request, token: str) -> Response:
        """Take the offered place."""
        taken: Any = services.accept_invitation(token=token, actor=self.actor)
        return self.show(MemberShown, taken)
