"""The text of a file, for the matcher and for search; what cannot be read has none."""

import logging
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import openpyxl
import pypdf
from pypdf.errors import PyPdfError

from jiebang.files.kinds import DOCX, PDF, TEXT, XLSX

TEXT_MOST = 200_000  # characters
PAGES_MOST = 300

log = logging.getLogger(__name__)


def text_of(path: Path, media: str) -> str:
    """Return the text, cut at `TEXT_MOST`; empty where there is none or it cannot be read."""
    reader = _READERS.get(media)
    if reader is None:
        return ""
    parts, length = [], 0
    try:
        for part in reader(path):
            parts.append(part)
            length += len(part)
            if length > TEXT_MOST:
                break
    except (PyPdfError, zipfile.BadZipFile, ValueError, KeyError, RecursionError) as error:
        log.info("no text of %s: %s", path.name, error)
    # PostgreSQL keeps no NUL in a text.
    return "\n".join(parts).replace("\0", "")[:TEXT_MOST]


def is_open_pdf(path: Path) -> bool:
    """Say whether a PDF can be read by anybody: whole, and without a password."""
    try:
        document = pypdf.PdfReader(path)
        return not document.is_encrypted and len(document.pages) > 0
    except (PyPdfError, ValueError, KeyError, RecursionError, OSError):
        return False


def _pdf(path: Path) -> Iterator[str]:
    for page in pypdf.PdfReader(path).pages[:PAGES_MOST]:
        yield page.extract_text()


def _docx(path: Path) -> Iterator[str]:
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            yield " ".join(cell.text for cell in row.cells)


def _xlsx(path: Path) -> Iterator[str]:
    with path.open("rb") as file:  # by a path it would judge by the ending, and ours has none
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                if words := [str(cell) for cell in row if cell is not None]:
                    yield " ".join(words)


def _plain(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    try:
        yield content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield content.decode("gb18030", "replace")


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    PDF.media: _pdf,
    DOCX.media: _docx,
    XLSX.media: _xlsx,
    TEXT.media: _plain,
}
