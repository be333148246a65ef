"""Why two things match, useful or not with and without scripts, and what fits one's units."""

import pytest
from django.urls import reverse

from jiebang.library.states import State as NeedState
from jiebang.recommendations import engine, services
from jiebang.recommendations.models import Feedback
from tests.factories import (
    make_achievement,
    make_challenge,
    make_need,
    make_officer,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _indexes(settings, tmp_path):
    settings.MATCH_INDEX_DIR = tmp_path / "index"
    yield
    engine._opened.clear()


@pytest.fixture
def unit():
    return make_university(main_business="固态电池电解质研究", intro="从事硫化物电解质研究。")


@pytest.fixture
def pair(unit):
    """A need and the result that answers it, as the addresses of their match."""
    need = make_need(NeedState.POSTED)
    answer = make_achievement(unit, keywords="固态电池,硫化物电解质")
    make_challenge(need=need)
    services.refresh_all()
    return ("need", need.pk, "achievement", answer.pk)


def test_the_page_shows_both_texts_and_what_the_score_is_made_of(client, pair):
    client.force_login(make_officer())
    page = client.get(reverse("web:match-why", args=pair))

    shares = [part["percent"] for part in page.context["parts"]]
    assert (page.status_code, round(sum(shares))) == (200, 100)
    assert page.context["right"]["url"] == reverse("web:achievement", args=[pair[3]])


def test_a_stranger_to_the_need_is_refused(client, pair):
    client.force_login(make_user())
    answer = client.get(reverse("web:match-why", args=pair))
    said = client.post(reverse("web:match-feedback", args=pair), {"useful": "yes"})

    assert (answer.status_code, said.status_code) in {(403, 403), (404, 404)}
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("word", "kept"), [("yes", [True]), ("no", [False]), ("", [])])
def test_without_scripts_a_word_leads_back_to_a_whole_page(client, pair, word, kept):
    client.force_login(make_officer())
    address = reverse("web:match-feedback", args=pair)
    client.post(address, {"useful": "yes"})
    answer = client.post(address, {"useful": word}, follow=True)

    assert answer.redirect_chain == [(reverse("web:match-why", args=pair), 302)]
    assert "<html" in answer.content.decode()
    assert list(Feedback.objects.values_list("useful", flat=True)) == kept


def test_with_scripts_the_buttons_alone_come_back(client, pair):
    client.force_login(make_officer())
    address = reverse("web:match-feedback", args=pair)
    answer = client.post(address, {"useful": "yes"}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert (answer.status_code, "<html" in text) == (200, False)
    assert 'aria-pressed="true"' in text


def test_what_fits_is_listed_for_the_own_units(client, unit, pair):
    client.force_login(make_user(unit=unit))
    fitting = client.get(reverse("web:fitting")).context["matches"]
    client.force_login(make_user(unit=make_university()))
    nothing = client.get(reverse("web:fitting")).context["matches"]

    assert (len(fitting), len(nothing)) == (1, 0)
