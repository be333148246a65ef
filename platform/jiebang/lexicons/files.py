"""The dictionary as a table of plain text: columns parted by tabs, the first line names them."""

import csv
import io
from collections.abc import Iterable

from jiebang.common.errors import Invalid
from jiebang.lexicons.models import Entry
from jiebang.lexicons.states import Kind

COLUMNS = ("类别", "词语", "标准词", "产业链代码", "理由")
NAMES = ("kind", "word", "canonical", "chain", "why")
LARGEST = 2_000_000  # bytes
_KINDS = {kind.label: kind.value for kind in Kind}


def written(entries: Iterable[Entry]) -> str:
    """Return the entries as a table."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        code = entry.chain.code if entry.chain else ""
        writer.writerow([entry.get_kind_display(), entry.word, entry.canonical, code, entry.why])
    return out.getvalue()


def read(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a table; raises Invalid where it is none."""
    if len(content) > LARGEST:
        raise _refused("文件超过 2 兆字节，请分开维护")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("文件不是 UTF-8 编码，请另存为 UTF-8 编码的文本后再导入") from error
    if "\0" in text:
        raise _refused("文件不是纯文本，请另存为制表符分隔的文本后再导入")
    lines = list(csv.reader(io.StringIO(text), delimiter="\t"))
    if not lines or tuple(cell.strip() for cell in lines[0]) != COLUMNS:
        raise _refused(f"第 1 行应为：{'、'.join(COLUMNS)}，以制表符分隔")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(COLUMNS):
            raise _refused(f"第 {number} 行应有 {len(COLUMNS)} 栏，实有 {len(line)} 栏")
        row = dict(zip(NAMES, (cell.strip() for cell in line), strict=True))
        row["kind"] = _KINDS.get(row["kind"], row["kind"])
        rows.append(row)
    return rows


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, code="lexicon_file", fields={"file": [sentence]})
