"""The figures, by hand."""

import math

import numpy as np
import pytest

from matching import Document
from matching.judged import Collection
from matching.metrics import of_query, summary

KEYS = "abcdxyz"


def collection(judged):
    documents = tuple(Document(key, {}) for key in KEYS)
    return Collection("c", (Document("q", {}),), documents, {"q": judged})


def scores(order):
    """Return scores that put the documents in this order, and leave the others at nought."""
    return np.array([len(order) - order.index(key) if key in order else 0.0 for key in KEYS])


@pytest.mark.parametrize(
    ("order", "ndcg", "mrr"),
    [
        ("ab", 1.0, 1.0),
        ("ba", (3 + 7 / math.log2(3)) / (7 + 3 / math.log2(3)), 1.0),
        ("xa", (7 / math.log2(3) + 3 / math.log2(4)) / (7 + 3 / math.log2(3)), 0.5),
    ],
)
def test_graded_figures_are_what_the_definitions_say(order, ndcg, mrr):
    found = of_query(collection({"a": 4, "b": 3, "c": 2, "d": 1}), "q", scores(order))
    figures = {name: found[name] for name in ("ndcg@10", "mrr@10", "recall@10", "recall@100")}
    assert figures == pytest.approx(
        {"ndcg@10": ndcg, "mrr@10": mrr, "recall@10": 1.0, "recall@100": 1.0}
    )


def test_agreement_is_counted_over_the_judged_documents_alone():
    grades = {"a": 4, "b": 3, "c": 2, "d": 1}
    best = of_query(collection(grades), "q", scores("abcd"))
    worst = of_query(collection(grades), "q", scores("xyzdcba"))
    assert (best["auc"], best["tau"]) == (1.0, pytest.approx(1.0))
    assert (worst["auc"], worst["tau"]) == (0.0, pytest.approx(-1.0))


def test_where_grades_say_yes_or_no_a_yes_counts_one_and_nothing_is_said_of_agreement():
    found = of_query(collection({"a": 1, "b": 0}), "q", scores("ba"))
    assert found == pytest.approx(
        {"ndcg@10": 1 / math.log2(3), "mrr@10": 0.5, "recall@10": 1.0, "recall@100": 1.0}
    )


@pytest.mark.parametrize("judged", [{}, {"a": 2, "b": 4} | {"b": 2, "c": 4, "a": 2}])
def test_a_query_without_anything_relevant_has_no_figures(judged):
    assert of_query(collection({"a": 2, "x": 1} if judged else {}), "other", scores("a")) is None


def test_ties_go_by_the_documents_id():
    found = of_query(collection({"b": 1}), "q", np.ones(len(KEYS)))
    assert found["mrr@10"] == 0.5


def test_the_interval_holds_the_mean_and_is_the_same_each_time():
    rows = [{"ndcg@10": value} for value in (0.0, 0.2, 0.4, 1.0)]
    (figure,) = summary(rows).values()
    assert figure.mean == pytest.approx(0.4)
    assert figure.low < figure.mean < figure.high
    assert summary(rows) == {"ndcg@10": figure}
