"""What is read back of a text, and a bureau's own template."""

import io

import docx
from pypdf import PdfReader

from jiebang.documents import services
from tests.files.conftest import _own_folder  # noqa: F401 -- every test here wants it


def bytes_of(content):
    with services.content_file(content) as file:
        return file.read()


def text_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def template(*lines):
    document, out = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(out)
    return io.BytesIO(out.getvalue())
