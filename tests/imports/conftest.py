"""Small files as people send them, with invented records."""

import csv
import io
import json

import pytest
from openpyxl import Workbook

from jiebang.imports import services


@pytest.fixture
def sheet(tmp_path):
    """Write a table to a file of this name, in the format that its ending says."""

    def write(name, headings, *rows, encoding="utf-8"):
        path = tmp_path / name
        if path.suffix == ".xlsx":
            book = Workbook()
            for row in (headings, *rows):
                book.active.append(row)
            book.save(path)
        elif path.suffix == ".jsonl":
            lines = [json.dumps(dict(zip(headings, row, strict=True))) for row in rows]
            path.write_text("\n".join(lines), encoding)
        else:
            text = io.StringIO(newline="")
            csv.writer(text).writerows([headings, *rows])
            path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def bring_in():
    """Import a file and return the report."""

    def run(kind, path, actor=None, progress=lambda *_: None):
        return services.run(kind=kind, path=path, actor=actor, progress=progress)

    return run


@pytest.fixture
def told():
    """Return what is wrong in a report: (row, column, sentence)."""
    return lambda report: [(f.row, f.column, f.sentence) for f in report.faults]
