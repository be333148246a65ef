"""Rows written as an Excel file; what a person typed is never taken for a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from jiebang.common import clock

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters in one cell, by the format
WIDTH = (10, 60)  # of a column, in characters


def workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a file of one sheet: a bold head that stays in sight, then the rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    written = [[_plain(value) for value in row] for row in rows]
    for number, head in enumerate(heads):
        longest = max((_width(row[number]) for row in written), default=0)
        letter = get_column_letter(number + 1)
        wide = max(WIDTH[0], min(WIDTH[1], max(longest, _width(head)) + 2))
        sheet.column_dimensions[letter].width = wide
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for row in written:
        sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def disposition(name: str) -> str:
    """Return the header by which a browser keeps the file under its Chinese name."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):  # the format knows no zones
        return clock.local(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | float | Decimal | date):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST]


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _width(value: Any) -> int:
    text = value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
    return max(sum(2 if ord(sign) > 255 else 1 for sign in line) for line in text.split("\n"))
