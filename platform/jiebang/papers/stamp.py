"""Who opened a copy and when, across every page of it."""

import io
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from jiebang.papers import fonts

STEP = 190  # points between two marks


def watermarked(path: Path, text: str) -> bytes:
    """Return the PDF with the text across every page, pale and slanted."""
    fonts.ready()
    writer = PdfWriter(clone_from=PdfReader(path))
    marks: dict[tuple[float, float], PageObject] = {}
    for page in writer.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        if size not in marks:
            marks[size] = _mark(text, *size)
        page.merge_page(marks[size])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _mark(text: str, width: float, height: float) -> PageObject:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.setFont(fonts.REGULAR, 14)
    canvas.setFillGray(0.35, alpha=0.22)
    for n, y in enumerate(range(0, int(height) + STEP, STEP)):
        for x in range(-(n % 2) * STEP // 2, int(width) + STEP, int(STEP * 1.6)):
            canvas.saveState()
            canvas.translate(x, y)
            canvas.rotate(30)
            canvas.drawString(0, 0, text)
            canvas.restoreState()
    canvas.save()
    return PdfReader(io.BytesIO(out.getvalue())).pages[0]
