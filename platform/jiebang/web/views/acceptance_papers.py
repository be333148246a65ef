"""The dossier and the certificate of an acceptance, as Word and PDF."""

from django.http import HttpResponse

from jiebang.acceptance import dossier, queries
from jiebang.papers.forms import form_of
from jiebang.web.access import Request, signed_in
from jiebang.web.listing import found
from jiebang.web.papers import download


@signed_in
def paper(request: Request, pk: int, kind: str, ending: str) -> HttpResponse:
    """Return the paper for whoever may read the acceptance."""
    form, thing = form_of(ending), found(queries.visible_to(request.user), pk)
    made = dossier.paper(thing, kind, request.user)
    return download(made, form, f"{dossier.KINDS[kind]}{thing.number}")
