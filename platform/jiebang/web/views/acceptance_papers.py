"""The dossier and the certificate of an acceptance, as Word and PDF."""

from django.http import HttpResponse

from jiebang.acceptance import dossier, policies, queries
from jiebang.common.errors import NotFound
from jiebang.papers import pdf, word
from jiebang.web.access import Request, signed_in
from jiebang.web.excel import disposition
from jiebang.web.listing import found

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITERS = {"pdf": (pdf.write, "application/pdf"), "docx": (word.write, DOCX)}
KINDS = {"dossier": "验收材料汇编", "certificate": "验收证书"}


@signed_in
def paper(request: Request, pk: int, kind: str, ending: str) -> HttpResponse:
    """Return the paper for whoever may read the acceptance."""
    if kind not in KINDS or ending not in WRITERS:
        raise NotFound("没有这份文件")
    thing = found(queries.visible_to(request.user), pk)
    if kind == "certificate":
        made = dossier.certificate(thing)
    else:
        may = bool(policies.may_see_votes(request.user, thing))
        made = dossier.dossier(thing, with_votes=may)
    write, media = WRITERS[ending]
    answer = HttpResponse(write(made), content_type=media)
    answer.headers["Content-Disposition"] = disposition(f"{KINDS[kind]}{thing.number}.{ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
