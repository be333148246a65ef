"""`python -m matching evaluate`: three rankings judged in one run, or a folder refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matching.__main__ import main

ROOT = Path(__file__).parents[2]
NAMES = ("电池", "电机", "轴承", "涂层", "焊接", "刀具", "齿轮", "传感器")


@pytest.fixture
def graded(tmp_path):
    """Write needs and results: those of the same thing are graded 4, of the next 2, others 1."""
    queries = [
        {"id": f"q{n}", "title": f"高性能{name}", "text": name} for n, name in enumerate(NAMES)
    ]
    documents = [
        {"id": f"d{n}-{kind}", "title": f"{name}{kind}", "text": ""}
        for n, name in enumerate(NAMES)
        for kind in ("制造", "检测")
    ]
    grades = [
        f"q{n}\td{m}-{kind}\t{4 if n == m else 2 if m == n + 1 else 1}"
        for n in range(len(NAMES))
        for m in range(len(NAMES))
        for kind in ("制造", "检测")
    ]
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, rows in (("queries.jsonl", queries), ("docs.jsonl", documents)):
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / name).write_text(text, "utf-8")
    (folder / "qrels.tsv").write_text("\n".join(grades), "utf-8")
    return folder


def test_three_rankings_are_judged_and_printed_as_one_object(graded, capsys):
    assert main(["evaluate", str(graded), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["parts"]
    every = {"ndcg@10", "recall@10", "recall@100", "mrr@10", "auc", "tau", "queries"}
    assert {name: set(figures) for name, figures in found.items()} == {
        "ours": every | {"grade"},
        "tfidf": every,
        "bm25": every,
    }
    assert found["ours"] | {"tau": 0, "grade": 0} == {
        "ndcg@10": 1.0, "recall@10": 1.0, "recall@100": 1.0, "mrr@10": 1.0, "auc": 1.0,
        "tau": 0, "grade": 0, "queries": len(NAMES),
    }  # fmt: skip
    assert 0 < found["ours"]["tau"] <= 1
    assert 0.7 < found["ours"]["grade"] <= 1


def test_the_table_shows_means_with_their_intervals(graded, capsys):
    with (graded / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"id": "unjudged", "title": "纸"}')
    assert main(["evaluate", str(graded)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[1:4]] == [
        ["parts", "ours", "1.0000"],
        ["parts", "tfidf", "1.0000"],
        ["parts", "bm25", "1.0000"],
    ]
    assert lines[4].strip() == "8 queries; 1 without anything relevant"


def test_a_yes_or_no_collection_has_no_agreement(graded, capsys):
    lines = (graded / "qrels.tsv").read_text("utf-8").replace("\t1", "\t0").replace("\t4", "\t1")
    (graded / "qrels.tsv").write_text(lines, "utf-8")
    assert main(["evaluate", str(graded), "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out).values()
    assert set(found["ours"]) == {"ndcg@10", "recall@10", "recall@100", "mrr@10", "queries"}


def test_a_folder_that_is_refused_ends_with_its_name_and_no_figures(graded):
    (graded / "qrels.tsv").write_text("q0\tnowhere\t1", "utf-8")
    command = [sys.executable, "-m", "matching", "evaluate", str(graded), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "qrels.tsv, line 1: nowhere is not in the collection" in done.stderr
