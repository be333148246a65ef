"""Sign-up, sign-in by name or e-mail, and the lock-out that counts both as one person."""

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from jiebang.accounts import services
from jiebang.accounts.lockout import identity
from jiebang.accounts.models import PlatformRole, RoleGrant, User
from jiebang.common.errors import Invalid, NotAllowed
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

GOOD = {
    "username": "linzhiyuan",
    "password": "songshanhu-2026",
    "display_name": "林之远",
    "email": "Lin@Example.cn",
}


def test_sign_up_makes_an_account_that_can_sign_in_by_name_and_by_email():
    user = services.sign_up(**GOOD)

    request = RequestFactory().post("/")
    for name in ("linzhiyuan", "LINZHIYUAN", "lin@example.cn", "LIN@example.cn"):
        found = authenticate(request, username=name, password=GOOD["password"])
        assert found == user
    assert user.email == "lin@example.cn"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "有 空格"}, "username"),
        ({"username": "TAKEN"}, "username"),
        ({"email": "Taken@example.cn"}, "email"),
        ({"email": "not-an-address"}, "email"),
        ({"display_name": " "}, "display_name"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
    ],
)
def test_a_faulty_sign_up_says_where_and_makes_nothing(change, field):
    make_user(username="taken", email="taken@example.cn")

    with pytest.raises(Invalid) as caught:
        services.sign_up(**{**GOOD, **change})

    assert list(caught.value.fields) == [field]
    assert User.objects.count() == 1


@pytest.mark.parametrize("clash", [{"username": "ZHAO"}, {"email": "ZHAO@example.cn"}])
def test_the_database_itself_refuses_a_second_person_of_the_same_name(clash):
    make_user(username="zhao", email="zhao@example.cn")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(**{"username": "other", "email": "other@example.cn", **clash})


@pytest.mark.parametrize("password", ["wrong-password", ""])
def test_a_wrong_password_signs_nobody_in(password):
    make_user(username="zhao")
    request = RequestFactory().post("/")
    assert authenticate(request, username="zhao", password=password) is None
    assert authenticate(request, username="nobody", password=PASSWORD) is None


def test_a_disabled_account_does_not_sign_in():
    make_user(username="zhao", is_active=False)
    request = RequestFactory().post("/")
    assert authenticate(request, username="zhao", password=PASSWORD) is None


@pytest.mark.parametrize("typed", ["zhao", " Zhao ", "ZHAO@example.cn"])
def test_failures_count_against_one_identity_whichever_name_was_typed(typed):
    make_user(username="zhao", email="zhao@example.cn")
    assert identity(None, {"username": typed}) == "zhao"
    assert identity(RequestFactory().post("/", {"username": typed})) == "zhao"


def test_a_stranger_is_counted_under_what_was_typed():
    assert identity(None, {"username": " Nobody "}) == "nobody"


def test_a_role_granted_twice_is_held_once_and_is_seen_at_once():
    user = make_user()
    assert not user.has_role(PlatformRole.OFFICER)

    for _ in range(2):
        services.grant_role(user=user, role=PlatformRole.OFFICER)

    assert user.has_role(PlatformRole.OFFICER)
    assert RoleGrant.objects.count() == 1


def test_an_endorser_holds_the_role_in_named_districts_only():
    user = make_user()
    services.grant_role(user=user, role=PlatformRole.ENDORSER, scopes=["T01", "T02"])

    assert user.scopes(PlatformRole.ENDORSER) == {"T01", "T02"}
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role=PlatformRole.ENDORSER, scope="")


def test_a_missing_role_is_named_in_the_refusal():
    with pytest.raises(NotAllowed, match="科技局经办、科技局审批") as caught:
        make_user().needs_role(PlatformRole.OFFICER, PlatformRole.APPROVER)
    assert caught.value.code == "role_required"
