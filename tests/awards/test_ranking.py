"""One score a solution, by the call's method; places, ties and spread."""

from decimal import Decimal

import pytest

from jiebang.awards import ranking


def decimals(*values):
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("method", "totals", "score"),
    [
        ("mean", (80, 90, 91), "87.00"),
        ("mean", (80, 80, 81), "80.33"),
        ("median", (60, 90, 91), "90.00"),
        ("median", (60, 70, 80, 100), "75.00"),
        ("trimmed", (10, 80, 90, 100), "85.00"),
        ("trimmed", (10, 90), "50.00"),  # too few to leave any out
    ],
)
def test_the_method_makes_one_score_of_the_totals(method, totals, score):
    assert ranking.score(decimals(*totals), method) == Decimal(score)


def test_equal_scores_share_a_place_and_the_next_one_is_skipped():
    totals = {7: decimals(80, 90), 8: decimals(85), 9: decimals(70), 5: decimals(99), 4: []}
    ranked = ranking.rank(totals, "mean")
    assert [(r.key, r.place, r.tied, r.spread) for r in ranked] == [
        (5, 1, False, 0),
        (7, 2, True, 10),
        (8, 2, True, 0),
        (9, 4, False, 0),
    ]
