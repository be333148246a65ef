"""Collections of judged pairs: read whole, or refused with the file and the line."""

import json

import pytest

from matching.judged import BadCollection, read

QUERIES = [{"id": "q", "title": "电池", "text": "固态"}]
DOCUMENTS = [{"id": "a", "title": "固态电池", "text": ""}, {"id": "b", "title": "种子"}]


@pytest.fixture
def folder(tmp_path):
    for name, rows in (("queries.jsonl", QUERIES), ("docs.jsonl", DOCUMENTS)):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "qrels.tsv").write_text("q\ta\t3\nq\tb\t1\n", "utf-8")
    return tmp_path


def test_a_collection_is_read_whole(folder):
    found = read(folder)
    assert [query.fields for query in found.queries] == [{"title": "电池", "body": "固态"}]
    assert [document.key for document in found.documents] == ["a", "b"]
    assert (found.name, found.judged) == (folder.name, {"q": {"a": 3, "b": 1}})


@pytest.mark.parametrize(
    ("best", "graded", "gains"), [(4, True, [0, 0, 0, 3, 7]), (2, False, [0, 1, 1, 1, 1])]
)
def test_gain_follows_the_kind_of_grades(folder, best, graded, gains):
    (folder / "qrels.tsv").write_text(f"q\ta\t{best}", "utf-8")
    found = read(folder)
    assert (found.graded, [found.gain(grade) for grade in range(5)]) == (graded, gains)


@pytest.mark.parametrize("name", ["queries.jsonl", "docs.jsonl", "qrels.tsv"])
def test_a_folder_without_one_of_its_files_is_refused_by_name(folder, name):
    (folder / name).unlink()
    with pytest.raises(BadCollection, match=f"{folder.name}/{name}"):
        read(folder)


BAD = {
    "no JSON": ("docs.jsonl", b'{"id": "a", "title": "x"}\n{oops', "line 2: no JSON"),
    "a list": ("docs.jsonl", b"[1]", "line 1: no object"),
    "no id": ("queries.jsonl", b'{"title": "x"}', "line 1: id, title and text"),
    "a number": ("queries.jsonl", b'{"id": 7, "title": "x"}', "line 1: id, title and text"),
    "twice": ("docs.jsonl", b'{"id": "a"}\n\n{"id": "a"}', "line 3: a stands twice"),
    "not UTF-8": ("docs.jsonl", b'{"id": "a"}\n\xff', "line 2: not UTF-8"),
    "two cells": ("qrels.tsv", b"q\ta", "line 1: not query"),
    "no grade": ("qrels.tsv", b"q\ta\t3\nq\tb\tgood", "line 2: not query"),
    "a slip": ("qrels.tsv", b"q\ta\t400", "line 1: not query"),
    "unknown": ("qrels.tsv", b"q\tz\t1", "line 1: z is not in the collection"),
    "judged twice": ("qrels.tsv", b"q\ta\t1\nq\ta\t2", "line 2: q, a is judged twice"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_refused_by_its_number(folder, bad):
    name, content, message = BAD[bad]
    (folder / name).write_bytes(content)
    with pytest.raises(BadCollection, match=f"{name}, {message}"):
        read(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadCollection, match="no such folder"):
        read(tmp_path / "nowhere")
