"""A new password, and files taken in, by the interface."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from knox.models import AuthToken

from jiebang.accounts import services
from jiebang.jobs.models import Job
from tests.factories import PASSWORD, make_approver, make_officer, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/password/"
NEW = "quite-another-one-7"
IMPORTS = "/api/v1/imports/"


def sheet(name="需求.csv", content="需求名称\n固态电池电解质制备\n"):
    return SimpleUploadedFile(name, content.encode(), "text/csv")


def test_a_new_password_ends_every_token(client_for):
    person, other = make_user(), make_user()
    AuthToken.objects.create(person), AuthToken.objects.create(other)
    client = client_for(person)

    assert client.post(ADDRESS, {"old": PASSWORD, "new": NEW}).status_code == 204
    assert client.get("/api/v1/me/").status_code == 401
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert [token.user for token in AuthToken.objects.all()] == [other]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", NEW, "old"), (PASSWORD, "short", "new"), (PASSWORD, "12345678901", "new")],
)
def test_a_password_that_will_not_do_is_refused_and_the_tokens_stay(client_for, old, new, field):
    person = make_user()
    answer = client_for(person).post(ADDRESS, {"old": old, "new": new})

    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    person.refresh_from_db()
    assert (person.check_password(PASSWORD), AuthToken.objects.count()) == (True, 1)


def test_the_page_s_change_ends_the_tokens_too_and_keeps_the_session(client):
    person = make_user()
    AuthToken.objects.create(person)
    client.force_login(person)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = client.post("/password/", typed, follow=True)

    assert (answer.status_code, AuthToken.objects.count()) == (200, 0)
    assert answer.context["user"] == person


def test_a_service_refusal_changes_nothing():
    person = make_user()
    with pytest.raises(Exception, match="密码没有修改"):
        services.change_password(user=person, old="wrong", new="short")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_an_officer_s_file_becomes_a_job(client_for, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = client_for(make_officer())
    answer = client.post(IMPORTS, {"kind": "needs", "file": sheet()}, format="multipart")

    job = Job.objects.get()
    assert (answer.status_code, answer.json()["id"], job.name) == (202, job.pk, "imports.run")
    assert client.get(f"{IMPORTS}{job.pk}/").json()["result"] == {}
    assert client.get(IMPORTS).json()["count"] == 1


@pytest.mark.parametrize(
    ("person", "file", "status", "code"),
    [
        (make_approver, sheet, 403, "role_required"),
        (make_user, sheet, 403, "role_required"),
        (make_officer, lambda: sheet("a.pdf"), 422, "file_invalid"),
    ],
)
def test_a_file_that_is_not_taken_makes_no_job(client_for, person, file, status, code):
    answer = client_for(person()).post(
        IMPORTS, {"kind": "needs", "file": file()}, format="multipart"
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Job.objects.exists()
