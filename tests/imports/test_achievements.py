"""Achievements from a file."""

import pytest

from jiebang.achievements.models import Achievement

pytestmark = pytest.mark.django_db
HEADINGS = ("id", "title", "org", "description")


def test_a_public_source_with_address_and_licence(sheet, bring_in):
    path = sheet(
        "a.jsonl",
        (*HEADINGS, "keywords", "kind", "license", "source_url", "note"),
        ("A1", "硫化物成膜", "某大学", "连续成膜装备", ["固态电池", "成膜"], "paper", "CC BY 4.0",
         "https://example.com/a", "x"),
        ("A2", "镜头装调", "某所", "自动装调", [], "institute_team",
         "facts restated from a public page", "", ""),
    )  # fmt: skip

    report = bring_in("achievements", path)

    assert (report.new, report.bad, report.unknown) == (2, 0, ("note",))
    first, second = Achievement.objects.order_by("source_key")
    assert (first.source_key, first.owner, first.unit_name) == ("achievements:A1", None, "某大学")
    assert (first.keyword_list, first.form, first.licence) == (
        ["固态电池", "成膜"], "paper", "CC BY 4.0",
    )  # fmt: skip
    assert (first.summary, first.source_url) == ("连续成膜装备", "https://example.com/a")
    assert (second.form, second.licence) == ("team", "据公开网页整理的事实")


def test_a_sheet_in_chinese_headings(sheet, bring_in):
    path = sheet(
        "a.csv",
        ("成果名称", "完成单位", "成果简介", "体现形式", "技术就绪度", "转让方式", "专利授权号",
         "价格区间"),
        ("甲", "某大学", "说明", "发明专利", "6级", "许可", "ZL1", "100万"),
        encoding="gb18030",
    )  # fmt: skip

    bring_in("achievements", path)

    row = Achievement.objects.get()
    assert (row.form, row.trl, row.transfer_modes, row.patents, row.price_band) == (
        "patent", 6, "许可", "ZL1", "100万",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (("A1", "", "某大学", "说明"), "成果名称", "不能为空"),
        (("A1", "甲", "", "说明"), "完成单位", "不能为空"),
        (("A1", "甲", "某大学", ""), "成果简介", "不能为空"),
        (("A1", "甲" * 201, "某大学", "说明"), "成果名称", "有 201 字，最多 200 字，请精简"),
        (("A1", "甲", "某大学", "长" * 4001), "成果简介", "有 4001 字，最多 4000 字，请精简"),
    ],
)
def test_a_bad_cell_is_told_with_row_column_and_reason(
    sheet, bring_in, told, row, column, sentence
):
    report = bring_in("achievements", sheet("a.csv", HEADINGS, row))

    assert told(report) == [(2, column, sentence)]
    assert not Achievement.objects.exists()
