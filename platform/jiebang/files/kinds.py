"""What a file is, told by its content; a name that says something else is refused.

Own table, because the libraries for it take an OFD for a Word file or know no OOXML.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# A package that unfolds to more than this many times its size, and to so many bytes, is a bomb.
UNFOLDS_MOST = 200
UNFOLDED_BYTES_MOST = 512 * 1024 * 1024


class Kind(NamedTuple):
    """A kind of file: its Chinese name, the endings it may have, and its media type."""

    label: str
    endings: tuple[str, ...]
    media: str


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = Kind("PDF 文件", (".pdf",), "application/pdf")
DOCX = Kind("Word 文件", (".docx",), f"{_OOXML}wordprocessingml.document")
XLSX = Kind("Excel 文件", (".xlsx",), f"{_OOXML}spreadsheetml.sheet")
PPTX = Kind("PowerPoint 文件", (".pptx",), f"{_OOXML}presentationml.presentation")
OFD = Kind("OFD 版式文件", (".ofd",), "application/ofd")
OLE = Kind(
    "旧版 Office 或 WPS 文件", (".doc", ".xls", ".ppt", ".wps", ".et", ".dps"), "application/x-ole"
)
ZIP = Kind("ZIP 压缩包", (".zip",), "application/zip")
PNG = Kind("PNG 图片", (".png",), "image/png")
JPEG = Kind("JPEG 图片", (".jpg", ".jpeg"), "image/jpeg")
TEXT = Kind("文本文件", (".txt", ".csv"), "text/plain")
KINDS = (PDF, DOCX, XLSX, PPTX, OFD, OLE, ZIP, PNG, JPEG, TEXT)

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
_FOLDERS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))


def kind_of(path: Path) -> Kind | None:
    """Return what the file is; None for what is not taken, two things in one among it."""
    with path.open("rb") as file:
        head = file.read(4096)
    is_package = zipfile.is_zipfile(path)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return None if is_package and kind in (PDF, PNG, JPEG) else kind
    if is_package:
        return _package(path) if head.startswith(b"PK\x03\x04") else None
    return TEXT if head and _is_text(path) else None


def endings(kinds: Iterable[Kind] = KINDS) -> str:
    """Name the endings that are taken, for a sentence or a form's `accept`."""
    return "、".join(ending.lstrip(".") for kind in kinds for ending in kind.endings)


def _package(path: Path) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except zipfile.BadZipFile:
        return None
    unfolded = sum(entry.file_size for entry in entries)
    packed = max(1, path.stat().st_size)
    if unfolded > UNFOLDED_BYTES_MOST and unfolded > packed * UNFOLDS_MOST:
        return None
    names = {entry.filename for entry in entries}
    if any("vbaProject.bin" in name for name in names):
        return None  # macros: nobody needs them to be judged
    if "[Content_Types].xml" in names:
        for folder, kind in _FOLDERS:
            if any(name.startswith(folder) for name in names):
                return kind
        return None
    return OFD if "OFD.xml" in names else ZIP


def _is_text(path: Path) -> bool:
    content = path.read_bytes()
    if b"\0" in content or content.lstrip()[:1] == b"<":
        return False  # mark-up could be taken for a page
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
