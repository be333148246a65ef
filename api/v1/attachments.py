"""Files on things: listed, handed in, replaced, removed, opened."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import MEDIA_TYPE
from api.fields import Label
from api.schema import Problem
from api.serializers import Body, Query, Shown
from api.views import Resource
from jiebang.files import kinds, policies, queries, services
from jiebang.files.models import Attachment


class AttachmentQuery(Query):
    """Whose files."""

    holder = serializers.CharField(help_text="对象种类，如 need、proposal。")
    thing = serializers.IntegerField(help_text="对象 id。")


class AttachmentHandedIn(Body):
    """A file, where it belongs, and whether it is confidential."""

    holder = serializers.CharField(max_length=30, help_text="对象种类，如 need、proposal。")
    thing = serializers.IntegerField(help_text="对象 id。")
    slot = serializers.CharField(max_length=30, help_text="材料类别。")
    file = serializers.FileField(allow_empty_file=True, help_text=f"可以提交：{kinds.endings()}。")
    is_confidential = serializers.BooleanField(required=False, default=False)
    reason = serializers.CharField(
        max_length=300, required=False, default="", allow_blank=True, help_text="保密理由。"
    )
    tier = serializers.CharField(
        max_length=8, required=False, default="", allow_blank=True,
        help_text="查看范围；为空则与所属对象一致。",
    )  # fmt: skip
    replaces = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="被替换的附件 id。"
    )


class AttachmentShown(Shown[Attachment]):
    """A file as the caller may know it."""

    size = serializers.IntegerField(source="content.size", help_text="字节。")
    sha256 = serializers.CharField(source="content.digest")
    scan = serializers.CharField(source="content.state", help_text="查毒状态。")
    scan_label = Label("content.state", help_text="中文名称。")

    class Meta:
        model = Attachment
        fields = (
            *("id", "slot", "slot_label", "name", "version", "is_confidential", "tier"),
            *("added_at", "size", "sha256", "scan", "scan_label"),
        )


class Attachments(Resource):
    """Files of the things that the caller may know of."""

    tag = "附件"
    public = frozenset({"list", "retrieve", "content"})
    parser_classes = (MultiPartParser,)  # type: ignore[assignment]

    @extend_schema(
        summary="一个对象的附件",
        parameters=[AttachmentQuery],
        responses={200: AttachmentShown(many=True), (403, MEDIA_TYPE): Problem},
    )
    def list(self, request: Request) -> Response:
        """List what the caller may know of."""
        asked = self.query(AttachmentQuery)
        thing = queries.thing_of(asked["holder"], asked["thing"], self.reader)
        shelves = queries.shelves(thing, self.reader)
        rows = [shown.attachment for shelf in shelves for shown in shelf.files]
        return self.page(AttachmentShown, rows)

    @extend_schema(
        summary="查看一个附件",
        responses={200: AttachmentShown, (403, MEDIA_TYPE): Problem},
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one, without its content."""
        return self.show(AttachmentShown, queries.find(pk, self.reader)[0])

    @extend_schema(summary="提交附件", request=AttachmentHandedIn, responses={201: AttachmentShown})
    def create(self, request: Request) -> Response:
        """Hand a file in, or a new version in place of an earlier one."""
        typed = self.body(AttachmentHandedIn)
        thing = queries.thing_of(typed["holder"], typed["thing"], self.actor)
        policies.may_write(self.actor, thing).enforce()
        replaces = typed["replaces"]
        made = services.attach(
            thing=thing,
            slot=typed["slot"],
            upload=typed["file"],
            name=typed["file"].name,
            actor=self.actor,
            is_confidential=typed["is_confidential"],
            reason=typed["reason"],
            tier=typed["tier"],
            replaces=queries.find(replaces, self.actor)[0] if replaces else None,
        )
        return self.show(AttachmentShown, made, 201)

    @extend_schema(summary="移除附件", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a file away."""
        attachment, thing = queries.find(pk, self.actor)
        services.remove(thing=thing, attachment=attachment, actor=self.actor)
        return Response(status=204)

    @extend_schema(
        summary="下载附件",
        responses={(200, kind.media): OpenApiTypes.BINARY for kind in kinds.KINDS}
        | {(403, MEDIA_TYPE): Problem, (409, MEDIA_TYPE): Problem},
    )
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: int) -> FileResponse:
        """Open a file; the opening is logged, and a marked copy says who opened it when."""
        attachment, thing = queries.find(pk, self.reader)
        opened = services.open_for(thing=thing, attachment=attachment, reader=self.reader)
        return FileResponse(
            opened.stream,
            as_attachment=True,
            filename=opened.name,
            content_type=opened.media,
            headers={"Cache-Control": "private, no-store"},
        )
