"""Files on pages: added with and without scripts, opened, removed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiebang.files.models import Attachment
from tests import factories as make
from tests.files import made
from tests.files.conftest import _own_folder  # noqa: F401 -- every test here wants it

pytestmark = pytest.mark.django_db


@pytest.fixture
def need():
    return make.make_need()


@pytest.fixture
def writer(need, client):
    client.force_login(make.make_user(unit=need.owner))
    return client


def test_a_file_is_added_from_the_needs_page_and_stands_there(need, writer):
    page = reverse("web:need", args=[need.pk])
    add = reverse("web:attachment-add", args=["need", need.pk])
    assert add in writer.get(page).content.decode()
    file = SimpleUploadedFile("工况 数据.pdf", made.pdf_file())
    answer = writer.post(
        add, {"slot": "requirement", "file": file}, HTTP_REFERER=f"http://testserver{page}"
    )
    assert (answer.status_code, answer["Location"]) == (302, f"http://testserver{page}")
    assert "工况 数据.pdf" in writer.get(page).content.decode()


def test_with_scripts_only_the_files_are_renewed(need, writer):
    add = reverse("web:attachment-add", args=["need", need.pk])
    file = SimpleUploadedFile("方案.pdf", made.pdf_file())
    answer = writer.post(add, {"slot": "other", "file": file}, HTTP_HX_REQUEST="true")
    body = answer.content.decode()
    assert (answer.status_code, 'id="files-need-' in body, "<html" in body) == (200, True, False)
    assert "已收到“方案.pdf”" in body
    key = Attachment.objects.get().pk
    answer = writer.post(reverse("web:attachment-remove", args=[key]), HTTP_HX_REQUEST="true")
    assert "还没有文件" in answer.content.decode()


def test_a_refusal_is_said_in_place_and_changes_nothing(need, writer):
    add = reverse("web:attachment-add", args=["need", need.pk])
    answer = writer.post(add, {"slot": "other"}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, "请选择文件" in answer.content.decode()) == (422, True)
    assert Attachment.objects.count() == 0


def test_a_downloaded_file_is_not_shown_in_the_browser_nor_kept_by_caches(need, writer):
    add = reverse("web:attachment-add", args=["need", need.pk])
    writer.post(add, {"slot": "other", "file": SimpleUploadedFile("a.pdf", made.pdf_file())})
    answer = writer.get(reverse("web:attachment", args=[Attachment.objects.get().pk]))
    assert b"".join(answer.streaming_content) == made.pdf_file()
    assert answer["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == (
        "private, no-store",
        "nosniff",
    )
