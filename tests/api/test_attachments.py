"""Files through the interface: handed in, listed, opened, taken away, refused."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiebang.files.models import Attachment
from tests import factories as make
from tests.files import made
from tests.files.conftest import _own_folder  # noqa: F401 -- every test here wants it

pytestmark = pytest.mark.django_db
URL = "/api/v1/attachments/"


def handed(need, **more):
    file = SimpleUploadedFile("方案.pdf", made.pdf_file())
    return {"holder": "need", "thing": need.pk, "slot": "requirement", "file": file, **more}


def test_a_file_is_handed_in_listed_opened_and_taken_away(client_for):
    need = make.make_need()
    client = client_for(make.make_user(unit=need.owner))
    answer = client.post(URL, handed(need), format="multipart")
    digest = hashlib.sha256(made.pdf_file()).hexdigest()
    assert (answer.status_code, answer.json()["sha256"]) == (201, digest)
    key = answer.json()["id"]
    listed = client.get(URL, {"holder": "need", "thing": need.pk}).json()
    assert [row["id"] for row in listed["results"]] == [key]
    opened = client.get(f"{URL}{key}/content/")
    assert b"".join(opened.streaming_content) == made.pdf_file()
    assert "filename*=utf-8''%E6%96%B9%E6%A1%88.pdf" in opened["Content-Disposition"]
    assert client.delete(f"{URL}{key}/").status_code == 204
    assert client.get(URL, {"holder": "need", "thing": need.pk}).json()["results"] == []


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"slot": "unknown"}, 422, "invalid"),
        ({"is_confidential": True}, 422, "reason_required"),
        ({"file": SimpleUploadedFile("方案.pdf", b"MZ\x90\x00")}, 422, "file_kind"),
        ({"thing": 999_999}, 404, "not_found"),
        ({"holder": "nothing"}, 404, "not_found"),
        ({"replaces": 999_999}, 404, "not_found"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(more, status, code, client_for):
    need = make.make_need()
    client = client_for(make.make_user(unit=need.owner))
    answer = client.post(URL, handed(need, **more), format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Attachment.objects.count() == 0
