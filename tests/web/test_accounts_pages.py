"""Signing in, out and up; the lock-out; the demo city's list."""

import pytest
from django.urls import reverse

from jiebang.accounts.models import User
from tests.factories import PASSWORD, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db
SIGN_UP = {
    "display_name": "林之远",
    "username": "lin",
    "email": "lin@example.cn",
    "password": "songshanhu-2026",
    "again": "songshanhu-2026",
}


def sign_in(client, name, password):
    return client.post(reverse("web:sign-in"), {"username": name, "password": password})


@pytest.mark.parametrize("name", ["zhao", "ZHAO@example.cn"])
def test_one_signs_in_by_name_or_email_and_comes_to_the_desk(client, name):
    make_user(username="zhao", email="zhao@example.cn")
    response = sign_in(client, name, PASSWORD)
    assert (response.status_code, response.url) == (302, reverse("web:desk"))


def test_a_wrong_password_is_said_in_chinese_and_the_name_is_kept(client):
    make_user(username="zhao")
    response = sign_in(client, "zhao", "wrong")
    text = response.content.decode()
    assert "用户名或密码不正确" in text
    assert 'value="zhao"' in text
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_the_account_under_all_its_names(client):
    make_user(username="zhao", email="zhao@example.cn")
    for n in range(4):
        assert sign_in(client, ["zhao", "zhao@example.cn"][n % 2], "wrong").status_code == 200
    assert sign_in(client, "ZHAO", "wrong").status_code == 429
    for name in ("zhao", "zhao@example.cn"):
        response = sign_in(client, name, PASSWORD)
        assert response.status_code == 429
        assert "登录已暂停" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_out_is_a_post(client):
    client.force_login(make_user())
    assert client.get(reverse("web:sign-out")).status_code == 405
    client.post(reverse("web:sign-out"))
    assert "_auth_user_id" not in client.session


def test_signing_up_makes_an_account_and_signs_it_in(client):
    response = client.post(reverse("web:sign-up"), SIGN_UP)
    assert (response.status_code, response.url) == (302, reverse("web:my-unit"))
    assert int(client.session["_auth_user_id"]) == User.objects.get(username="lin").pk


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"again": "other-password"}, "两次输入的密码不一致"),
        ({"password": "1234567890", "again": "1234567890"}, "密码"),
        ({"email": "no"}, "邮箱"),
        ({"display_name": ""}, "请填写姓名"),
    ],
)
def test_a_faulty_sign_up_says_where_and_keeps_what_was_typed(client, change, sentence):
    response = client.post(reverse("web:sign-up"), {**SIGN_UP, **change})
    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert 'value="lin"' in text
    assert not User.objects.exists()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example"])
def test_nobody_is_sent_elsewhere_after_signing_up(client, wanted):
    response = client.post(reverse("web:sign-up"), {**SIGN_UP, "next": wanted})
    assert response.url == reverse("web:my-unit")


def test_demo_accounts_are_listed_in_demo_mode_only(client, settings):
    make_officer(username="linjian")
    assert "演示账号" not in client.get(reverse("web:sign-in")).content.decode()
    settings.DEMO_MODE = True
    assert 'data-demo-account="linjian"' in client.get(reverse("web:sign-in")).content.decode()


def test_a_changed_password_keeps_this_session(client):
    user = make_user()
    client.force_login(user)
    typed = {
        "old_password": PASSWORD,
        "new_password1": "ruan-2026-xin",
        "new_password2": "ruan-2026-xin",
    }
    assert client.post(reverse("web:password"), typed).status_code == 302
    assert client.get(reverse("web:profile")).status_code == 200
    user.refresh_from_db()
    assert user.check_password("ruan-2026-xin")


def test_the_profile_names_roles_and_units(client):
    unit = make_unit(name="莞芯样例公司")
    client.force_login(make_officer(unit=unit))
    text = client.get(reverse("web:profile")).content.decode()
    assert "科技局经办" in text
    assert "莞芯样例公司" in text
