"""拟发榜公示: what is about to be posted; public."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Seen
from api.serializers import Named, RowBody, Shown
from api.views import Resource, found
from jiebang.challenges import notices
from jiebang.challenges.models import IntentNotice
from jiebang.library import queries as library
from jiebang.library.models import Call, TechNeed


class NoticedNeed(Shown[TechNeed]):
    """A need by its public names."""

    owner_name = serializers.SerializerMethodField(help_text="需求单位；要求隐名的为空。")

    class Meta:
        model = TechNeed
        fields = ("title", "owner_name", "bounty")

    def get_owner_name(self, need: TechNeed) -> str:
        """Return the owner's name, unless it is withheld."""
        return "" if need.mask_owner else need.owner_name


class NoticeShown(Shown[IntentNotice]):
    """A notice."""

    number = serializers.CharField(help_text="编号。")
    call = Named()
    needs = NoticedNeed(many=True)
    running = serializers.BooleanField(help_text="是否仍在公示期内。")

    class Meta:
        model = IntentNotice
        fields = (
            "id",
            "number",
            "call",
            "title",
            "text",
            "created_at",
            "ends_at",
            "running",
            "needs",
        )


class NoticeWritten(RowBody[IntentNotice]):
    """What is to be posted."""

    call = serializers.PrimaryKeyRelatedField(queryset=Call.objects.all(), help_text="批次 id。")
    needs = serializers.ListField(
        child=Seen(library.visible_to), help_text="拟发榜的已入库需求 id。"
    )

    class Meta:
        model = IntentNotice
        fields = ("call", "title", "text", "needs")


class Notices(Resource):
    """Notices of intent."""

    tag = "榜题"
    public = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[IntentNotice]:
        """Return the notices, newest first."""
        return IntentNotice.objects.select_related("call").prefetch_related("needs__owner")

    @extend_schema(summary="拟发榜公示", responses=NoticeShown(many=True))
    def list(self, request: Request) -> Response:
        """List the notices, newest first."""
        return self.page(NoticeShown, self.get_queryset())

    @extend_schema(summary="查看拟发榜公示", responses=NoticeShown)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one."""
        return self.show(NoticeShown, found(self.get_queryset(), pk))

    @extend_schema(summary="发布拟发榜公示", request=NoticeWritten, responses={201: NoticeShown})
    def create(self, request: Request) -> Response:
        """Announce what is to be posted."""
        made = notices.announce(actor=self.actor, **self.body(NoticeWritten))
        return self.show(NoticeShown, found(self.get_queryset(), made.pk), 201)
