"""What a score means, learned from pairs that people graded."""

import pytest

from matching.grading import USUAL, Scale, informed

SCORES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5] * 4
GRADED = [1, 1, 1, 2, 2, 3, 3, 4] * 4


def test_better_scores_promise_more():
    scale = Scale.fit(SCORES, GRADED)
    expected = [scale.expected(score) for score in SCORES[:8]]
    assert expected == sorted(expected)
    assert (round(expected[0]), round(expected[-1])) == (1, 4)
    assert [scale.chance(0.4, grade) > 0.5 for grade in (2, 3, 4)] == [True, True, False]


def test_a_grade_nobody_gave_is_not_expected():
    scale = Scale.fit([0.1, 0.2, 0.3, 0.4], [1, 1, 2, 2])
    assert scale.chance(0.4, 4) == scale.chance(0.1, 4) < 0.2
    assert 1 < scale.expected(0.4) < 2.5


def test_scores_that_go_against_the_grades_tell_nothing_rather_than_the_opposite():
    scale = Scale.fit([0.4, 0.3, 0.2, 0.1], [1, 1, 4, 4])
    assert scale.expected(0.4) == scale.expected(0.1)


def test_the_usual_scale_is_careful():
    assert [round(USUAL.chance(score), 1) for score in (0.0, 0.15, 0.5)] == [0.0, 0.2, 0.4]


@pytest.mark.parametrize(
    ("alike", "told"),
    [
        ([], 2.0),
        ([(0.3, 1.0)], 2.5),
        ([(0.3, 1.0), (0.3, -1.0)], 2.0),
        ([(100.0, 9.0)], 4.0),
        ([(100.0, -9.0)], 1.0),
    ],
)
def test_similar_documents_that_were_graded_move_what_is_expected(alike, told):
    assert informed(2.0, alike) == pytest.approx(told)
