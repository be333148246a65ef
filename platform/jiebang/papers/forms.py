"""The two forms in which a paper leaves the house: PDF to keep, Word to go on with."""

from collections.abc import Callable
from dataclasses import dataclass

from jiebang.common.errors import NotFound
from jiebang.papers import pdf, word
from jiebang.papers.blocks import Paper


@dataclass(frozen=True, slots=True)
class Form:
    """How a paper is written, and what browsers call the result."""

    ending: str
    media: str
    write: Callable[[Paper], bytes]


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
