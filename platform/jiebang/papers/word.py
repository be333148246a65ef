"""A paper as Word, and a Word file's parts as a paper: what people edit and print."""

import io
from collections.abc import Iterator
from typing import IO, Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from jiebang.papers.blocks import (
    Align,
    Block,
    Heading,
    PageBreak,
    Paper,
    Paragraph,
    Signatures,
    Table,
)

_ALIGN = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_BACK = {WD_ALIGN_PARAGRAPH.CENTER: Align.CENTER, WD_ALIGN_PARAGRAPH.RIGHT: Align.RIGHT}
BODY, HEAD = "仿宋", "黑体"


def write(paper: Paper) -> bytes:
    """Return the paper as a Word file."""
    document = docx.Document()
    _prepare(document, paper)
    title = document.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, paper.title, size=22, bold=True, font=HEAD)
    if paper.subtitle:
        line = document.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(line, paper.subtitle, size=11)
    for block in paper.blocks:
        _add(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(file: IO[bytes]) -> Paper:
    """Return what a Word file says, as far as papers know it; its first line is the title."""
    document = docx.Document(file)
    title, blocks = "", []
    for block in _blocks(document):
        if not title and isinstance(block, Heading | Paragraph) and block.text.strip():
            title = block.text.strip()
            continue
        blocks.append(block)
    return Paper(title=title, blocks=blocks)


def _blocks(document: Document) -> Iterator[Block]:
    for part in document.iter_inner_content():
        if isinstance(part, WordTable):
            if part.rows:
                yield _grid(part)
        elif _breaks(part):
            yield PageBreak()
        else:
            yield _line(part)


def _breaks(part: WordParagraph) -> bool:
    breaks = part._p.findall(f".//{qn('w:br')}")
    return any(each.get(qn("w:type")) == "page" for each in breaks)


def _grid(part: WordTable) -> Table:
    """Return a table; a first row that is bold throughout is its head."""
    cells = [list(row.cells) for row in part.rows]
    texts = [[cell.text for cell in row] for row in cells]
    first = [line for cell in cells[0] for line in cell.paragraphs if line.text.strip()]
    has_head = bool(first) and all(_is_bold(line) for line in first)
    widths = [float(cell.width or 0) for cell in cells[0]]
    body = cells[1:] if has_head else cells
    right = {
        column
        for column in range(len(widths))
        if body
        and all(row[column].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for row in body)
    }
    return Table(
        texts[0] if has_head else (),
        texts[1:] if has_head else texts,
        shares=widths if all(widths) else (),
        right=frozenset(right),
    )


def _stands_right(line: WordParagraph) -> bool:
    return line.alignment == WD_ALIGN_PARAGRAPH.RIGHT


def _is_bold(line: WordParagraph) -> bool:
    runs = [run for run in line.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _line(part: WordParagraph) -> Block:
    style = (part.style.name or "") if part.style is not None else ""
    if style.startswith("Heading"):
        return Heading(part.text, int(style.split()[-1]) if style[-1].isdigit() else 1)
    bold = _is_bold(part)
    align = _BACK.get(part.alignment, Align.LEFT) if part.alignment is not None else Align.LEFT
    indent = bool(part.paragraph_format.first_line_indent)
    together = bool(part.paragraph_format.keep_with_next)
    return Paragraph(part.text, align=align, bold=bold, indent=indent, together=together)


def _prepare(document: Document, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if paper.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(25))
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = BODY, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    document.core_properties.title = paper.title
    document.core_properties.author = ""
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, f"{paper.foot}　第 " if paper.foot else "第 ", size=9)
    _field(foot, "PAGE")
    _run(foot, " 页，共 ", size=9)
    _field(foot, "NUMPAGES")
    _run(foot, " 页", size=9)


def _add(document: Document, block: Block) -> None:
    match block:
        case Heading():
            line = document.add_heading(level=min(block.level, 3))
            _run(line, block.text, size={1: 15, 2: 13}.get(block.level, 12), bold=True, font=HEAD)
        case Paragraph():
            for text in block.text.splitlines() or [""]:
                line = document.add_paragraph()
                line.alignment = _ALIGN[block.align]
                if block.indent and block.align == Align.LEFT:
                    line.paragraph_format.first_line_indent = Pt(24)
                _run(line, text, size=12, bold=block.bold)
        case Table():
            _table(document, block)
        case Signatures():
            for number, side in enumerate(block.sides, 1):
                line = document.add_paragraph()
                line.paragraph_format.space_before = Pt(24)
                line.paragraph_format.keep_with_next = number < len(block.sides)
                _run(
                    line,
                    f"{side}（盖章）：　　　　　　签字：　　　　　　日期：　　年　月　日",
                    size=12,
                )
        case PageBreak():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _table(document: Document, block: Table) -> None:
    lines = [*([block.head] if block.head else []), *block.rows]
    if not lines:
        return
    count = max(map(len, lines))
    table = document.add_table(rows=0, cols=count, style="Table Grid")
    for number, line in enumerate(lines):
        cells = table.add_row().cells
        is_head = bool(block.head) and number == 0
        for column, text in enumerate(line):
            place = cells[column].paragraphs[0]
            if is_head:
                place.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif column in block.right:
                place.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            is_name = not block.head and column == 0
            _run(place, text, size=10.5, bold=is_head or is_name)
    if block.shares:
        whole = sum(block.shares)
        for row in table.rows:
            for cell, share in zip(row.cells, block.shares, strict=False):
                cell.width = Mm(160 * share / whole)
    document.add_paragraph()


def _run(
    line: WordParagraph, text: str, *, size: float, bold: bool = False, font: str = ""
) -> None:
    run = line.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if font:
        run.font.name = font
        properties: Any = run._element.rPr
        properties.rFonts.set(qn("w:eastAsia"), font)


def _field(line: WordParagraph, name: str) -> None:
    """Add a field that Word counts by itself."""
    run = line.add_run()
    run.font.size = Pt(9)
    for kind in ("begin", "", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = name
        run._element.append(part)
