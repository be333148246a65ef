"""Indicators from free text: numbers where they are plain, words elsewhere, nothing lost."""

from decimal import Decimal

import pytest

from jiebang.imports.indicators import parse


def brief(row):
    """Return a row as (name, comparator, value or text, unit, method)."""
    value = row.get("text")
    if value is None:
        value = "–".join(str(row[n]) for n in ("value", "value_high") if n in row)
    return (
        row["name"],
        str(row["comparator"]),
        value,
        row.get("unit", ""),
        row.get("test_method", ""),
    )


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("能量密度≥350Wh/kg", ("能量密度", ">=", "350", "Wh/kg", "")),
        ("能量密度：不低于 350 Wh/kg。", ("能量密度", ">=", "350", "Wh/kg", "")),
        ("循环寿命>=2000次", ("循环寿命", ">=", "2000", "次", "")),
        ("转换效率≥２６．５％", ("转换效率", ">=", "26.5", "%", "")),
        ("溴酸盐≤0.01 mg/L(GB 19298—2014)", ("溴酸盐", "<=", "0.01", "mg/L", "GB 19298—2014")),
        ("工作温度不超过 85℃", ("工作温度", "<=", "85", "℃", "")),
        ("良率≥0.99", ("良率", ">=", "0.99", "", "")),
        ("功率2.2—3 kW", ("功率", "range", "2.2–3", "kW", "")),
        ("膜厚 3-5μm", ("膜厚", "range", "3–5", "μm", "")),
    ],
)
def test_a_plain_indicator_becomes_a_number(text, row):
    assert [brief(each) for each in parse(text)] == [row]


@pytest.mark.parametrize(
    "text",
    [
        "温度>300℃",
        "检索时间2—3秒以内(现为6—8秒)",
        "成本不超过0.5元/Wh",
        "阻燃V0",
        "厚度5-3μm",
        "100G COB QSFP28",
        "≥350Wh/kg",
        "乳液不分层、不破乳",
        "能量密度≥350Wh/kg，循环2000次",
    ],
)
def test_what_can_be_taken_in_two_ways_stays_in_words(text):
    assert [brief(each) for each in parse(text)] == [("技术指标", "text", text, "", "")]


def test_pieces_are_parsed_each_and_words_stand_together_after_the_numbers():
    rows = parse("低成本；能量密度≥350Wh/kg;膜厚 3-5μm\n易维护")

    assert [brief(row)[:3] for row in rows] == [
        ("能量密度", ">=", "350"),
        ("膜厚", "range", "3–5"),
        ("技术指标", "text", "低成本；易维护"),
    ]
    assert rows[0]["value"] == Decimal(350)


def test_words_too_long_for_one_row_go_on_in_the_next():
    first, second = "甲" * 150, "乙" * 320

    rows = parse(f"{first}；{second}")

    assert [row["name"] for row in rows] == ["技术指标1", "技术指标2", "技术指标3"]
    assert "".join(row["text"] for row in rows).replace("；", "") == first + second
    assert max(len(row["text"]) for row in rows) <= 200


@pytest.mark.parametrize("text", ["", " ； ;\n", "。"])
def test_nothing_gives_nothing(text):
    assert parse(text) == []
