"""Taking a file in: every row checked, the good ones written once, the bad ones reported."""

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.errors import Conflict, DomainError, Invalid
from jiebang.imports import reader
from jiebang.imports.achievements import Achievements
from jiebang.imports.cells import WHOLE_ROW, Cells
from jiebang.imports.mapping import RecordKind
from jiebang.imports.needs import Needs
from jiebang.imports.organizations import Organizations
from jiebang.imports.report import Remark, Report
from jiebang.jobs import services as jobs
from jiebang.jobs.models import Job
from jiebang.jobs.registry import Progress
from jiebang.recommendations import outbox

KINDS: dict[str, type[RecordKind]] = {
    each.KIND: each for each in (Needs, Achievements, Organizations)
}
BATCH = 50  # rows written in one transaction


SUFFIXES = (".xlsx", ".csv", ".jsonl")
LARGEST = 20  # MB


def take(*, actor: User, kind: str, name: str, file: "File[bytes]") -> Job:
    """Keep a file that an officer uploaded and queue its import.

    Raises Invalid where it is empty, too large or of a kind that cannot be read.
    """
    actor.needs_role(PlatformRole.OFFICER)
    _mapping(kind)
    sentence = ""
    if Path(name).suffix.lower() not in SUFFIXES:
        sentence = f"只能导入 {'、'.join(SUFFIXES)} 文件，请另存为其中一种"
    elif not file.size:
        sentence = "文件是空的，请核对后重新选择"
    elif file.size > LARGEST * 1024 * 1024:
        sentence = f"文件超过 {LARGEST} MB，请分成几个文件导入"
    if sentence:
        raise Invalid("文件没有导入", code="file_invalid", fields={"file": [sentence]})
    # In a folder of its own, under the name by which people know it.
    kept = default_storage.save(f"imports/{uuid.uuid4()}/{Path(name).name}", file)
    return order(actor=actor, kind=kind, path=Path(default_storage.path(kept)))


def order(*, actor: User, kind: str, path: Path) -> Job:
    """Queue the import of a file that an officer uploaded; its report will be the job's result."""
    actor.needs_role(PlatformRole.OFFICER)
    title = f"导入{_mapping(kind).LABEL}：{path.name}"[:120]
    place = str(path)
    key = hashlib.sha256(f"{kind} {place}".encode()).hexdigest()[:32]
    return jobs.enqueue(
        name="imports.run", key=key, title=title, owner=actor, kind=kind, path=place,
        actor_id=actor.pk,
    )  # fmt: skip


def run(*, kind: str, path: Path, actor: User | None, progress: Progress) -> Report:
    """Import a file and report on every row that was not taken in.

    A record that was taken in before is left as it is: running twice changes nothing. Raises
    Invalid when the file cannot be read, or lacks a column that every record needs.
    """
    mapping, table = _mapping(kind)(), reader.read(path)
    columns = mapping.recognise(table.headings)
    missing = [mapping.labels[name] for name in mapping.REQUIRED if name not in columns]
    if missing:
        raise Invalid(
            f"文件缺少栏目：{'、'.join(missing)}。请在第一行写明栏目名称后再导入",
            code="columns_missing",
        )
    used = {heading for headings in columns.values() for heading in headings}
    unknown = tuple(heading for heading in table.headings if heading not in used)
    report = Report(mapping.LABEL, len(table.rows), unknown)
    first: dict[str, int] = {}
    for start in range(0, len(table.rows), BATCH):
        batch = table.rows[start : start + BATCH]
        with transaction.atomic(), outbox.in_bulk():
            _take_in(mapping, columns, batch, actor, report, first)
        done = start + len(batch)
        progress(done, report.total, f"已检查 {done}／{report.total} 行")
    return report


def _take_in(
    mapping: RecordKind,
    columns: dict[str, list[str]],
    rows: Sequence[reader.Row],
    actor: User | None,
    report: Report,
    first: dict[str, int],
) -> None:
    report.faults += [Remark(row.number, WHOLE_ROW, row.fault) for row in rows if row.fault]
    read = [(row, _cells(mapping, columns, row)) for row in rows if not row.fault]
    keys = [mapping.key(cells) for _, cells in read]
    known = mapping.known(filter(None, keys))
    for (row, cells), key in zip(read, keys, strict=True):
        same = first.setdefault(key, row.number) if key else row.number
        if same != row.number:
            cells.fault(WHOLE_ROW, f"与第 {same} 行重复，只导入前一行")
        elif key in known or not _is_new(mapping, key, cells, actor):
            report.known += not cells.faults
        else:
            report.new += 1
            report.notes += [Remark(row.number, *note) for note in cells.notes]
        report.faults += [Remark(row.number, *fault) for fault in cells.faults]


def _is_new(mapping: RecordKind, key: str, cells: Cells, actor: User | None) -> bool:
    """Write one record; False when it is a bad one, or somebody else was faster."""
    content = mapping.read(key, cells)
    if cells.faults:
        return False
    try:
        with transaction.atomic():
            mapping.write(actor, content)
    except (Conflict, IntegrityError):
        return False
    except DomainError as refusal:
        for name, sentences in (refusal.fields or {WHOLE_ROW: [str(refusal)]}).items():
            for sentence in sentences:
                cells.fault(name.split("-")[0], sentence)
        return False
    return True


def _cells(mapping: RecordKind, columns: dict[str, list[str]], row: reader.Row) -> Cells:
    """Return the row's cells by our names: of several columns of one meaning, the first filled."""
    values = {
        name: next((v for h in headings if (v := row.cells.get(h)) not in (None, "", [])), None)
        for name, headings in columns.items()
    }
    return Cells(values, mapping.labels)


def _mapping(kind: str) -> type[RecordKind]:
    if kind not in KINDS:
        raise Invalid("可导入的有：需求、成果、单位", code="kind_unknown")
    return KINDS[kind]
