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
from jiebang.awards import dossier as reviews
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.commissions import dossier as commission_papers
from jiebang.commissions import policies
from jiebang.commissions import queries as commissions
from jiebang.commissions.models import Commission
from jiebang.library.policies import BUREAU
from jiebang.papers.blocks import Paper
from jiebang.papers.forms import FORMS, form_of
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal

REFUSED = {(status, MEDIA_TYPE): Problem for status in (403, 404, 409)}
ANSWERS: dict[Any, Any] = {
    **{(200, form.media): OpenApiTypes.BINARY for form in FORMS.values()},
    **REFUSED,
}


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
        return _file(made, ending, f"{acceptance_papers.KINDS[kind]}{thing.number}")


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
        return _file(commission_papers.of(thing), form, f"{thing.number}审批材料")


class ProposalPapers(Resource):
    """The dossier of a solution."""

    tag = "评审与定榜"

    def get_queryset(self) -> QuerySet[Proposal]:
        """Return the solutions that the caller may read."""
        return proposals.visible_to(self.actor)

    @extend_schema(summary="揭榜书卷宗", responses=ANSWERS)
    @action(detail=True, url_path="dossier/<slug:form>")
    def dossier(self, request: Request, pk: int, form: str) -> FileResponse:
        """Hand it out to whoever may read the solution; that is recorded."""
        form_of(form)
        thing = proposals.find(self.actor, pk)
        made = reviews.of_bid(thing, self.actor)
        return _file(made, form, reviews.name_of(thing, made))


class ReviewPapers(Resource):
    """The dossier of a review."""

    tag = "评审与定榜"

    def get_queryset(self) -> QuerySet[Challenge]:
        """Return the challenges that the caller may know of."""
        return challenges.visible_to(self.actor)

    @extend_schema(summary="评审与定榜卷宗", responses=ANSWERS)
    @action(detail=True, url_path="dossier/<slug:form>")
    def dossier(self, request: Request, pk: int, form: str) -> FileResponse:
        """Hand it out to the bureau once scores may be seen; that is recorded."""
        self.actor.needs_role(*BUREAU)
        form_of(form)
        thing = found(self.get_queryset(), pk)
        made = reviews.of_review(thing, self.actor)
        return _file(made, form, reviews.name_of(thing, made))


def _file(paper: Paper, ending: str, name: str) -> FileResponse:
    form = form_of(ending)
    return FileResponse(
        io.BytesIO(form.write(paper)),
        as_attachment=True,
        filename=f"{name}.{form.ending}",
        content_type=form.media,
        headers={"Cache-Control": "private, no-store"},
    )
