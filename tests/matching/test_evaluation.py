"""The figures, by hand."""

import json
import math

import pytest

from matching import Document, Index
from matching.__main__ import main
from matching.evaluation import Figures, evaluate, ours

QUERIES = [Document("q", {"title": "电池"}), Document("none", {"title": "无"})]
JUDGED = {"q": {"a": 2, "b": 1, "c": 0}}


@pytest.mark.parametrize(
    ("found", "ndcg", "mrr", "recall"),
    [
        ("ab", 1.0, 1.0, 1.0),
        ("ba", (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)), 1.0, 1.0),
        ("xa", (3 / math.log2(3)) / (3 + 1 / math.log2(3)), 0.5, 0.5),
        ("", 0.0, 0.0, 0.0),
        ("xyza", (3 / math.log2(5)) / (3 + 1 / math.log2(3)), 0.25, 0.5),
    ],
)
def test_the_figures_are_what_the_definitions_say(found, ndcg, mrr, recall):
    figures = evaluate(QUERIES, JUDGED, lambda query, k: found)
    assert figures == Figures(1, pytest.approx(ndcg), pytest.approx(mrr), pytest.approx(recall)), (
        "a query without anything relevant does not count"
    )


def test_only_grades_from_the_bar_on_are_relevant():
    assert evaluate(QUERIES, JUDGED, lambda query, k: "b", relevant=2).recall == 0
    assert evaluate(QUERIES, {}, lambda query, k: "b") == Figures(0, 0.0, 0.0, 0.0)


def test_our_ranking_is_the_index_without_its_floor():
    index = Index.build([Document("a", {"title": "固态电池"}), Document("b", {"title": "电池"})])
    assert ours(index)(Document("?", {"title": "固态电池"}), 1) == ["a"]
    assert ours(index)(Document("?", {"title": "固态电池"}), 5) == ["a", "b"]


def test_the_command_prints_both_rankings(tmp_path, capsys):
    def write(name, rows):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / name).write_text("\n".join(lines), "utf-8")

    write("queries.jsonl", [{"id": "q", "title": "SiC器件", "text": ""}])
    write(
        "docs.jsonl",
        [{"id": "a", "title": "碳化硅器件", "text": ""}, {"id": "b", "title": "种子", "text": ""}],
    )
    (tmp_path / "qrels.tsv").write_text("q\ta\t1", "utf-8")

    main([str(tmp_path)])

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["usual", "ours"]
    assert lines[2].split()[2:] == ["1", "1.000", "1.000", "1.000"]
