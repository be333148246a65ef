"""Files on things: handed in, replaced, removed, looked at, opened."""

import hashlib
import io
import os
import time

import pytest
from pypdf import PdfReader

from jiebang.audit.models import Entry
from jiebang.common.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, WrongState
from jiebang.files import queries, services, store
from jiebang.files.models import Attachment, Content, Download
from jiebang.files.states import Scan
from jiebang.jobs.models import Job
from jiebang.library.models import TechNeed
from jiebang.library.states import Secrecy
from jiebang.library.states import State as NeedState
from jiebang.notifications.models import Notification
from tests import factories as make
from tests.files import made
from tests.files.conftest import BAD

pytestmark = pytest.mark.django_db


@pytest.fixture
def need():
    return make.make_need()


@pytest.fixture
def writer(need):
    return make.make_user(unit=need.owner)


def attach(need, actor, content=None, name="方案.pdf", slot="requirement", **more):
    content = made.pdf_file() if content is None else content
    return services.attach(
        thing=need, slot=slot, upload=io.BytesIO(content), name=name, actor=actor, **more
    )


def post(need):
    """The need is on the board: files cannot be changed any more."""
    TechNeed.objects.filter(pk=need.pk).update(state=NeedState.POSTED)
    need.refresh_from_db()
    return make.make_challenge(need=need)


def test_a_file_is_kept_whole_and_named_by_its_hash(need, writer):
    content = made.docx_file()
    row = attach(need, writer, content, "C:\\图纸\\需求说明.docx")
    digest = hashlib.sha256(content).hexdigest()
    assert (row.name, row.content.digest, row.version) == ("需求说明.docx", digest, 1)
    assert store.path_of(digest).read_bytes() == content
    assert store.is_whole(digest) is True
    assert queries.manifest(need) == [
        {
            "slot": "requirement",
            "name": "需求说明.docx",
            "version": 1,
            "size": len(content),
            "sha256": digest,
            "confidential": False,
        }
    ]
    assert Entry.objects.get(action="attach").detail["sha256"] == digest


def test_a_new_version_takes_the_place_of_the_old_and_the_old_stays_on_record(need, writer):
    first = attach(need, writer)
    second = attach(need, writer, made.pdf_file("第二稿"), replaces=first)
    first.refresh_from_db()
    assert [row.pk for row in queries.of(need)] == [second.pk]
    assert (second.version, first.replaced_by_id) == (2, second.pk)
    assert first.removed_at is not None
    assert store.is_whole(first.content.digest) is True
    with pytest.raises(Conflict) as refusal:
        attach(need, writer, made.pdf_file("第三稿"), replaces=first)
    assert refusal.value.code == "file_gone"
    assert Attachment.objects.count() == 2


def test_the_same_file_is_once_in_a_slot(need, writer):
    attach(need, writer)
    with pytest.raises(Conflict) as refusal:
        attach(need, writer)
    assert refusal.value.code == "file_there_already"
    attach(need, writer, slot="other")
    assert (Attachment.objects.count(), Content.objects.count()) == (2, 1)


def test_a_slot_holds_as_many_as_it_says(need, writer):
    for n in range(10):
        attach(need, writer, f"{n}".encode(), f"{n}.txt")
    with pytest.raises(RuleBroken) as refusal:
        attach(need, writer, b"one more", "n.txt")
    assert refusal.value.code == "slot_full"
    assert queries.of(need).count() == 10


def test_secrecy_wants_a_reason(need, writer):
    with pytest.raises(Invalid) as refusal:
        attach(need, writer, is_confidential=True, reason=" ")
    assert (refusal.value.code, list(refusal.value.fields)) == ("reason_required", ["reason"])
    assert Attachment.objects.count() == 0


def test_a_submitted_need_keeps_its_files(need, writer):
    row = attach(need, writer)
    post(need)
    with pytest.raises(NotAllowed) as refusal:
        attach(need, writer, made.pdf_file("后补"))
    assert refusal.value.code == "not_in_progress"
    with pytest.raises(NotAllowed):
        services.remove(thing=need, attachment=row, actor=writer)
    assert [each.pk for each in queries.of(need)] == [row.pk]


def test_strangers_cannot_add(need):
    with pytest.raises(NotAllowed) as refusal:
        attach(need, make.make_user())
    assert refusal.value.code == "not_member"
    assert Attachment.objects.count() == 0


def test_an_infected_file_is_kept_out_and_its_uploader_is_told(need, writer, scanner):
    clean = attach(need, writer)
    bad = attach(need, writer, b"x" + BAD, "样本.txt")
    assert clean.content.state == Scan.CLEAN
    assert (bad.content.state, bad.content.finding) == (Scan.INFECTED, "Test.Virus")
    assert [row["name"] for row in queries.manifest(need)] == ["方案.pdf"]
    told = Notification.objects.get(person=writer)
    assert told.subject == "附件“样本.txt”发现病毒，已隔离"
    with pytest.raises(WrongState) as refusal:
        services.open_for(thing=need, attachment=bad, reader=writer)
    assert refusal.value.code == "file_not_usable"


def test_a_file_waits_while_the_scanner_is_silent_and_is_looked_at_again(
    need, writer, settings, scanner
):
    settings.CLAMD = "127.0.0.1:9"
    row = attach(need, writer, BAD, "样本.txt")
    assert row.content.state == Scan.PENDING
    assert (list(queries.manifest(need)), queries.waiting(need).count()) == ([], 1)
    assert Job.objects.filter(name="files.inspect").count() == 1
    settings.CLAMD = scanner
    assert services.inspect(row.content_id) == Scan.INFECTED
    assert Notification.objects.filter(person=writer).count() == 1


def test_texts_are_read_for_the_matcher_but_not_what_is_confidential(need, writer):
    for name, content in (("甲.pdf", made.pdf_file()), ("乙.docx", made.docx_file())):
        services.inspect(attach(need, writer, content, name).content_id)
    secret = attach(
        need, writer, made.xlsx_file(), "丙.xlsx", is_confidential=True, reason="含工艺参数"
    )
    services.inspect(secret.content_id)
    texts = "\n".join(queries.texts(need))
    assert ("固态电池技术方案" in texts, "硫化物电解质" in texts) == (True, True)
    assert "能量密度" not in texts
    assert "能量密度" in Content.objects.get(pk=secret.content_id).text


READERS = [
    (Secrecy.PUBLIC, "stranger", True),
    (Secrecy.PUBLIC, "bidder", True),
    (Secrecy.MATCHED, "stranger", False),
    (Secrecy.MATCHED, "bidder", True),
    (Secrecy.PLEDGED, "bidder", False),
    (Secrecy.PLEDGED, "officer", True),
    (Secrecy.ADMITTED, "bidder", False),
    (Secrecy.ADMITTED, "owner", True),
]


@pytest.mark.parametrize(("secrecy", "who", "opens"), READERS)
def test_who_opens_the_file_of_a_posted_need(secrecy, who, opens, need, writer):
    TechNeed.objects.filter(pk=need.pk).update(secrecy=secrecy)
    row = attach(need, writer)
    post(need)
    reader = {
        "stranger": lambda: None,
        "bidder": lambda: make.make_user(unit=make.make_university()),
        "officer": make.make_officer,
        "owner": lambda: writer,
    }[who]()
    if opens:
        with services.open_for(thing=need, attachment=row, reader=reader).stream as stream:
            assert stream.read(5) == b"%PDF-"
    else:
        with pytest.raises(NotAllowed) as refusal:
            services.open_for(thing=need, attachment=row, reader=reader)
        assert refusal.value.code == "restricted"
        assert Download.objects.count() == 0


def test_a_copy_of_restricted_material_names_its_reader_and_is_logged(need, writer):
    TechNeed.objects.filter(pk=need.pk).update(secrecy=Secrecy.MATCHED)
    row = attach(need, writer)
    post(need)
    need.refresh_from_db()
    reader = make.make_user(unit=make.make_university(), display_name="周敏")
    opened = services.open_for(thing=need, attachment=row, reader=reader)
    text = PdfReader(opened.stream).pages[0].extract_text()
    assert "周敏 20" in text
    log = Download.objects.get()
    assert (log.reader, log.marked) == (reader, True)
    with services.open_for(thing=need, attachment=row, reader=writer).stream as mine:
        assert mine.read() == made.pdf_file()
    assert Download.objects.count() == 1


def test_nobody_finds_a_file_whose_thing_they_may_not_know_of(need, writer):
    row = attach(need, writer)
    with pytest.raises(NotFound):
        queries.find(row.pk, make.make_user(unit=make.make_university()))
    assert queries.find(row.pk, writer)[0] == row


def test_bytes_that_no_row_knows_are_swept_away_after_a_day(need, writer, tmp_path):
    row = attach(need, writer)
    lost = store.path_of("ab" + "0" * 62)
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"x")
    assert services.forget_orphans() == 0
    for path in (lost, store.path_of(row.content.digest)):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert services.forget_orphans() == 1
    assert (lost.exists(), store.is_whole(row.content.digest)) == (False, True)
