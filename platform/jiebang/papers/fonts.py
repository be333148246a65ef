"""The Chinese fonts of PDF papers, embedded as far as they are used."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "NotoSerifSC", "NotoSerifSC-Bold"
_FILES = {REGULAR: "NotoSerifSC-Regular.ttf", BOLD: "NotoSerifSC-Bold.ttf"}


@cache
def ready() -> None:
    """Make the fonts known to the PDF writer; reading them takes a moment, once a process."""
    for name, file in _FILES.items():
        path = Path(settings.FONTS_DIR) / file
        if not path.is_file():
            raise ImproperlyConfigured(f"缺少打印字体 {path}；运行 make run 会自动安装")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
