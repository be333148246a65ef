"""A paper as a download, for this reader alone."""

from django.http import HttpResponse

from jiebang.papers.blocks import Paper
from jiebang.papers.forms import File, Form, written
from jiebang.web.excel import disposition


def download(paper: Paper, form: Form, name: str) -> HttpResponse:
    """Return the paper as a file of this name."""
    return as_answer(written(paper, form.ending, name))


def as_answer(file: File) -> HttpResponse:
    """Answer with a file that nobody between keeps."""
    answer = HttpResponse(file.content, content_type=file.media)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = disposition(file.name)
    return answer
