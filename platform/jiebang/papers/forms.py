"""The two forms in which a paper leaves the house: PDF to keep, Word to go on with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from jiebang.common.errors import NotFound
from jiebang.papers import pdf, word
from jiebang.papers.blocks import Paper


@dataclass(frozen=True, slots=True)
class Form:
    """How a paper is written, and what browsers call the result."""

    ending: str
    media: str
    write: Callable[[Paper], bytes]


class File(NamedTuple):
    """A paper as a file."""

    name: str
    media: str
    content: bytes


FORMS = {
    form.ending: form
    for form in (
        Form("pdf", "application/pdf", pdf.write),
        Form(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            word.write,
        ),
    )
}


def form_of(ending: str) -> Form:
    """Return the form; raises NotFound for one that there is not."""
    if ending not in FORMS:
        raise NotFound("没有这种格式的文件，请选择 PDF 或 Word")
    return FORMS[ending]


def written(paper: Paper, ending: str, name: str) -> File:
    """Return the paper as a file of this name; raises NotFound as `form_of`."""
    form = form_of(ending)
    return File(f"{name}.{form.ending}", form.media, form.write(paper))
