"""What a file is, is told by its content; what it calls itself must agree."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiebang.common.errors import Invalid
from jiebang.files import kinds, services
from jiebang.files.models import Attachment, Content
from tests import factories as make
from tests.files import made

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (made.pdf_file(), kinds.PDF),
        (made.docx_file(), kinds.DOCX),
        (made.xlsx_file(), kinds.XLSX),
        (made.zip_file(), kinds.ZIP),
        (made.zip_file(**{"OFD.xml": "<ofd/>"}), kinds.OFD),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), kinds.PNG),
        (b"\xff\xd8\xff\xe0" + bytes(20), kinds.JPEG),
        (OLE, kinds.OLE),
        ("指标,数值\n能量密度,350".encode(), kinds.TEXT),
        ("指标,数值".encode("gb18030"), kinds.TEXT),
        (b"MZ\x90\x00" + bytes(100), None),
        (b"<html><script>alert(1)</script></html>", None),
        (made.pdf_file() + made.zip_file(), None),
        (made.zip_file(**{"[Content_Types].xml": "x", "word/vbaProject.bin": "x"}), None),
        (b"", None),
    ],
)
def test_content_says_what_a_file_is(content, kind, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(content)
    assert kinds.kind_of(file) == kind


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "file_empty"),
        ("程序.exe", b"MZ\x90\x00" + bytes(100), "file_kind"),
        ("方案.docx", made.pdf_file(), "file_name_lies"),
        ("方案.pdf", made.locked_pdf(), "file_unreadable"),
        ("方案.pdf", b"%PDF-1.7 and no more", "file_unreadable"),
        ("大.txt", b"a" * 2001, "file_too_large"),
    ],
)
def test_what_is_not_taken_is_refused_at_its_field_and_leaves_nothing(
    name, content, code, settings, tmp_path
):
    if code == "file_too_large":
        settings.FILE_BYTES_MOST = 2000
    need = make.make_need()
    writer = make.make_user(unit=need.owner)
    with pytest.raises(Invalid) as refusal:
        services.attach(
            thing=need,
            slot="requirement",
            upload=SimpleUploadedFile(name, content) if content else io.BytesIO(),
            name=name,
            actor=writer,
        )
    assert (refusal.value.code, list(refusal.value.fields)) == (code, ["file"])
    assert (Attachment.objects.count(), Content.objects.count()) == (0, 0)
    assert [each for each in (tmp_path / "files").rglob("*") if each.is_file()] == []
