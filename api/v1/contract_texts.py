"""Texts of contracts: drafts and versions as files, signed copies, pledges, registration."""

import io

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import MEDIA_TYPE
from api.fields import Number, Wan
from api.schema import Problem
from api.serializers import Body, RowBody, Shown
from api.views import Resource, found
from jiebang.contracts import queries as contracts
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Side
from jiebang.documents import pack, pledges, policies, queries, services
from jiebang.documents.models import ContractText, Pledge, Registration, SignedCopy
from jiebang.documents.states import Liability
from jiebang.files import kinds

PAPERS = {"pdf": kinds.PDF, "docx": kinds.DOCX}
REFUSED = {(403, MEDIA_TYPE): Problem, (404, MEDIA_TYPE): Problem, (409, MEDIA_TYPE): Problem}


class CopyShown(Shown[SignedCopy]):
    """A side's signed copy."""

    class Meta:
        model = SignedCopy
        fields = ("id", "side", "name", "digest", "sealed_with", "added_at")


class TextShown(Shown[ContractText]):
    """The text of one version."""

    copies = CopyShown(many=True)

    class Meta:
        model = ContractText
        fields = ("id", "version", "digest", "made_at", "copies")


class PledgeShown(Shown[Pledge]):
    """What a missed indicator costs."""

    said = serializers.CharField(help_text="后果，完整的一句话。")

    class Meta:
        model = Pledge
        fields = ("id", "indicator", "liability", "share", "years", "text", "signatory", "said")


class PledgeRow(Body):
    """One clause as typed."""

    indicator = serializers.IntegerField(help_text="约束性指标 id。")
    liability = serializers.ChoiceField(choices=Liability.choices)
    share = Number(required=False, allow_null=True, default=None, help_text="占合同金额 %。")
    years = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    signatory = serializers.CharField(max_length=40)


class PledgesTyped(Body):
    """All clauses anew."""

    rows = PledgeRow(many=True)


class CopyHandedIn(Body):
    """A side's signed copy; without a file the electronic seal makes it."""

    side = serializers.ChoiceField(choices=Side.choices)
    file = serializers.FileField(required=False, allow_null=True, default=None)


class RegistrationShown(Shown[Registration]):
    """The registration of the technology contract."""

    class Meta:
        model = Registration
        fields = ("category", "technical_amount", "number", "registered_on")


class RegistrationTyped(RowBody[Registration]):
    """What the registration needs."""

    technical_amount = Wan()

    class Meta:
        model = Registration
        fields = ("category", "technical_amount", "number", "registered_on")


class ContractTexts(Resource):
    """The texts of the contracts that the caller may read."""

    tag = "合同文本"
    parser_classes = (JSONParser, MultiPartParser)  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Contract]:
        """Return the contracts that the caller may read."""
        return contracts.visible_to(self.actor)

    @extend_schema(summary="合同文本各版", responses=TextShown(many=True))
    @action(detail=True, methods=["get"])
    def texts(self, request: Request, pk: int) -> Response:
        """List the texts with their signed copies, the newest first."""
        return self.page(TextShown, queries.texts_of(found(self.get_queryset(), pk)))

    @extend_schema(
        summary="现稿 PDF",
        responses={(200, kinds.PDF.media): OpenApiTypes.BINARY} | REFUSED,
    )
    @action(detail=True, methods=["get"], url_path="draft-pdf")
    def draft_pdf(self, request: Request, pk: int) -> FileResponse:
        """Hand out how the contract reads now, as PDF."""
        thing = found(self.get_queryset(), pk)
        return _file(services.as_pdf(services.draft(thing), thing.number), thing, "pdf")

    @extend_schema(
        summary="现稿 Word",
        responses={(200, kinds.DOCX.media): OpenApiTypes.BINARY} | REFUSED,
    )
    @action(detail=True, methods=["get"], url_path="draft-word")
    def draft_word(self, request: Request, pk: int) -> FileResponse:
        """Hand out how the contract reads now, as Word."""
        thing = found(self.get_queryset(), pk)
        return _file(services.draft(thing), thing, "docx")

    @extend_schema(
        summary="定稿 PDF",
        responses={(200, kinds.PDF.media): OpenApiTypes.BINARY} | REFUSED,
    )
    @action(detail=True, methods=["get"], url_path="final-pdf")
    def final_pdf(self, request: Request, pk: int) -> FileResponse:
        """Hand out the fixed text of the present version."""
        thing = found(self.get_queryset(), pk)
        text = services.make(contract=thing)
        with services.content_file(text.pdf) as file:
            return _file(file.read(), thing, "pdf")

    @extend_schema(summary="提交签署件", request=CopyHandedIn, responses={201: CopyShown})
    @action(detail=True, methods=["post"])
    def copies(self, request: Request, pk: int) -> Response:
        """Take in a side's signed copy."""
        typed = self.body(CopyHandedIn)
        file = typed["file"]
        made = services.deposit(
            contract=found(self.get_queryset(), pk),
            side=typed["side"],
            actor=self.actor,
            upload=file,
            name=file.name if file else "",
        )
        return self.show(CopyShown, made, 201)

    @extend_schema(summary="军令状", responses=PledgeShown(many=True))
    @action(detail=True, methods=["get"])
    def pledges(self, request: Request, pk: int) -> Response:
        """List the clauses."""
        rows = found(self.get_queryset(), pk).pledges.select_related("indicator")
        return self.page(PledgeShown, rows)

    @extend_schema(summary="拟定军令状", request=PledgesTyped, responses=PledgeShown(many=True))
    @pledges.mapping.put
    def write_pledges(self, request: Request, pk: int) -> Response:
        """Write all clauses anew."""
        thing = found(self.get_queryset(), pk)
        rows = self.body(PledgesTyped)["rows"]
        return self.page(PledgeShown, pledges.write(contract=thing, actor=self.actor, rows=rows))

    @extend_schema(summary="技术合同登记", request=RegistrationTyped, responses=RegistrationShown)
    @action(detail=True, methods=["put"])
    def registration(self, request: Request, pk: int) -> Response:
        """Enter what the registration needs, and its number once there is one."""
        thing = found(self.get_queryset(), pk)
        typed = self.body(RegistrationTyped)
        made = pledges.register(contract=thing, actor=self.actor, **typed)
        return self.show(RegistrationShown, made)

    @extend_schema(
        summary="登记材料包",
        responses={(200, kinds.ZIP.media): OpenApiTypes.BINARY} | REFUSED,
    )
    @action(detail=True, methods=["get"], url_path="registration-pack")
    def registration_pack(self, request: Request, pk: int) -> FileResponse:
        """Hand out the pack for the registration."""
        thing = found(self.get_queryset(), pk)
        policies.may_register(self.actor, thing).enforce()
        return _file(pack.of(thing), thing, "zip")


def _file(content: bytes, thing: Contract, ending: str) -> FileResponse:
    media = PAPERS[ending].media if ending in PAPERS else kinds.ZIP.media
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"{thing.number}.{ending}",
        content_type=media,
        headers={"Cache-Control": "private, no-store"},
    )
