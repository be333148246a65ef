"""The forms in which a paper is given out: PDF to keep, Word to go on with."""

from collections.abc import Callable
from typing import NamedTuple

from jiebang.common.errors import NotFound
from jiebang.papers import pdf, word
from jiebang.papers.blocks import Paper

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "pdf": ("application/pdf", pdf.write),
    "docx": (WORD, word.write),
}


class File(NamedTuple):
    """A paper as a file."""

    name: str
    media: str
    content: bytes


def written(paper: Paper, form: str, name: str) -> File:
    """Return the paper as a file of this name; raises NotFound where there is no such form."""
    if form not in FORMS:
        raise NotFound("文件没有这种格式")
    media, write = FORMS[form]
    return File(f"{name}.{form}", media, write(paper))
