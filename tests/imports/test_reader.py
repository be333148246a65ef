"""Reading files: three formats, the encodings people use, and files that are none."""

import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from jiebang.common.errors import Invalid
from jiebang.imports.reader import Row, read

HEADINGS = ("需求名称", "预算")
ROWS = (("电解质", "300"), ("镜头，装调", "面议"))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("a.csv", "utf-8"),
        ("a.csv", "utf-8-sig"),
        ("a.csv", "gb18030"),
        ("a.txt", "utf-8"),
        ("a.CSV", "gb18030"),
        ("a.xlsx", None),
    ],
)
def test_the_same_table_reads_the_same_however_it_was_saved(sheet, name, encoding):
    table = read(sheet(name, HEADINGS, *ROWS, encoding=encoding))

    assert table.headings == HEADINGS
    assert table.rows == (
        Row(2, {"需求名称": "电解质", "预算": "300"}),
        Row(3, {"需求名称": "镜头，装调", "预算": "面议"}),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_json_lines_count_from_one_and_keep_their_types(tmp_path, encoding):
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "甲", "keywords": ["乙", "丙"]}\n\n{"budget": 3}\n', encoding)

    table = read(path)

    assert table.headings == ("title", "keywords", "budget")
    assert table.rows == (Row(1, {"title": "甲", "keywords": ["乙", "丙"]}), Row(3, {"budget": 3}))


def test_a_line_that_is_no_record_is_one_bad_row_and_not_the_end(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "甲"}\n{"title": \n["乙"]\n{"title": "丙\u2028丁"}', "utf-8")

    assert read(path).rows == (
        Row(1, {"title": "甲"}),
        Row(2, fault="不是一行完整的 JSON"),
        Row(3, fault="不是一条有栏目的记录"),
        Row(4, {"title": "丙\u2028丁"}),
    )


def test_empty_rows_are_passed_over_and_the_rest_keep_their_numbers(sheet):
    table = read(sheet("a.csv", ("名称",), ("",), ("甲",), (" ",), ("乙",)))

    assert table.rows == (Row(3, {"名称": "甲"}), Row(5, {"名称": "乙"}))


def test_a_row_with_more_cells_than_headings_is_a_bad_one(sheet):
    table = read(sheet("a.csv", ("名称", "预算"), ("甲", "3", "4"), ("乙", "3", "")))

    fault = "比表头多出 1 格，请检查是否有未加引号的逗号"
    assert table.rows == (Row(2, fault=fault), Row(3, {"名称": "乙", "预算": "3"}))


def test_a_table_with_tabs_between_its_cells_is_read_too(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("名称\t预算\n甲，乙\t3\n", "utf-8")

    assert read(path).rows == (Row(2, {"名称": "甲，乙", "预算": "3"}),)


def test_of_two_columns_with_one_heading_the_first_filled_counts(sheet):
    table = read(sheet("a.csv", ("名称", "名称", ""), ("", "甲", ""), ("乙", "丙", "丁")))

    assert [row.cells["名称"] for row in table.rows] == ["甲", "乙"]


def test_cells_of_excel_keep_their_types(tmp_path):
    book = Workbook()
    book.active.append(["名称", "空", "数", "日期"])
    book.active.append(["甲", None, 3.5, datetime(2026, 11, 23)])  # noqa: DTZ001 - Excel has no zones
    book.save(tmp_path / "a.xlsx")

    (row,) = read(tmp_path / "a.xlsx").rows

    assert row.cells == {"名称": "甲", "空": None, "数": 3.5, "日期": datetime(2026, 11, 23)}  # noqa: DTZ001


def test_an_excel_file_that_states_a_wrong_size_is_read_whole(tmp_path, sheet):
    whole = sheet("a.xlsx", HEADINGS, *ROWS)
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(wrong, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'ref="A1:B3"', b'ref="A1"')
                assert b'ref="A1"' in content
            new.writestr(name, content)

    assert read(wrong) == read(whole)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", b"", "file_type"),
        ("a.json", b"[]", "file_type"),
        ("a", b"", "file_type"),
        ("a.csv", b"\xff\xff\xff", "file_encoding"),
        ("a.csv", b'"open' + b"x" * 200_000, "file_broken"),
        ("a.xlsx", b"not a zip", "file_broken"),
        ("a.xlsx", b"", "file_broken"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(Invalid) as refusal:
        read(path)

    assert refusal.value.code == code
    assert "请" in str(refusal.value)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as other:
        other.writestr("readme.txt", "no workbook")

    with pytest.raises(Invalid) as refusal:
        read(tmp_path / "a.xlsx")

    assert refusal.value.code == "file_broken"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Invalid) as refusal:
        read(tmp_path / "none.csv")

    assert refusal.value.code == "file_missing"


def test_a_file_with_nothing_in_it_has_no_headings_and_no_rows(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")

    assert (read(tmp_path / "a.csv").headings, read(tmp_path / "a.csv").rows) == ((), ())
