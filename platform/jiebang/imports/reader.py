"""Reading rows from a file: JSON lines, CSV or Excel, whoever saved it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from jiebang.common.errors import Invalid

ENCODINGS = ("utf-8-sig", "gb18030")  # what Excel and the national systems write
JSON_LINES = frozenset({".jsonl", ".ndjson"})


@dataclass(frozen=True)
class Row:
    """One row: its number as a person counts, its cells by heading; `fault` if it is no row."""

    number: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """All that a file holds; the headings in order of appearance."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path) -> Table:
    """Return the rows of a file; raises Invalid when it cannot be read at all."""
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        rows = tuple(_json_lines(_text(path)))
        return Table(tuple(dict.fromkeys(name for row in rows for name in row.cells)), rows)
    if suffix in (".csv", ".txt"):
        return _table(_csv(_text(path)))
    if suffix == ".xlsx":
        return _table(_excel(path))
    raise Invalid(
        f"不支持“{path.suffix or path.name}”文件，请另存为 .xlsx、.csv 或 .jsonl 后再导入",
        code="file_type",
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"打不开文件“{path.name}”，请检查路径和权限", code="file_missing") from error


def _text(path: Path) -> str:
    content = _bytes(path)
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("认不出文件的编码，请另存为 UTF-8 编码后再导入", code="file_encoding")


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except ValueError:
            yield Row(number, fault="不是一行完整的 JSON")
            continue
        if isinstance(cells, dict):
            yield Row(number, cells)
        else:
            yield Row(number, fault="不是一条有栏目的记录")


def _csv(text: str) -> Iterator[list[Any]]:
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Invalid(
            "文件不是完整的表格，请用 Excel 打开后另存为 .xlsx", code="file_broken"
        ) from error


def _excel(path: Path) -> Iterator[list[Any]]:
    try:
        book = load_workbook(io.BytesIO(_bytes(path)), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid(
            "文件不是完整的 Excel 表格，请重新另存为 .xlsx", code="file_broken"
        ) from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
        for row in sheet.iter_rows(values_only=True):
            yield list(row)
    finally:
        book.close()


def _table(lines: Iterable[list[Any]]) -> Table:
    """Give each cell the heading above it; rows count from 1 at the headings."""
    numbered = ((n, line) for n, line in enumerate(lines, 1) if any(map(_is_filled, line)))
    _, first = next(numbered, (1, []))
    headings = [str(cell).strip() if _is_filled(cell) else "" for cell in first]
    rows = []
    for number, line in numbered:
        beyond = sum(map(_is_filled, line[len(headings) :]))
        if beyond:
            sentence = f"比表头多出 {beyond} 格，请检查是否有未加引号的逗号"
            rows.append(Row(number, fault=sentence))
            continue
        cells: dict[str, Any] = {}
        for heading, cell in zip(headings, line, strict=False):
            if heading and not _is_filled(cells.get(heading)):
                cells[heading] = cell
        rows.append(Row(number, cells))
    return Table(tuple(dict.fromkeys(filter(None, headings))), tuple(rows))


def _is_filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""
