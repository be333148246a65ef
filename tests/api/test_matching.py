"""Matches through the interface: for whom, why, and what is thought of them."""

import pytest

from jiebang.library.states import State as NeedState
from jiebang.recommendations import services
from jiebang.recommendations.models import Feedback
from tests.factories import make_need, make_officer, make_university, make_user
from tests.recommendations.conftest import indexes, solver  # noqa: F401

pytestmark = pytest.mark.django_db

V1 = "/api/v1"


@pytest.fixture
def need(solver):  # noqa: F811
    """Return a posted need, matched with what the solver offers."""
    need = make_need(NeedState.POSTED)
    services.refresh_all()
    return need


@pytest.fixture
def pair(need, solver):  # noqa: F811
    answer = solver.achievements.get(title__startswith="硫化物")
    return {
        "subject_kind": "need", "subject_id": need.pk,
        "object_kind": "achievement", "object_id": answer.pk,
    }  # fmt: skip


def runs(client, need):
    answer = client.get(f"{V1}/needs/{need.pk}/matches/").json()
    return {run["object_kind"]: run for run in answer["results"]}


def test_a_need_s_owner_reads_what_was_found_and_why(client_for, need, pair):
    found = runs(client_for(make_user(unit=need.owner)), need)["achievement"]

    (match,) = found["matches"]
    assert (match["subject_id"], match["title"]) == (need.pk, "硫化物固态电解质连续成膜装备")
    assert sum(reason["share"] for reason in match["reasons"]) == pytest.approx(match["score"])
    assert (found["no_good_match"], found["nearest"], match["useful"]) == (False, None, None)


def test_what_was_found_for_a_need_is_not_a_stranger_s_to_know(client_for, need, pair):
    stranger = client_for(make_user(unit=make_university()))

    listed = stranger.get(f"{V1}/needs/{need.pk}/matches/")
    compared = stranger.get(f"{V1}/matches/compare/", pair)

    assert [a.status_code for a in (listed, compared)] == [404, 404]


def test_the_marked_places_hold_the_terms_they_are_numbered_with(client_for, need, pair):
    made = client_for(make_officer()).get(f"{V1}/matches/compare/", pair).json()

    for side in (made["left"], made["right"]):
        marked = {
            (part["text"][start:end], made["terms"][number])
            for part in side["parts"]
            for start, end, number in part["spans"]
        }
        assert marked == {(term, term) for _, term in marked} != set()
    assert (made["left"]["id"], made["right"]["id"]) == (need.pk, pair["object_id"])


def test_an_opinion_is_kept_changed_and_taken_back_by_who_gave_it(client_for, need, pair):
    client, other = client_for(make_officer()), client_for(make_user(unit=need.owner))
    heard = []
    for useful in (True, False, None):
        client.put(f"{V1}/matches/feedback/", {**pair, "useful": useful}, format="json")
        (mine,) = runs(client, need)["achievement"]["matches"]
        (theirs,) = runs(other, need)["achievement"]["matches"]
        heard.append((mine["useful"], theirs["useful"]))

    assert heard == [(True, None), (False, None), (None, None)]
    assert not Feedback.objects.exists()


def test_a_stranger_s_opinion_is_refused_and_not_kept(client_for, need, pair):
    stranger = client_for(make_user(unit=make_university()))

    answer = stranger.put(f"{V1}/matches/feedback/", {**pair, "useful": True}, format="json")

    assert (answer.status_code, Feedback.objects.count()) == (404, 0)
