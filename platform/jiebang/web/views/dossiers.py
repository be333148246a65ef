"""Dossiers as files: Word to go on with, PDF to keep."""

from django.http import HttpResponse

from jiebang.awards import dossier
from jiebang.challenges import queries as challenges
from jiebang.papers.forms import form_of
from jiebang.proposals import queries as bids
from jiebang.web.access import Request, requires_role, signed_in
from jiebang.web.listing import found
from jiebang.web.papers import download
from jiebang.web.views.officer import BUREAU


@signed_in
def bid(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a solution to whoever may read it."""
    thing, asked = bids.find(request.user, pk), form_of(form)
    made = dossier.of_bid(thing, request.user)
    return download(made, asked, dossier.name_of(thing, made))


@requires_role(*BUREAU)
def review(request: Request, pk: int, form: str) -> HttpResponse:
    """Give out the dossier of a challenge's review and decision to the bureau."""
    thing, asked = found(challenges.visible_to(request.user), pk), form_of(form)
    made = dossier.of_review(thing, request.user)
    return download(made, asked, dossier.name_of(thing, made))
