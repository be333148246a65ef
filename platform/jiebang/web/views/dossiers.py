"""Dossiers as files: Word to go on with, PDF to keep."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from jiebang.audit import services as audit
from jiebang.awards import policies
from jiebang.challenges import queries as challenges
from jiebang.challenges.models import Challenge
from jiebang.common.errors import NotFound
from jiebang.papers import pdf, word
from jiebang.papers.blocks import Paper
from jiebang.proposals import queries as bids
from jiebang.proposals.models import Proposal
from jiebang.web import dossiers, excel
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.listing import found
from jiebang.web.views.officer import BUREAU

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "pdf": ("application/pdf", pdf.write),
    "docx": (WORD, word.write),
}


@signed_in
def bid(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a solution to whoever may read it."""
    thing = bids.find(request.user, pk)
    return _file(request, thing, dossiers.of_bid(thing, request.user), form)


@requires_role(*BUREAU)
def review(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a challenge's review and decision to the bureau."""
    thing = found(challenges.visible_to(request.user), pk)
    policies.may_see_scores(request.user, thing).enforce()
    return _file(request, thing, dossiers.of_review(thing, request.user), form)


def _file(request: Request, thing: Proposal | Challenge, paper: Paper, form: str) -> HttpResponse:
    if form not in FORMS:
        raise NotFound("卷宗没有这种格式")
    media, write = FORMS[form]
    with transaction.atomic():
        audit.record(actor=request.user, thing=thing, action="dossier", label="导出卷宗")
    answer = HttpResponse(write(paper), content_type=media)
    answer.headers["Cache-Control"] = "private, no-store"
    name = f"{thing.number} {paper.title}.{form}"
    answer.headers["Content-Disposition"] = excel.disposition(name)
    return answer
