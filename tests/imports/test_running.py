"""Running an import: once however often, all the good rows, one job, and a report."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from jiebang.audit.models import Entry
from jiebang.common.errors import Conflict, Invalid, NotAllowed
from jiebang.imports import services, tasks  # noqa: F401
from jiebang.imports.needs import Needs
from jiebang.jobs.models import Job
from jiebang.jobs.registry import HANDLERS
from jiebang.library.models import TechNeed
from jiebang.taxonomy.models import TechField
from tests.factories import make_officer, make_user

pytestmark = pytest.mark.django_db
HEADINGS = ("title", "org", "budget_wan")
GOOD = [("甲", "某厂", "100"), ("乙", "某厂", "200"), ("甲", "别厂", "300")]


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (TechNeed, Entry, Job)]


def test_a_second_run_finds_everything_there_and_changes_nothing(sheet, bring_in):
    path = sheet("a.csv", HEADINGS, *GOOD)
    first = bring_in("needs", path)
    before = everything()

    second = bring_in("needs", path)

    assert (first.new, first.known, first.bad) == (3, 0, 0)
    assert (second.new, second.known, second.bad) == (0, 3, 0)
    assert second.summary() == "需求共 3 行：新增 0，已有 3，有误 0"
    assert everything() == before


def test_a_record_is_known_again_from_another_file_by_its_number(sheet, bring_in):
    bring_in("needs", sheet("a.jsonl", ("id", "title"), ("N1", "甲")))

    report = bring_in(
        "needs", sheet("b.csv", ("编号", "需求名称"), ("N1", "改过的甲"), ("N2", "乙"))
    )

    assert (report.new, report.known) == (1, 1)
    assert list(TechNeed.objects.order_by("pk").values_list("title", flat=True)) == ["甲", "乙"]


def test_a_number_too_long_for_a_key_still_tells_records_apart(sheet, bring_in):
    rows = (("N" * 80 + "1", "甲"), ("N" * 80 + "2", "乙"))
    path = sheet("a.csv", ("id", "title"), *rows)

    assert (bring_in("needs", path).new, bring_in("needs", path).known) == (2, 2)


def test_bad_rows_stop_nothing_and_are_bad_again(sheet, bring_in, told):
    path = sheet("a.csv", HEADINGS, GOOD[0], ("", "某厂", "1"), GOOD[1], ("丙", "某厂", "许多"))
    bad = [
        (3, "需求名称", "不能为空"),
        (5, "拟投入资金总额", "“许多”不是金额，请只写数字（单位万元），或写“面议”"),
    ]

    for new, known in ((2, 0), (0, 2)):
        report = bring_in("needs", path)
        assert (report.new, report.known, report.bad, told(report)) == (new, known, 2, bad)


def test_of_two_rows_for_one_record_the_first_counts_and_the_second_is_told(sheet, bring_in, told):
    path = sheet("a.csv", HEADINGS, GOOD[0], GOOD[1], GOOD[0])

    for new, known in ((2, 0), (0, 2)):
        report = bring_in("needs", path)
        assert (report.new, report.known) == (new, known)
        assert told(report) == [(4, "整行", "与第 2 行重复，只导入前一行")]


def test_many_rows_make_one_job(sheet, bring_in, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 2)
    told = []
    path = sheet("a.csv", ("title",), *((f"第 {n} 项需求",) for n in range(5)))

    bring_in("needs", path, progress=lambda *step: told.append(step))

    assert [job.key for job in Job.objects.all()] == ["recommendations.refresh:need"]
    assert told == [
        (2, 5, "已检查 2／5 行"),
        (4, 5, "已检查 4／5 行"),
        (5, 5, "已检查 5／5 行"),
    ]


@pytest.mark.parametrize("faster", [Conflict("已归集"), IntegrityError("unique")])
def test_a_record_that_somebody_else_took_in_meanwhile_is_a_known_one(
    sheet, bring_in, monkeypatch, faster
):
    def write(self, actor, content):
        raise faster

    monkeypatch.setattr(Needs, "write", write)

    report = bring_in("needs", sheet("a.csv", HEADINGS, GOOD[0]))

    assert (report.new, report.known, report.bad) == (0, 1, 0)


def test_a_refusal_of_the_service_is_told_at_its_column(sheet, bring_in, told, monkeypatch):
    fields = {"source_unit": ["太怪"], "indicators-0-value": ["太大"], "unheard": ["不明"]}

    def write(self, actor, content):
        raise Invalid("有误", fields=fields)

    monkeypatch.setattr(Needs, "write", write)

    report = bring_in("needs", sheet("a.csv", HEADINGS, GOOD[0]))

    assert told(report) == [
        (2, "需求单位", "太怪"),
        (2, "主要技术指标", "太大"),
        (2, "整行", "不明"),
    ]


def test_a_file_without_a_needed_column_is_refused_as_a_whole(sheet, bring_in):
    with pytest.raises(Invalid, match="文件缺少栏目：成果名称、成果简介"):
        bring_in("achievements", sheet("a.csv", ("完成单位",), ("某大学",)))


def test_there_are_three_kinds_of_records(sheet, bring_in):
    with pytest.raises(Invalid, match="可导入的有：需求、成果、单位"):
        bring_in("spells", sheet("a.csv", HEADINGS, *GOOD))


def test_looking_rows_up_costs_no_more_for_many(sheet, bring_in, django_assert_num_queries):
    for count in (1, 20):
        path = sheet(f"{count}.csv", ("title",), *((f"第 {n} 项",) for n in range(count)))
        bring_in("needs", path)
        with django_assert_num_queries(3):  # of which two are the transaction's
            bring_in("needs", path)


def run_command(*arguments):
    out = StringIO()
    try:
        call_command("import_records", *map(str, arguments), stdout=out)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines()


def test_the_command_tells_all_and_ends_with_one_when_a_row_was_bad(sheet):
    good = sheet("a.csv", HEADINGS, *GOOD)
    bad = sheet("b.csv", (*HEADINGS, "note"), ("", "某厂", "1", "x"))
    officer = make_officer()

    assert run_command("needs", good, "--as", officer.username) == (
        0,
        ["已检查 3／3 行", "需求共 3 行：新增 3，已有 0，有误 0"],
    )
    assert run_command("needs", bad) == (
        1,
        [
            "已检查 1／1 行",
            "第 2 行“需求名称”不能为空",
            "提示：这些栏目没有对应内容，未导入：note",
            "需求共 1 行：新增 0，已有 0，有误 1",
        ],
    )
    assert set(Entry.objects.values_list("actor", flat=True)) == {officer.pk}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("needs", "none.csv"), "打不开文件"),
        (("needs", "none.csv", "--as", "nobody"), "没有“nobody”这个用户"),
        (("organizations", "none.csv"), "导入单位须用 --as 指明登记人"),
    ],
)
def test_the_command_refuses_with_a_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run_command(*arguments)


def test_an_officers_upload_becomes_a_job_with_the_report_as_its_result(sheet):
    officer = make_officer()
    path = sheet("清单.csv", HEADINGS, *GOOD, ("", "某厂", ""))
    job = services.order(actor=officer, kind="needs", path=path)
    steps = []

    result = HANDLERS[job.name](**job.args, progress=lambda *step: steps.append(step))

    assert (job.title, job.owner) == ("导入需求：清单.csv", officer)
    assert {name: result[name] for name in ("total", "new", "known", "bad")} == {
        "total": 4,
        "new": 3,
        "known": 0,
        "bad": 1,
    }
    assert result["faults"] == [{"row": 5, "column": "需求名称", "sentence": "不能为空"}]
    assert result["lines"][-1] == result["summary"] == steps[-1][2]


def test_only_an_officer_may_order_an_import(sheet):
    with pytest.raises(NotAllowed):
        services.order(actor=make_user(), kind="needs", path=sheet("a.csv", HEADINGS, *GOOD))

    assert not Job.objects.exists()


def test_fields_are_looked_up_once_a_name(sheet, bring_in):
    field = TechField.objects.create(code="M", name="新材料")
    field.names.create(name="新材料")
    rows = [(f"第 {n} 项", "新材料") for n in range(3)]

    bring_in("needs", sheet("a.csv", ("title", "field"), *rows))

    assert set(TechNeed.objects.values_list("tech_field__code", flat=True)) == {"M"}
