"""Secrecy in tiers: teaser, after the undertaking, after shortlisting; and who read it."""

import pytest

from jiebang.challenges.models import Admission, Challenge, Reading
from jiebang.challenges.states import State
from jiebang.ledger import queries as ledger
from jiebang.library.states import Secrecy
from tests.factories import (
    make_challenge,
    make_expert,
    make_need,
    make_officer,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db
SECRET = "只给有资格的单位看的难题"


def posted(secrecy, state=State.OPEN):
    return make_challenge(
        state, need=make_need("posted", secrecy=secrecy, main_problem=SECRET, mask_owner=True)
    )


@pytest.fixture
def bidder():
    return make_user(unit=make_university(name="珠湾样例大学"), display_name="林教授")


def unit_of(person):
    return person.memberships.get().organization


def reads(client_for, person, challenge):
    shown = client_for(person).get(f"/api/v1/challenges/{challenge.pk}/").json()
    return bool(shown["details"])


def sign(client_for, person, challenge, unit=None):
    url = f"/api/v1/challenges/{challenge.pk}/undertaking/"
    return client_for(person).post(url, {"unit": (unit or unit_of(person)).pk})


def admit(client_for, person, challenge, unit):
    return client_for(person).post(
        f"/api/v1/challenges/{challenge.pk}/admissions/", {"unit": unit.pk}
    )


# What each step opens: to nobody, to a verified unit, after signing, after shortlisting too.
TIERS = {
    Secrecy.PUBLIC: (True, True, True, True),
    Secrecy.MATCHED: (False, True, True, True),
    Secrecy.PLEDGED: (False, False, True, True),
    Secrecy.ADMITTED: (False, False, False, True),
}


@pytest.mark.parametrize("secrecy", TIERS)
def test_each_tier_opens_at_its_step(client_for, bidder, secrecy):
    challenge = posted(secrecy)
    seen = [reads(client_for, None, challenge), reads(client_for, bidder, challenge)]
    sign(client_for, bidder, challenge)
    seen.append(reads(client_for, bidder, challenge))
    admit(client_for, make_officer(), challenge, unit_of(bidder))
    seen.append(reads(client_for, bidder, challenge))

    assert tuple(seen) == TIERS[secrecy]


def test_shortlisting_without_the_undertaking_opens_nothing(client_for, bidder):
    challenge = posted(Secrecy.ADMITTED)

    assert admit(client_for, make_officer(), challenge, unit_of(bidder)).status_code == 201
    assert reads(client_for, bidder, challenge) is False


def test_the_page_keeps_what_the_interface_keeps(client, client_for, bidder):
    challenge = posted(Secrecy.PLEDGED)
    url = f"/challenges/{challenge.pk}/"
    client.force_login(bidder)

    before = client.get(url).content.decode()
    signed = client.post(f"{url}undertaking/", {"unit": unit_of(bidder).pk})
    after = client.get(url).content.decode()

    assert (SECRET in before, "签署保密承诺" in before) == (False, True)
    assert (signed.status_code, SECRET in after) == (302, True)
    assert challenge.need.owner.name not in after


def test_search_and_the_list_give_the_teaser_only(client, bidder):
    posted(Secrecy.PLEDGED)
    client.force_login(bidder)

    assert SECRET not in client.get("/").content.decode()
    assert client.get("/api/v1/challenges/", {"q": SECRET}).json()["count"] == 0


SIGNERS = {
    "somebody else's unit": (lambda b: (b, make_university()), 403, "not_member"),
    "a viewer": (
        lambda b: (make_user(unit=unit_of(b), member_role="viewer"), unit_of(b)),
        403,
        "viewer_only",
    ),
    "an unverified unit": (
        lambda b: ((p := make_user(unit=make_unit(state="pending"))), unit_of(p)),
        403,
        "unit_not_verified",
    ),
    "a stranger": (lambda b: (None, unit_of(b)), 401, "not_authenticated"),
}


@pytest.mark.parametrize("who", SIGNERS)
def test_only_who_writes_for_the_unit_signs(client_for, bidder, who):
    person, status, code = SIGNERS[who]
    challenge, (signer, unit) = posted(Secrecy.PLEDGED), person(bidder)

    answer = sign(client_for, signer, challenge, unit)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Admission.objects.count() == 0


@pytest.mark.parametrize(
    ("secrecy", "state", "code"),
    [
        (Secrecy.PUBLIC, State.OPEN, "wrong_state"),
        (Secrecy.PLEDGED, State.WITHDRAWN, "not_found"),
    ],
)
def test_there_must_be_something_to_sign_for(client_for, bidder, secrecy, state, code):
    answer = sign(client_for, bidder, posted(secrecy, state))

    assert answer.json()["code"] == code
    assert Admission.objects.count() == 0


def test_signing_twice_and_admitting_twice_is_told(client_for, bidder):
    challenge, officer = posted(Secrecy.ADMITTED), make_officer()
    for _ in range(2):
        signed = sign(client_for, bidder, challenge)
        admitted = admit(client_for, officer, challenge, unit_of(bidder))

    assert (signed.status_code, signed.json()["code"]) == (409, "signed_already")
    assert (admitted.status_code, admitted.json()["code"]) == (409, "admitted_already")
    assert Admission.objects.count() == 1
    assert list(ledger.check_all()) == []


def test_a_bidder_does_not_shortlist_itself(client_for, bidder):
    answer = admit(client_for, bidder, posted(Secrecy.ADMITTED), unit_of(bidder))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_poster")
    assert Admission.objects.count() == 0


def test_every_reading_is_logged_and_the_poster_sees_it(client, client_for, bidder):
    challenge = posted(Secrecy.PLEDGED)
    poster, expert = make_user(unit=challenge.need.owner), make_expert(display_name="宋专家")
    sign(client_for, bidder, challenge)
    for person in (poster, None, make_user(unit=make_unit())):  # one's own, and two who read not
        reads(client_for, person, challenge)
    reads(client_for, bidder, challenge)
    client.force_login(expert)
    client.get(f"/challenges/{challenge.pk}/")

    log = client_for(poster).get(f"/api/v1/challenges/{challenge.pk}/readings/").json()["results"]
    assert [(row["reader_name"], row["unit_name"]) for row in log] == [
        ("宋专家", ""),
        ("林教授", "珠湾样例大学"),
    ]
    client.force_login(poster)
    assert "珠湾样例大学" in client.get(f"/challenges/{challenge.pk}/readings/").content.decode()


def test_a_public_text_is_read_without_a_log(client_for, bidder):
    challenge = posted(Secrecy.PUBLIC)

    assert reads(client_for, bidder, challenge) is True
    assert Reading.objects.count() == 0


def test_the_log_is_for_poster_and_bureau(client, client_for, bidder):
    challenge = posted(Secrecy.PLEDGED)
    people = {
        "poster": make_user(unit=challenge.need.owner),
        "officer": make_officer(),
        "bidder": bidder,
        "expert": make_expert(),
    }
    found = {}
    for name, person in people.items():
        client.force_login(person)
        page = client.get(f"/challenges/{challenge.pk}/readings/").status_code
        api = client_for(person).get(f"/api/v1/challenges/{challenge.pk}/readings/").status_code
        found[name] = (page, api)

    assert found == {
        "poster": (200, 200), "officer": (200, 200), "bidder": (403, 403), "expert": (403, 403),
    }  # fmt: skip


def test_the_poster_shortlists_on_the_page(client, bidder):
    challenge = posted(Secrecy.ADMITTED)
    client.force_login(make_user(unit=challenge.need.owner))
    url = f"/challenges/{challenge.pk}/readings/"

    assert client.post(url, {"unit": ""}).status_code == 422
    assert client.post(url, {"unit": unit_of(bidder).pk})["Location"] == url
    assert Admission.objects.get().admitted_at is not None
    assert Challenge.objects.get().admissions.count() == 1
