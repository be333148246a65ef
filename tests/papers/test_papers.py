"""Papers: the same description as Word and as PDF; templates filled; copies marked."""

import io

import docx
import pytest
from pypdf import PdfReader

from jiebang.common.errors import Invalid
from jiebang.papers import pdf, stamp, templates, word
from jiebang.papers.blocks import Align, Heading, Paper, Paragraph, Signatures, Table, facts

PAPER = Paper(
    "技术开发合同",
    [
        Heading("一、合同金额"),
        Paragraph("人民币壹佰贰拾万元整（¥1,200,000.00）<不含税>。"),
        Table(("序号", "金额（万元）"), [("1", "120.00")], right=frozenset({1})),
        facts([("合同编号", "HT-2026-00001")]),
        Paragraph("松木市科学技术局", align=Align.RIGHT),
        Signatures(["甲方", "乙方"]),
    ],
    foot="HT-2026-00001",
)


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_pdf_says_what_the_paper_says_and_embeds_its_fonts():
    document = PdfReader(io.BytesIO(pdf.write(PAPER)))
    text = document.pages[0].extract_text()
    amount = "壹佰贰拾万元整（¥1,200,000.00）<不含税>"
    for said in ("技术开发合同", amount, "第 1 页，共 1 页", "HT-2026-00001"):
        assert said in text
    fonts = document.pages[0]["/Resources"]["/Font"]
    used = [font.get_object() for font in fonts.values()]
    assert {"/FontFile2" in font["/FontDescriptor"] for font in used if "/ToUnicode" in font} == {
        True
    }


def test_a_long_paper_counts_its_pages():
    long = Paper("长文", [Paragraph("条款内容。" * 60)] * 30)
    pages = PdfReader(io.BytesIO(pdf.write(long))).pages
    last = len(pages)
    assert f"第 {last} 页，共 {last} 页" in pages[-1].extract_text()


@pytest.mark.parametrize("lines", range(20, 30))
def test_the_places_to_sign_stand_on_one_page_in_both_forms(lines):
    paper = Paper("合同", [*[Paragraph("条款。")] * lines, Signatures(("甲方", "乙方", "丙方"))])
    again = word.read(io.BytesIO(word.write(paper)))
    for each in (paper, again):
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.write(each))).pages]
        assert [page.count("盖章") for page in pages if "盖章" in page] == [3]


def test_a_cell_longer_than_a_page_goes_on_on_the_next():
    paper = Paper("长表", [facts([("理由", "逐条说明。" * 600)])])
    assert len(PdfReader(io.BytesIO(pdf.write(paper))).pages) > 1


def test_word_says_what_the_paper_says_and_is_read_back():
    content = word.write(PAPER)
    document = docx.Document(io.BytesIO(content))
    assert [table.rows[0].cells[0].text for table in document.tables] == ["序号", "合同编号"]
    again = word.read(io.BytesIO(content))
    assert again.title == "技术开发合同"
    assert again.blocks[0] == Heading("一、合同金额", 1)
    assert Paragraph("松木市科学技术局", align=Align.RIGHT, indent=False) in again.blocks
    assert "壹佰贰拾万元整" in text_of(pdf.write(again))


def template(text):
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return io.BytesIO(out.getvalue())


def test_a_template_is_filled_and_says_what_it_wants():
    assert templates.places(template("甲方：{{ poster }}，{{ amount }}")) == {"poster", "amount"}
    filled = templates.fill(template("甲方：{{ poster }}"), {"poster": "松木<精工>"})
    assert docx.Document(io.BytesIO(filled)).paragraphs[0].text == "甲方：松木<精工>"


@pytest.mark.parametrize(
    "text",
    ["{{ nobody_knows }}", "{{ poster.__class__.__mro__ }}", "{% if %}", "{{ ''.__class__ }}"],
)
def test_a_template_that_cannot_be_filled_or_reaches_for_more_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        templates.fill(template(text), {"poster": "松木精工"})
    assert refusal.value.code == "template_faulty"


def test_every_page_of_a_marked_copy_names_its_reader(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf.write(Paper("长文", [Paragraph("条款内容。" * 60)] * 30)))
    marked = PdfReader(io.BytesIO(stamp.watermarked(path, "周敏 2026-11-29 16:20")))
    assert len(marked.pages) == len(PdfReader(path).pages)
    assert {"周敏 2026-11-29 16:20" in page.extract_text() for page in marked.pages} == {True}
