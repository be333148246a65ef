"""A paper as a download."""

from django.http import HttpResponse

from jiebang.papers.blocks import Paper
from jiebang.papers.forms import Form
from jiebang.web.excel import disposition


def download(paper: Paper, form: Form, name: str) -> HttpResponse:
    """Return the paper as a file of this name, for this reader alone."""
    answer = HttpResponse(form.write(paper), content_type=form.media)
    answer.headers["Content-Disposition"] = disposition(f"{name}.{form.ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
