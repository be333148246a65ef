"""Needs from a file: every heading finds its field, and what does not fit is told."""

from decimal import Decimal

import pytest

from jiebang.audit.models import Entry
from jiebang.imports.needs import cut
from jiebang.library.models import Indicator, TechNeed
from tests.factories import make_field, make_officer

pytestmark = pytest.mark.django_db
LONG = (
    "面向新能源汽车动力电池包的高可靠轻量化一体成型复合材料上盖设计、"
    "低成本快速固化成型工艺及其全寿命周期检测评价关键技术研究与产业化应用示范"
)


@pytest.fixture(autouse=True)
def field():
    field = make_field(name="新材料")
    field.names.create(name="新材料")
    return field


def test_a_public_list_in_english_headings(sheet, bring_in, told, field):
    path = sheet(
        "a.jsonl",
        ("id", "title", "field", "description", "indicators", "budget_wan", "budget_kind", "org",
         "region", "posted", "source_url", "detail_level"),
        ("N1", "固态电解质成膜", "新材料", "界面阻抗高", "能量密度≥350Wh/kg", 800, "bounty", "某厂",
         "东莞", "2026", "https://example.com/1", "detail"),
    )  # fmt: skip
    officer = make_officer()

    report = bring_in("needs", path, officer)

    assert (report.new, report.known, report.bad, told(report)) == (1, 0, 0, [])
    assert report.unknown == ("detail_level",)
    need = TechNeed.objects.get()
    assert (need.source_key, need.state, need.owner) == ("needs:N1", "endorsed", None)
    assert (need.title, need.tech_field, need.main_problem) == (
        "固态电解质成膜", field, "界面阻抗高",
    )  # fmt: skip
    assert (need.total_budget, need.bounty, need.grant) == (None, Decimal(800), None)
    assert (need.source_unit, need.source_url) == ("某厂", "https://example.com/1")
    assert need.background == "所在地区：东莞；发布时间：2026"
    assert [str(row) for row in Indicator.objects.all()] == ["能量密度 ≥ 350 Wh/kg"]
    assert Entry.objects.get().actor == officer


def test_a_sheet_in_chinese_headings(sheet, bring_in):
    path = sheet(
        "a.xlsx",
        ("需求名称（必填）", "关键词", "技术难题", "主要研究内容", "预期目标", "需求背景",
         "资金预算（万元）", "实施期限（月）", "需求单位", "目标技术就绪度"),
        ("镜头装调", "镜头；装调", "良率低", "自动装调", "良率 99%", "依赖进口",
         1200.5, 24, "某光学厂", 7),
    )  # fmt: skip

    report = bring_in("needs", path)

    need = TechNeed.objects.get()
    assert (report.new, report.unknown) == (1, ())
    assert (need.keywords, need.key_technology, need.expected_goal) == (
        "镜头,装调", "自动装调", "良率 99%",
    )  # fmt: skip
    assert (need.total_budget, need.term_months, need.trl_target) == (Decimal("1200.5"), 24, 7)
    assert (need.background, need.source_unit) == ("依赖进口", "某光学厂")


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("", "total_budget"),
        ("poster_rd_budget", "total_budget"),
        ("bounty", "bounty"),
        ("grant_cap", "grant"),
        ("grant_awarded", "grant"),
    ],
)
def test_what_a_list_calls_its_budget_is_kept_as_what_it_is(sheet, bring_in, kind, column):
    path = sheet("a.csv", ("title", "budget_wan", "budget_kind"), ("甲", "500", kind))

    bring_in("needs", path)

    need = TechNeed.objects.get()
    amounts = {name: getattr(need, name) for name in ("total_budget", "bounty", "grant")}
    assert {name for name, amount in amounts.items() if amount == 500} == {column}
    assert sum(amount is None for amount in amounts.values()) == 2


def test_a_title_that_is_too_long_is_cut_and_stands_whole_before_the_problem(sheet, bring_in):
    report = bring_in("needs", sheet("a.csv", ("title", "description"), (LONG, "界面开裂")))

    need = TechNeed.objects.get()
    assert need.title == LONG.partition("、")[0]
    assert need.main_problem == f"{LONG}\n界面开裂"
    assert [(note.row, note.column, note.sentence) for note in report.notes] == [
        (2, "需求名称", "超过 60 字，已缩短，全文放在技术难题之首")
    ]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("甲" * 60, "甲" * 60),
        ("甲" * 61, "甲" * 59 + "…"),
        ("甲" * 40 + "，" + "乙" * 40, "甲" * 40),
        ("甲" * 40 + "，" + "乙" * 10 + "、" + "丙" * 30, "甲" * 40 + "，" + "乙" * 10),
        ("甲" * 20 + "，" + "乙" * 60, "甲" * 20 + "，" + "乙" * 38 + "…"),
    ],
)
def test_a_title_is_cut_at_the_last_break_of_its_second_half(title, short):
    assert cut(title) == short


def test_what_is_left_out_is_said(sheet, bring_in):
    path = sheet(
        "a.csv", ("title", "field", "source_url"), ("甲", "炼丹", "见附件"), ("乙", "炼丹", "")
    )

    report = bring_in("needs", path)

    assert report.new == 2
    assert list(report.lines()) == [
        "提示：“技术领域”“炼丹”不在技术领域目录中，已留空（2 行：第 2、3 行）",
        "提示：“来源网址”不是有效的网址，已留空（1 行：第 2 行）",
        "需求共 2 行：新增 2，已有 0，有误 0",
    ]


@pytest.mark.parametrize(
    ("heading", "value", "column", "sentence"),
    [
        ("title", "", "需求名称", "不能为空"),
        ("description", "难" * 1001, "拟解决的技术难题", "有 1001 字，最多 1000 字"),
        ("主要研究内容", "难" * 1001, "主要研究内容", "有 1001 字，最多 1000 字，请精简"),
        ("budget_wan", "很多", "拟投入资金总额",
         "“很多”不是金额，请只写数字（单位万元），或写“面议”"),
        ("资金类别", "捐款", "资金类别", "“捐款”不在可选范围：投入总额、榜单金额、财政补助"),
        ("目标技术就绪度", "10", "目标技术就绪度", "“10”应为 1 至 9 的整数"),
        ("背景说明", "远" * 1000, "需求背景", "连同来源信息有 1005 字，最多 1000 字，请精简"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_row_column_and_reason(
    sheet, bring_in, told, heading, value, column, sentence
):
    headings, row = ["title", heading], ["甲", value]
    if heading == "title":
        headings, row = ["title", "org"], ["", "某厂"]
    path = sheet("a.csv", headings, row, ["乙", ""])

    report = bring_in("needs", path)

    assert told(report) == [(2, column, sentence)]
    assert list(TechNeed.objects.values_list("title", flat=True)) == ["乙"]
