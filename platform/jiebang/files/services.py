"""Taking files in, replacing and removing them, looking at them, handing them out."""

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, models, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.files import kinds, policies, queries, reading, scanner, store
from jiebang.files.models import Attachment, Content, Download
from jiebang.files.states import Scan, ScanAction
from jiebang.jobs import services as jobs
from jiebang.notifications import services as notifications
from jiebang.notifications.states import Kind as NoticeKind
from jiebang.organizations import queries as units
from jiebang.papers import stamp

INSPECT = "files.inspect"


def attach(
    *,
    thing: models.Model,
    slot: str,
    upload: IO[bytes],
    name: str,
    actor: User,
    is_confidential: bool = False,
    reason: str = "",
    tier: str = "",
    replaces: Attachment | None = None,
) -> Attachment:
    """Take a file in for a thing; an infected one is kept out and says so by its state.

    Raises Invalid at `file` for what is not taken, at `reason` for secrecy without one, and
    RuleBroken when the slot is full.
    """
    policies.may_write(actor, thing).enforce()
    place = {each.code: each for each in policies.holder_of(thing).slots(thing)}.get(slot)
    if place is None:
        raise Invalid("没有这类材料，请从列出的类别中选择", fields={"slot": ["请选择材料类别"]})
    if is_confidential and not reason.strip():
        said = "标为保密需要写明理由"
        raise Invalid(said, code="reason_required", fields={"reason": [said]})
    if tier and tier not in dict(policies.holder_of(thing).tiers):
        raise Invalid("没有这个查看范围，请重新选择", fields={"tier": ["请重新选择查看范围"]})
    title = PurePath(name.replace("\\", "/")).name.strip()[-160:] or "未命名"
    with store.received(upload) as (path, digest, size), transaction.atomic():
        kind = _accepted(path, title, size)
        _hold(thing, actor)
        content = _keep(path, digest, size, kind)
        if replaces is not None:
            _leave(replaces, thing, actor)
        elif queries.of(thing).filter(slot=slot).count() >= place.most:
            said = f"“{place.label}”最多 {place.most} 份，请先移除或替换一份"
            raise RuleBroken(said, code="slot_full", fields={"file": [said]})
        attachment = _placed(
            holder_type=thing._meta.label_lower,
            holder_id=thing.pk,
            slot=slot,
            slot_label=place.label,
            name=title,
            content=content,
            version=replaces.version + 1 if replaces else 1,
            is_confidential=is_confidential,
            reason=reason.strip(),
            tier=tier,
            unit=policies.holder_of(thing).unit(actor, thing),
            added_by=actor,
        )
        if replaces is not None:
            Attachment.objects.filter(pk=replaces.pk).update(replaced_by=attachment)
        _note(thing, attachment, actor, "attach", "提交附件" if not replaces else "替换附件")
        if content.state == Scan.INFECTED:
            _tell(content)
    return attachment


def keep_handed(upload: IO[bytes], name: str, taken: Sequence[kinds.Kind]) -> Content:
    """Keep a file that is no attachment, of one of these kinds; raises Invalid at `file`."""
    with store.received(upload) as (path, digest, size), transaction.atomic():
        kind = _accepted(path, name, size)
        if kind not in taken:
            said = f"这里只接收 {kinds.endings(taken)} 文件"
            raise Invalid(said, code="file_kind", fields={"file": [said]})
        content = _keep(path, digest, size, kind)
    if content.state == Scan.INFECTED:
        said = f"文件发现病毒（{content.finding}），没有接收"
        raise Invalid(said, code="file_infected", fields={"file": [said]})
    return content


def keep_made(content: bytes, kind: kinds.Kind) -> Content:
    """Keep a file that the platform itself has made."""
    with store.received(io.BytesIO(content)) as (path, digest, size), transaction.atomic():
        store.keep(path, digest)
        made, is_new = Content.objects.get_or_create(
            digest=digest, defaults={"size": size, "media": kind.media}
        )
        if is_new:
            _step(made, ScanAction.PASS, "")
    return made


@transaction.atomic
def remove(*, thing: models.Model, attachment: Attachment, actor: User) -> None:
    """Take a file away from a thing; what was handed in with it before keeps its record."""
    _hold(thing, actor)
    _leave(attachment, thing, actor)
    _note(thing, attachment, actor, "detach", "移除附件")


class Opened(NamedTuple):
    """A file as its reader gets it."""

    name: str
    media: str
    stream: IO[bytes]


def open_for(*, thing: models.Model, attachment: Attachment, reader: User | None) -> Opened:
    """Hand a file out, marked with who opened it when where that is due; logs the opening.

    The unit's own people are not logged. Raises NotAllowed, or NotFound where the reader may
    not know of the file, and WrongState for one that does not count.
    """
    policies.may_read(reader, thing, attachment).enforce()
    content = attachment.content
    if not content.is_usable:
        label = content.get_state_display()
        raise WrongState(f"文件“{label}”，现在不能打开", code="file_not_usable")
    path = store.path_of(content.digest)
    marks = policies.is_marked(reader, thing, attachment) and content.media == kinds.PDF.media
    _log(thing, attachment, reader, marks)
    if not marks:
        return Opened(attachment.name, content.media, path.open("rb"))
    who = reader.display_name if reader else "访客"
    text = f"{who} {clock.local(clock.now()):%Y-%m-%d %H:%M}"
    return Opened(attachment.name, content.media, io.BytesIO(stamp.watermarked(path, text)))


@transaction.atomic
def _log(thing: models.Model, attachment: Attachment, reader: User | None, marked: bool) -> None:
    if reader is None or policies.is_own(reader, attachment):
        return
    unit = units.units_of(reader).first()
    Download.objects.create(
        attachment=attachment,
        reader=reader,
        reader_name=reader.display_name,
        unit_name=unit.name if unit else "",
        marked=marked,
    )
    policies.holder_of(thing).opened(reader, thing, attachment)


def forget_orphans() -> int:
    """Remove bytes that no row knows, left by uploads that were refused; returns how many."""
    return store.sweep(lambda digest: Content.objects.filter(digest=digest).exists())


def inspect(content_id: int) -> str:
    """Look at a file again with the scanner, and read its text; returns the state it is in."""
    content = Content.objects.get(pk=content_id)
    if content.state in (Scan.PENDING, Scan.UNSCANNED) and scanner.is_configured():
        _judge(content, scanner.finding(store.path_of(content.digest)))
    elif content.state == Scan.PENDING:
        _step(content, ScanAction.GO_WITHOUT, "")
    if content.is_usable and not content.is_read:
        text = reading.text_of(store.path_of(content.digest), content.media)
        Content.objects.filter(pk=content.pk).update(text=text, is_read=True)
    return content.state


def _hold(thing: models.Model, actor: User) -> None:
    """Hold the thing's row and ask again whether its files may change.

    Who hands the thing in holds the same row: a file is in the list that is hashed, or refused.
    """
    rows = type(thing)._default_manager.select_for_update(of=("self",))
    policies.may_write(actor, rows.get(pk=thing.pk)).enforce()


def _accepted(path: Path, name: str, size: int) -> kinds.Kind:
    def refuse(sentence: str, code: str) -> Invalid:
        return Invalid(sentence, code=code, fields={"file": [sentence]})

    if not size:
        raise refuse("文件是空的，请重新选择", "file_empty")
    most: int = settings.FILE_BYTES_MOST
    if size > most:
        raise refuse(f"文件超过 {most // 2**20} MB，请压缩或拆分后再提交", "file_too_large")
    kind = kinds.kind_of(path)
    if kind is None:
        said = f"不接收这种文件；可以提交：{kinds.endings()}。含宏的 Office 文件请去掉宏再提交"
        raise refuse(said, "file_kind")
    if PurePath(name).suffix.lower() not in kind.endings:
        said = f"内容是{kind.label}，与文件名不符；请改用 {kind.endings[0]} 作后缀，或重新导出"
        raise refuse(said, "file_name_lies")
    if kind is kinds.PDF and not reading.is_open_pdf(path):
        said = "这份 PDF 加了密码或已损坏，请导出为不加密的 PDF 再提交"
        raise refuse(said, "file_unreadable")
    return kind


def _keep(path: Path, digest: str, size: int, kind: kinds.Kind) -> Content:
    """Keep the bytes and the row; the bytes first, so no row is ever without them."""
    known = Content.objects.filter(digest=digest).first()
    if known is not None and known.state == Scan.INFECTED:
        return known
    store.keep(path, digest)
    content, is_new = Content.objects.get_or_create(
        digest=digest, defaults={"size": size, "media": kind.media}
    )
    if is_new:
        if scanner.is_configured():
            with contextlib.suppress(scanner.Unavailable):  # the job asks again, the file waits
                _judge(content, scanner.finding(store.path_of(digest)))
        else:
            _step(content, ScanAction.GO_WITHOUT, "")
        if content.state != Scan.INFECTED:
            jobs.enqueue(name=INSPECT, key=str(content.pk), title="检查附件", content_id=content.pk)
    return content


def _judge(content: Content, finding: str) -> None:
    if not finding:
        _step(content, ScanAction.PASS, "")
        return
    _step(content, ScanAction.QUARANTINE, finding[:200])
    transaction.on_commit(lambda: store.forget(content.digest))
    _tell(content)


def _tell(content: Content) -> None:
    """Tell who handed it in that the file does not count."""
    for row in content.attachments.filter(removed_at=None).select_related("added_by"):
        notifications.tell(
            people=[row.added_by],
            kind=NoticeKind.SYSTEM,
            subject=f"附件“{row.name}”发现病毒，已隔离",
            text=f"查毒结果：{content.finding}。该文件不计入材料，请清除病毒后重新提交。",
            about=f"attachment:{row.pk}:infected",
        )


def _step(content: Content, action: ScanAction, finding: str) -> None:
    with transaction.atomic():
        also = {"scanned_at": clock.now(), "finding": finding}
        audit.advance(thing=content, action=action, actor=None, also=also)


def _placed(**columns: Any) -> Attachment:
    try:
        with transaction.atomic():
            return Attachment.objects.create(**columns)
    except IntegrityError as error:
        said = "这份文件已经在这一类材料里，不必重复提交"
        raise Conflict(said, code="file_there_already", fields={"file": [said]}) from error


def _leave(attachment: Attachment, thing: models.Model, actor: User) -> None:
    policies.may_remove(actor, thing, attachment).enforce()
    standing = queries.of(thing).filter(pk=attachment.pk)
    if not standing.update(removed_at=clock.now()):
        raise Conflict("这份文件已被移除或替换，请刷新后再看", code="file_gone")


def _note(
    thing: models.Model, attachment: Attachment, actor: User, action: str, label: str
) -> None:
    detail = {
        "slot": attachment.slot,
        "name": attachment.name,
        "version": attachment.version,
        "sha256": attachment.content.digest,
    }
    audit.record(actor=actor, thing=attachment, action=action, label=label, detail=detail)
