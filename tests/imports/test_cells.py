"""One cell at a time: what it becomes, or the sentence that says what is wrong with it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from jiebang.achievements.models import Achievement
from jiebang.imports.cells import Cells, heading_key


def cell(value):
    return Cells({"it": value}, {"it": "栏目"})


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("需求名称", "需求名称"),
        (" 需求名称 * ", "需求名称"),
        ("需求名称（必填）", "需求名称"),
        ("拟投入资金(万元)：", "拟投入资金"),
        ("Budget_Wan", "budgetwan"),
        ("ＩＤ", "id"),
    ],
)
def test_a_heading_is_known_through_what_people_put_around_it(heading, key):
    assert heading_key(heading) == key


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" 甲 ", "甲"),
        (12.0, "12"),
        (12.5, "12.5"),
        (3, "3"),
        (["甲", "乙"], "甲、乙"),
        (datetime(2026, 11, 23, 8), "2026-11-23"),  # noqa: DTZ001 - Excel has no zones
        ("甲\x00\x07乙", "甲乙"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("甲\ud800乙", "甲乙"),
    ],
)
def test_a_text(value, text):
    cells = cell(value)

    assert (cells.text("it"), cells.faults) == (text, [])


@pytest.mark.parametrize(
    ("value", "options", "sentence"),
    [
        ("", {"required": True}, "不能为空"),
        ("甲乙丙", {"most": 2}, "有 3 字，最多 2 字，请精简"),
        ("#N/A", {}, "是 Excel 的错误值 #N/A，请改正"),
    ],
)
def test_a_text_that_is_wrong(value, options, sentence):
    cells = cell(value)
    cells.text("it", **options)

    assert cells.faults == [("栏目", sentence)]


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (None, None),
        ("面议", None),
        (1000, Decimal(1000)),
        ("1,234.50", Decimal("1234.5")),
        ("500万元", Decimal(500)),
        ("80 万", Decimal(80)),
        ("0.1234567", Decimal("0.123457")),
    ],
)
def test_an_amount(value, amount):
    cells = cell(value)

    assert (cells.money("it"), cells.faults) == (amount, [])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("约五百", "“约五百”不是金额，请只写数字（单位万元），或写“面议”"),
        ("NaN", "“NaN”不是金额，请只写数字（单位万元），或写“面议”"),
        ("1e99", "“1e99”不是金额，请只写数字（单位万元），或写“面议”"),
        (-3, "金额不能为负，请核对"),
    ],
)
def test_an_amount_that_is_none(value, sentence):
    cells = cell(value)

    assert (cells.money("it"), cells.faults) == (None, [("栏目", sentence)])


@pytest.mark.parametrize(
    ("value", "number", "faults"),
    [
        (None, None, []),
        ("6", 6, []),
        (6.0, 6, []),
        ("6级", 6, []),
        ("10", None, [("栏目", "“10”应为 1 至 9 的整数")]),
        ("六", None, [("栏目", "“六”应为 1 至 9 的整数")]),
        (6.5, None, [("栏目", "“6.5”应为 1 至 9 的整数")]),
    ],
)
def test_a_whole_number(value, number, faults):
    cells = cell(value)

    assert (cells.whole("it", 1, 9), cells.faults) == (number, faults)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (None, None),
        ("2015-03-01", date(2015, 3, 1)),
        ("2015/3/1", date(2015, 3, 1)),
        ("2015年3月1日", date(2015, 3, 1)),
        ("20150301", date(2015, 3, 1)),
        (datetime(2015, 3, 1, 9), date(2015, 3, 1)),  # noqa: DTZ001
    ],
)
def test_a_date(value, day):
    cells = cell(value)

    assert (cells.day("it"), cells.faults) == (day, [])


@pytest.mark.parametrize("value", ["2015-13-01", "2015年", "去年"])
def test_a_date_that_is_none(value):
    cells = cell(value)

    assert cells.day("it") is None
    assert cells.faults == [("栏目", f"“{value}”不是日期，请写成 2026-11-23")]


@pytest.mark.parametrize(
    ("value", "form"), [("patent", "patent"), ("专利", "patent"), ("发明", "patent"), ("", "")]
)
def test_a_choice_is_met_as_value_as_label_and_under_other_names(value, form):
    cells = cell(value)

    assert cells.choice("it", Achievement.Form, {"发明": "patent"}) == form
    assert cells.faults == []


def test_a_choice_that_there_is_not_names_those_that_there_are():
    cells = cell("雕塑")
    cells.choice("it", Achievement.Form, {})

    labels = "、".join(Achievement.Form.labels)
    assert cells.faults == [("栏目", f"“雕塑”不在可选范围：{labels}")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("固态电池、电解质，界面; Micro LED", "固态电池,电解质,界面,Micro LED"),
        (["固态电池", "电解质", "固态电池", ""], "固态电池,电解质"),
    ],
)
def test_keywords(value, words):
    cells = cell(value)

    assert (cells.words("it", most=40), cells.notes) == (words, [])


def test_keywords_that_do_not_fit_are_left_out_with_a_note():
    cells = cell("固态电池,电解质,界面")

    assert cells.words("it", most=8) == "固态电池,电解质"
    assert (cells.notes, cells.faults) == ([("栏目", "关键词过长，只保留前 2 个")], [])


@pytest.mark.parametrize(
    ("value", "address", "notes"),
    [
        ("", "", []),
        ("https://example.com/a?b=1", "https://example.com/a?b=1", []),
        ("见附件", "", [("栏目", "不是有效的网址，已留空")]),
        ("ftp://example.com/a", "", [("栏目", "不是有效的网址，已留空")]),
        ("https://example.com/" + "a" * 50, "", [("栏目", "不是有效的网址，已留空")]),
    ],
)
def test_an_address(value, address, notes):
    cells = cell(value)

    assert (cells.address("it", most=60), cells.notes, cells.faults) == (address, notes, [])
