"""Searching the board: what fits comes first, filters hold, words are marked, queries are few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiebang.challenges import queries as challenges
from jiebang.challenges.states import State
from jiebang.jobs.models import Job
from jiebang.library.states import Secrecy
from jiebang.library.states import State as NeedState
from jiebang.recommendations import board, services
from jiebang.recommendations.models import Kind
from tests.factories import make_challenge, make_need, make_unit

pytestmark = pytest.mark.django_db


def posted(title, problem="现有工艺良率低。", state=State.OPEN, **need):
    made = make_need(
        NeedState.POSTED, title=title, main_problem=problem, keywords="", key_technology="",
        expected_goal="", indicators=0, **need,
    )  # fmt: skip
    return make_challenge(state, need=made)


@pytest.fixture
def cutting():
    """Challenges of which two are about cutting wafers by laser, in other words each."""
    made = {
        "far": posted("固态电池电解质成膜", "循环后界面开裂，需要激光测厚。"),
        "near": posted("晶圆激光切割装备"),
        "spelt": posted("SiC衬底的激光隐形切割"),
        "closed": posted("碳化硅激光切割刀轮", state=State.CLOSED),
    }
    services.refresh_index(Kind.CHALLENGE)
    return made


def names(made, rows):
    return [name for row in rows for name, each in made.items() if each == row]


def test_what_fits_best_comes_first_and_what_is_closed_only_if_it_has_the_words(cutting):
    rows = board.search(challenges.on_the_board(), "碳化硅激光切割")
    assert names(cutting, rows) == ["spelt", "near", "closed"]

    rows = board.search(challenges.on_the_board(), "激光")
    assert set(names(cutting, rows)) == set(cutting)


def test_what_the_filters_leave_out_is_not_found(cutting):
    left = challenges.on_the_board().exclude(pk=cutting["spelt"].pk)

    assert names(cutting, board.search(left, "碳化硅激光切割")) == ["near", "closed"]


def test_an_order_of_the_readers_own_stays(cutting):
    rows = challenges.on_the_board().order_by("pk")

    found = board.search(rows, "碳化硅激光切割", ranked=False)

    assert names(cutting, found) == ["near", "spelt", "closed"]


def test_no_words_are_no_search(cutting):
    rows = challenges.on_the_board()
    assert (list(board.search(rows, " ")), board.marked(rows, " ")) == (list(rows), {})


def test_before_there_is_an_index_the_words_themselves_are_looked_for(cutting, settings, tmp_path):
    settings.MATCH_INDEX_DIR = tmp_path / "none"

    rows = board.search(challenges.on_the_board(), "晶圆激光切割装备")

    assert names(cutting, rows) == ["near"]
    assert Job.objects.filter(key="recommendations.refresh:challenge").count() == 1


def test_another_spelling_is_marked_where_it_stands(cutting):
    marks = board.marked([cutting["spelt"]], "碳化硅激光切割")
    title, _ = marks[cutting["spelt"].pk]

    marked = [cutting["spelt"].title[start:end] for start, end, _ in title]
    assert "SiC" in marked
    assert any("激光" in each for each in marked)


def test_what_is_for_matched_parties_is_not_found_by_what_it_hides():
    hidden = posted("一项装备难题", "晶圆激光切割崩边", secrecy=Secrecy.MATCHED)
    services.refresh_index(Kind.CHALLENGE)

    assert hidden not in board.search(challenges.on_the_board(), "晶圆激光切割崩边")


@pytest.mark.parametrize("query", ["q=碳化硅激光切割", "q=碳化硅激光切割&sort=deadline"])
def test_the_page_asks_as_often_for_many_as_for_few(
    client, cutting, query, django_assert_num_queries
):
    url = f"{reverse('web:board')}?{query}"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        answer = client.get(url)
        asked = len(few.captured_queries)
    assert "<mark" in answer.text
    unit = make_unit()
    for number in range(8):
        posted(f"碳化硅激光切割{number}", owner=unit)
    services.refresh_index(Kind.CHALLENGE)
    client.get(url)
    with django_assert_num_queries(asked):
        client.get(url)


def test_the_interface_ranks_as_the_page_does(client, cutting):
    answer = client.get("/api/v1/challenges/", {"q": "碳化硅激光切割"}).json()

    assert [row["title"] for row in answer["results"]] == [
        cutting[name].title for name in ("spelt", "near", "closed")
    ]
