"""Dossiers as files: Word to go on with, PDF to keep."""

from django.http import HttpResponse

from jiebang.awards import dossier
from jiebang.challenges import queries as challenges
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.listing import found
from jiebang.web.papers import as_answer
from jiebang.web.views.officer import BUREAU


@signed_in
def bid(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a solution to whoever may read it."""
    return as_answer(dossier.give_bid(pk=pk, reader=request.user, form=form))


@requires_role(*BUREAU)
def review(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a challenge's review and decision to the bureau."""
    thing = found(challenges.visible_to(request.user), pk)
    return as_answer(dossier.give_review(challenge=thing, reader=request.user, form=form))
