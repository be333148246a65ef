"""Papers and dossiers as files, in PDF or Word: the same ones that the pages hand out."""

import io
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from api.errors import MEDIA_TYPE
from api.schema import Problem
from api.serializers import Query
from api.views import Resource, found
from jiebang.acceptance import dossier as acceptance_papers
from jiebang.acceptance import queries as acceptances
from jiebang.acceptance.models import Acceptance
from jiebang.awards import dossier
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.commissions import dossier as commission_papers
from jiebang.commissions import policies
from jiebang.commissions import queries as commissions
from jiebang.commissions.models import Commission
from jiebang.library.policies import BUREAU
from jiebang.papers.forms import FORMS, File, written
from jiebang.proposals import queries, receipts
from jiebang.proposals.models import Proposal

TAG = "卷宗"
REFUSED = {(status, MEDIA_TYPE): Problem for status in (403, 404, 409)}
PDF, WORD = (
    {(200, FORMS[ending].media): OpenApiTypes.BINARY} | REFUSED for ending in ("pdf", "docx")
)
ANSWERS: dict[Any, Any] = PDF | WORD


class PaperQuery(Query):
    """In which form."""

    form = serializers.ChoiceField(choices=sorted(FORMS), default="pdf", help_text="pdf 或 docx。")


class AcceptancePapers(Resource):
    """What an acceptance leaves on paper."""

    tag = "验收"

    def get_queryset(self) -> QuerySet[Acceptance]:
        """Return the acceptances that the caller may read."""
        return acceptances.visible_to(self.actor)

    @extend_schema(summary="验收材料汇编（dossier）、验收证书（certificate）", responses=ANSWERS)
    @action(detail=True, url_path="papers/<slug:kind>/<slug:ending>")
    def papers(self, request: Request, pk: int, kind: str, ending: str) -> FileResponse:
        """Hand out one of the two; the certificate only when the conclusion is in effect."""
        thing = found(self.get_queryset(), pk)
        made = acceptance_papers.paper(thing, kind, self.actor)
        return _answer(written(made, ending, f"{acceptance_papers.KINDS[kind]}{thing.number}"))


class CommissionPapers(Resource):
    """The approval file of a commission."""

    tag = "定向委托"

    def get_queryset(self) -> QuerySet[Commission]:
        """Return the commissions: their files are the bureau's."""
        self.actor.needs_role(*policies.READERS)
        return commissions.visible_to(self.actor)

    @extend_schema(summary="审批材料", parameters=[PaperQuery], responses=ANSWERS)
    @action(detail=True)
    def paper(self, request: Request, pk: int) -> FileResponse:
        """Hand out what was decided on what, by whom and when."""
        form, thing = self.query(PaperQuery)["form"], found(self.get_queryset(), pk)
        return _answer(written(commission_papers.of(thing), form, f"{thing.number}审批材料"))


class BidPapers(Resource):
    """The papers of a solution, for whoever may read it."""

    tag = TAG

    def get_queryset(self) -> QuerySet[Proposal]:
        """Return the solutions that the caller may read."""
        return queries.visible_to(self.actor)

    @extend_schema(summary="揭榜书卷宗 PDF", responses=PDF)
    @action(detail=True, url_path="dossier-pdf")
    def dossier_pdf(self, request: Request, pk: int) -> FileResponse:
        """Hand out the solution in full, as PDF."""
        return _answer(dossier.give_bid(pk=pk, reader=self.actor, form="pdf"))

    @extend_schema(summary="揭榜书卷宗 Word", responses=WORD)
    @action(detail=True, url_path="dossier-word")
    def dossier_word(self, request: Request, pk: int) -> FileResponse:
        """Hand out the solution in full, as Word."""
        return _answer(dossier.give_bid(pk=pk, reader=self.actor, form="docx"))

    @extend_schema(summary="最新一版的揭榜回执 PDF", responses=PDF)
    @action(detail=True, url_path="receipt-pdf")
    def receipt_pdf(self, request: Request, pk: int) -> FileResponse:
        """Hand out the newest receipt with the list of files, for the solution's units."""
        return _answer(receipts.give(receipts.newest_of(reader=self.actor, pk=pk)))


class ReviewPapers(Resource):
    """The papers of a challenge's review and decision, for the bureau."""

    tag = TAG

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return challenges.visible_to(self.actor)

    @extend_schema(summary="评审与定榜卷宗 PDF", responses=PDF)
    @action(detail=True, url_path="review-dossier-pdf")
    def review_dossier_pdf(self, request: Request, pk: int) -> FileResponse:
        """Hand out the review and the decision, as PDF."""
        return self._give(pk, "pdf")

    @extend_schema(summary="评审与定榜卷宗 Word", responses=WORD)
    @action(detail=True, url_path="review-dossier-word")
    def review_dossier_word(self, request: Request, pk: int) -> FileResponse:
        """Hand out the review and the decision, as Word."""
        return self._give(pk, "docx")

    def _give(self, pk: int, form: str) -> FileResponse:
        self.actor.needs_role(*BUREAU)
        thing = found(self.get_queryset(), pk)
        return _answer(dossier.give_review(challenge=thing, reader=self.actor, form=form))


def _answer(file: File) -> FileResponse:
    return FileResponse(
        io.BytesIO(file.content),
        as_attachment=True,
        filename=file.name,
        content_type=file.media,
        headers={"Cache-Control": "private, no-store"},
    )
