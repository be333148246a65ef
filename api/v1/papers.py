"""Papers of a solution and of a review: dossiers and receipts, as PDF or Word."""

import io

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from api.errors import MEDIA_TYPE
from api.schema import Problem
from api.views import Resource, found
from jiebang.awards import dossier
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.library.policies import BUREAU
from jiebang.papers.forms import FORMS, File
from jiebang.proposals import dossier as receipts
from jiebang.proposals import queries
from jiebang.proposals.models import Proposal

TAG = "卷宗"
REFUSED = {(403, MEDIA_TYPE): Problem, (404, MEDIA_TYPE): Problem}
PDF, WORD = ({(200, FORMS[form][0]): OpenApiTypes.BINARY} | REFUSED for form in ("pdf", "docx"))


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
