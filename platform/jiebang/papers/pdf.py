"""A paper as PDF on A4, its fonts embedded, its pages counted."""

import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors, pagesizes
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer
from reportlab.platypus import PageBreak as Break
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from jiebang.papers import fonts
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

MARGIN = 25 * mm
_ALIGN = {Align.LEFT: TA_LEFT, Align.CENTER: TA_CENTER, Align.RIGHT: TA_RIGHT}
_BODY, _CELL = 12, 10


def write(paper: Paper) -> bytes:
    """Return the paper as a PDF."""
    fonts.ready()
    out = io.BytesIO()
    size = pagesizes.landscape(pagesizes.A4) if paper.landscape else pagesizes.A4
    document = SimpleDocTemplate(
        out,
        pagesize=size,
        title=paper.title,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        lang="zh-CN",
        invariant=1,  # the same paper has the same hash, whenever it is written
    )
    width = size[0] - 2 * MARGIN
    story: list[Flowable] = [Text(_said(paper.title), _style(20, TA_CENTER, bold=True, after=8))]
    if paper.subtitle:
        story.append(Text(_said(paper.subtitle), _style(11, TA_CENTER, after=12)))
    for block in paper.blocks:
        story.extend(_flow(block, width))
    document.build(story, canvasmaker=_counted(paper.foot))
    return out.getvalue()


def _flow(block: Block, width: float) -> Iterator[Flowable]:
    match block:
        case Heading():
            size = {1: 15, 2: 13}.get(block.level, 12)
            style = _style(size, TA_LEFT, bold=True, before=10, after=4)
            style.keepWithNext = 1
            yield Text(_said(block.text), style)
        case Paragraph():
            indent = 2 * _BODY if block.indent and block.align == Align.LEFT else 0
            style = _style(_BODY, _ALIGN[block.align], bold=block.bold, indent=indent, after=3)
            style.keepWithNext = int(block.together)
            for line in block.text.splitlines() or [""]:
                yield Text(_said(line) or "&nbsp;", style)
        case Table():
            yield from _grid(block, width)
        case Signatures():
            yield _signatures(block, width)
        case PageBreak():
            yield Break()


def _grid(block: Table, width: float) -> Iterator[Flowable]:
    lines = [list(row) for row in ([block.head] if block.head else [])] + [*map(list, block.rows)]
    if not lines:
        return
    count = max(map(len, lines))
    shares = list(block.shares) or [1 / count] * count
    cells = []
    for number, line in enumerate(lines):
        is_head = bool(block.head) and number == 0
        row = []
        for column, text in enumerate([*line, *[""] * (count - len(line))]):
            is_name = not block.head and column == 0
            align = TA_CENTER if is_head else TA_RIGHT if column in block.right else TA_LEFT
            style = _style(_CELL, align, bold=is_head or is_name)
            row.append(Text("<br/>".join(map(_said, text.splitlines())), style))
        cells.append(row)
    grid = Grid(
        cells,
        colWidths=[width * share / sum(shares) for share in shares],
        repeatRows=1 if block.head else 0,
        splitInRow=1,  # a cell may be longer than a page
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ],
    )
    grid.spaceBefore, grid.spaceAfter = 4, 8
    yield grid


def _signatures(block: Signatures, width: float) -> Flowable:
    style = _style(11, TA_LEFT)
    cells = [
        [
            Text(f"{_said(side)}（盖章）：", style),
            Text("签字：", style),
            Text("日期：　　年　月　日", style),
        ]
        for side in block.sides
    ]
    parts = (0.42, 0.26, 0.32)
    grid = Grid(cells, colWidths=[width * part for part in parts], rowHeights=18 * mm)
    return KeepTogether([Spacer(1, 8 * mm), grid])


def _style(
    size: float,
    align: int,
    *,
    bold: bool = False,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
) -> ParagraphStyle:
    return ParagraphStyle(
        "",
        fontName=fonts.BOLD if bold else fonts.REGULAR,
        fontSize=size,
        leading=size * (1.35 if size == _CELL else 1.7),
        alignment=align,
        firstLineIndent=indent,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap="CJK",
    )


def _said(text: str) -> str:
    """Return a text as the writer reads it; it would make one blank of wide ones."""
    return escape(text).replace("\u3000", "\u00a0" * 4)


def _counted(foot: str) -> type[Canvas]:
    """Return a canvas that knows at the end how many pages there are, and writes every foot."""

    class Counted(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 -- reportlab's name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self.setFont(fonts.REGULAR, 9)
                width = self._pagesize[0]
                self.drawCentredString(
                    width / 2, 14 * mm, f"第 {number} 页，共 {len(self._pages)} 页"
                )
                if foot:
                    self.drawString(MARGIN, 9 * mm, foot)
                super().showPage()
            super().save()

    return Counted
