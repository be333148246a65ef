"""Units from a register: pending until the bureau verifies them, their code checked."""

from datetime import date
from decimal import Decimal

import pytest

from jiebang.organizations.models import Membership, Organization
from jiebang.taxonomy.models import ChainNode, IndustryChain
from tests.factories import make_district, make_officer, make_unit, make_uscc

pytestmark = pytest.mark.django_db
HEADINGS = ("单位全称", "统一社会信用代码", "单位性质")
CODE = make_uscc(900_001)


def test_a_unit_is_registered_whole_and_waits_for_the_bureau(sheet, bring_in, told):
    district = make_district()
    chain = IndustryChain.objects.create(code="C1", name="新能源")
    node = ChainNode.objects.create(code="C1N1", name="电芯", chain=chain, stage="midstream")
    clerk = make_officer()
    path = sheet(
        "a.xlsx",
        (*HEADINGS, "所在镇街", "产业链", "环节", "资质", "成立日期", "人员数", "营业收入（万元）",
         "主营业务", "联系人"),
        ("样例电池有限公司", CODE.lower(), "企业", district.name, "新能源", "电芯",
         "高新技术企业、小巨人", "2015年3月1日", 300, "12,000", "电芯制造", "王工"),
    )  # fmt: skip

    report = bring_in("organizations", path, clerk)

    assert told(report) == []
    unit = Organization.objects.get()
    assert (unit.name, unit.uscc, unit.kind, unit.state) == (
        "样例电池有限公司", CODE, "enterprise", "pending",
    )  # fmt: skip
    assert (unit.district, unit.chain, unit.node) == (district, chain, node)
    assert sorted(unit.qualifications.values_list("kind", flat=True)) == [
        "high_tech",
        "little_giant",
    ]
    assert (unit.founded_on, unit.staff, unit.revenue) == (date(2015, 3, 1), 300, Decimal(12000))
    assert not Membership.objects.exists(), "who brought it in has no part in it"


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (("", CODE, "企业"), "单位全称", "不能为空"),
        (("甲", "", "企业"), "统一社会信用代码", "不能为空"),
        (("甲", CODE[:-1] + "?", "企业"), "统一社会信用代码",
         "不正确：应为 18 位，且末位校验码须相符，请对照营业执照核对"),
        (("甲", CODE, ""), "单位性质", "不能为空"),
        (("甲", CODE, "庙"), "单位性质", "“庙”不在可选范围：企业、高校、科研院所、其他"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_row_column_and_reason(
    sheet, bring_in, told, row, column, sentence
):
    report = bring_in("organizations", sheet("a.csv", HEADINGS, row), make_officer())

    assert told(report) == [(2, column, sentence)]
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("heading", "value", "sentence"),
    [
        ("所在镇街", "天宫镇", "“天宫镇”不在目录中，请按目录填写或留空"),
        ("资质", "链主，神仙企业", "没有“神仙企业”这种资质"),
        ("成立日期", "去年", "“去年”不是日期，请写成 2026-11-23"),
        ("电子邮箱", "无", "请输入合法的邮件地址。"),
    ],
)
def test_reference_data_and_dates_are_checked(sheet, bring_in, told, heading, value, sentence):
    path = sheet("a.csv", (*HEADINGS, heading), ("甲", CODE, "企业", value))

    report = bring_in("organizations", path, make_officer())

    assert told(report) == [(2, heading, sentence)]
    assert not Organization.objects.exists()


def test_a_unit_that_is_registered_is_left_as_it_is(sheet, bring_in):
    unit = make_unit()
    path = sheet("a.csv", HEADINGS, ("别的名称", f" {unit.uscc.lower()} ", "高校"))

    report = bring_in("organizations", path, make_officer())

    assert (report.new, report.known, report.bad) == (0, 1, 0)
    assert Organization.objects.get().name == unit.name


def test_without_somebody_who_answers_for_it_no_unit_is_registered(sheet, bring_in, told):
    report = bring_in("organizations", sheet("a.csv", HEADINGS, ("甲", CODE, "企业")))

    assert told(report) == [(2, "整行", "导入单位须指明登记人")]
    assert not Organization.objects.exists()
