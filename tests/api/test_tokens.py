"""Signing in for a token, the lock-out, and taking tokens back."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from knox.models import AuthToken

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

TOKENS = "/api/v1/auth/tokens/"


@pytest.fixture
def zhao():
    return make_user(username="zhao", email="zhao@example.cn", display_name="赵明")


def sign_in(client, username, password=PASSWORD):
    return client.post(TOKENS, {"username": username, "password": password})


@pytest.mark.parametrize("name", ["zhao", "ZHAO", "zhao@example.cn"])
def test_name_and_email_both_sign_in_and_the_token_opens_the_door(client_for, zhao, name):
    client = client_for()
    answer = sign_in(client, name)

    assert answer.status_code == 201
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert client.get("/api/v1/me/").json()["display_name"] == "赵明"
    assert answer.json()["token"] not in str(AuthToken.objects.values())


def test_a_wrong_password_is_refused_in_words(client_for, zhao):
    answer = sign_in(client_for(), "zhao", "wrong")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "请先登录",
        "status": 401,
        "code": "wrong_credentials",
        "detail": "用户名或密码不正确；连续输错会暂停登录",
    }
    assert not AuthToken.objects.exists()


def test_failures_by_name_and_by_email_lock_one_account(client_for, zhao):
    client = client_for()
    tries = [sign_in(client, name, "wrong") for name in ("zhao", "zhao@example.cn") * 2]
    assert [answer.status_code for answer in tries] == [401] * 4

    locked = sign_in(client, "ZHAO", "wrong")
    right = sign_in(client, "zhao@example.cn")

    assert [(a.status_code, a.json()["code"]) for a in (locked, right)] == [(429, "locked_out")] * 2
    assert locked["Retry-After"] == "900"
    assert not AuthToken.objects.exists()
    assert sign_in(client, make_user().username).status_code == 201
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert sign_in(client, "zhao").status_code == 201


def test_who_tries_too_often_waits(client_for, zhao):
    client = client_for()
    with time_machine.travel(timezone.now(), tick=False):
        answers = [sign_in(client, f"nobody{n}", "wrong") for n in range(21)]

    assert [answer.status_code for answer in answers] == [401] * 20 + [429]
    assert answers[-1].json()["code"] == "throttled"
    assert answers[-1]["Retry-After"] == "60"


@pytest.mark.parametrize("header", ["Token", "Token nonsense", "Token a b", "Token é"])
def test_a_token_that_is_none_is_refused(client_for, header):
    client = client_for()
    client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_stranger_is_asked_to_sign_in(client_for):
    answer = client_for().get("/api/v1/me/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


def test_a_stale_token_does_not_keep_from_signing_in(client_for, zhao):
    client = client_for()
    client.credentials(HTTP_AUTHORIZATION="Token nonsense")
    assert sign_in(client, "zhao").status_code == 201


def test_a_token_runs_out(client_for, zhao):
    client = client_for(zhao)
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        assert client.get("/api/v1/me/").json()["code"] == "token_invalid"


def test_one_sees_and_takes_back_one_s_own_tokens_only(client_for, zhao):
    mine, other, stranger = client_for(zhao), client_for(zhao), client_for(make_user())
    rows = mine.get(TOKENS).json()["results"]
    assert [row["is_current"] for row in rows] == [False, True]

    refused = stranger.delete(f"{TOKENS}{rows[0]['id']}/")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert other.get("/api/v1/me/").status_code == 200

    assert mine.delete(f"{TOKENS}{rows[0]['id']}/").status_code == 204
    assert other.get("/api/v1/me/").status_code == 401
    assert mine.get("/api/v1/me/").status_code == 200


def test_signing_out_ends_this_token_and_no_other(client_for, zhao):
    mine, other = client_for(zhao), client_for(zhao)

    assert mine.delete(f"{TOKENS}current/").status_code == 204

    assert (mine.get("/api/v1/me/").status_code, other.get("/api/v1/me/").status_code) == (401, 200)
