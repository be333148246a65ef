"""Small real files of every kind, made where they are needed."""

import io
import zipfile

import docx
import openpyxl
from pypdf import PdfWriter

from jiebang.papers import blocks, pdf


def pdf_file(text="固态电池技术方案"):
    return pdf.write(blocks.Paper(text, [blocks.Paragraph(text)]))


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx_file(text="硫化物电解质"):
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def xlsx_file(text="能量密度"):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(out)
    return out.getvalue()


def zip_file(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in (entries or {"a.txt": "甲"}).items():
            package.writestr(name, content)
    return out.getvalue()
