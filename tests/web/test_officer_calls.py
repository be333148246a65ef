"""Calls, the record and imports, as an officer meets them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.imports import tasks as imports  # noqa: F401 -- registers the job
from jiebang.jobs import tasks as jobs
from jiebang.jobs.models import Job
from jiebang.library import screening
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import State
from tests.factories import make_call, make_field, make_need, make_officer, make_user

pytestmark = pytest.mark.django_db


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def call_data(**fields):
    """A call as the form sends it, with two criteria and an empty third row."""
    now, day = timezone.now(), timedelta(days=1)
    rows = [("技术创新性", "40", "先进程度"), ("", "", ""), ("市场前景", "60", "")]
    data = {
        "name": "二〇二六年第二批",
        "scope": "新型显示",
        "collection_opens_at": local(now),
        "collection_closes_at": local(now + 30 * day),
        "bidding_opens_at": local(now + 40 * day),
        "bidding_closes_at": local(now + 90 * day),
        "rule-max_grant": "500",
        "rule-require_ip_terms": "1",
        "criteria-TOTAL_FORMS": len(rows),
        "criteria-INITIAL_FORMS": 0,
    }
    for n, (name, weight, description) in enumerate(rows):
        data |= {
            f"criteria-{n}-name": name,
            f"criteria-{n}-weight": weight,
            f"criteria-{n}-description": description,
        }
    return {**data, **fields}


def test_a_call_is_opened_with_its_windows_rules_and_criteria(client):
    client.force_login(make_officer())

    answer = client.post(reverse("web:officer-call-new"), call_data())

    call = Call.objects.get()
    assert answer["Location"] == reverse("web:officer-call", args=[call.pk])
    assert {rule.code: rule.value for rule in call.rules.all()} == {
        "max_grant": 500,
        "require_ip_terms": 1,
    }
    assert [(c.name, c.weight, c.description) for c in call.criteria.all()] == [
        ("技术创新性", 40, "先进程度"),
        ("市场前景", 60, ""),
    ]
    assert [window.kind for window in call.windows.all()] == ["collection", "bidding"]
    page = client.get(answer["Location"]).content.decode()
    assert "<b>500</b>" in page
    assert "<b>是</b>" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请填写批次名称"),
        ({"name": "已有的批次"}, "已有同名批次，请换一个名称"),
        ({"bidding_closes_at": ""}, "请填写揭榜截止时间"),
        ({"collection_closes_at": "2020-01-01T00:00"}, "需求征集的截止时间须晚于开始时间"),
        ({"rule-max_grant": "-1"}, "大于或等于0"),
        ({"criteria-0-weight": "0"}, "大于或等于0.01"),
        ({"criteria-0-weight": "四十"}, "输入一个数字"),
        ({"criteria-2-name": "技术创新性"}, "论证指标不能重名"),
        (
            {
                f"criteria-{n}-{part}": ""
                for n in (0, 2)
                for part in ("name", "weight", "description")
            },
            "请至少设置一项论证指标",
        ),
    ],
)
def test_a_faulty_call_is_told_at_the_field_and_not_opened(client, change, sentence):
    make_call(name="已有的批次")
    client.force_login(make_officer())

    response = client.post(reverse("web:officer-call-new"), call_data(**change))

    text = response.content.decode()
    assert (response.status_code, Call.objects.count()) == (422, 1)
    assert sentence in text
    assert "新型显示" in text


def test_a_rule_is_changed_with_its_basis_and_what_it_was_stays_on_record(client):
    call = make_call({"max_grant": 500})
    client.force_login(make_officer())
    address = reverse("web:officer-rule", args=[call.pk, "max_grant"])

    without = client.post(address, {"value": "800", "basis": ""})
    negative = client.post(address, {"value": "-1", "basis": "某号文"})
    kept = call.rules.get().value
    client.post(address, {"value": "800", "basis": "某号文第五条"})

    rule = call.rules.get()
    assert (without.status_code, negative.status_code, kept) == (422, 422, 500)
    assert "请填写依据" in without.content.decode()
    assert (rule.value, rule.basis) == (800, "某号文第五条")
    assert Entry.objects.get(action="set_rule").detail == {
        "code": "max_grant",
        "before": "500.00",
        "after": "800",
    }


def test_a_rule_that_there_is_not_is_not_found(client):
    client.force_login(make_officer())

    answer = client.get(reverse("web:officer-rule", args=[make_call().pk, "no-such-rule"]))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["形式审查通过", "退回修改"]),
        ({"q": "形式审查"}, ["形式审查通过"]),
        ({"q": "缺测试方法"}, ["退回修改"]),
        ({"kind": "library.techneed", "thing": "{second}"}, ["退回修改"]),
        ({"kind": "contracts.contract"}, []),
        ({"begins": "2999-01-01"}, []),
        ({"ends": "2000-01-01"}, []),
        ({"begins": "not a day"}, ["形式审查通过", "退回修改"]),
    ],
)
def test_the_record_is_searched_by_person_thing_action_and_day(client, query, shown):
    officer = make_officer()
    first, second = make_need(State.ENDORSED), make_need(State.ENDORSED)
    screening.move(need=first, action="pass_check", actor=officer)
    screening.move(need=second, action="return", actor=officer, note="缺测试方法")
    client.force_login(make_user(PlatformRole.AUDITOR))
    asked = {name: value.format(second=second.pk) for name, value in query.items()}

    text = client.get(reverse("web:audit-log"), asked).content.decode()

    table = text[text.index('id="results"') :]
    assert [word for word in ("形式审查通过", "退回修改") if f">{word}</td>" in table] == shown


def sheet(*rows):
    return SimpleUploadedFile("需求表.csv", "\n".join(("需求名称,需求单位", *rows)).encode())


def test_a_file_is_taken_in_by_a_job_whose_page_reports_the_rows_that_were_not(client):
    make_field()
    client.force_login(make_officer())
    file = SimpleUploadedFile(
        "needs.jsonl",
        "\n".join(
            [
                json.dumps(
                    {"title": "低温锡膏的可靠性提升", "org": "某市某厂"}, ensure_ascii=False
                ),
                "{not a line",
            ]
        ).encode(),
    )

    answer = client.post(reverse("web:imports"), {"kind": "needs", "file": file})
    job = Job.objects.get(name="imports.run")
    waiting = client.get(answer["Location"]).content.decode()
    jobs.run(job.pk)
    page = client.get(answer["Location"]).content.decode()
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()

    assert answer["Location"] == reverse("web:import", args=[job.pk])
    assert "hx-trigger" in waiting
    assert "hx-trigger" not in page
    assert TechNeed.objects.get().title == "低温锡膏的可靠性提升"
    assert "第 2 行" in page
    assert ("<html" in page, "<html" in part) == (True, False)
    assert Path(job.args["path"]).name == "needs.jsonl"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "needs"}, "请选择文件"),
        ({"kind": "people", "file": sheet("甲,乙")}, "选择一个有效的选项"),
        ({"kind": "needs", "file": SimpleUploadedFile("a.exe", b"MZ")}, "请另存为其中一种"),
        ({"kind": "needs", "file": SimpleUploadedFile("a.csv", b"")}, "文件是空的"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_the_field_and_no_job_is_made(
    client, data, sentence
):
    client.force_login(make_officer())

    response = client.post(reverse("web:imports"), data)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Job.objects.exists()


def test_a_file_that_is_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr("jiebang.imports.services.LARGEST", 0)
    client.force_login(make_officer())

    response = client.post(reverse("web:imports"), {"kind": "needs", "file": sheet("甲,乙")})

    assert response.status_code == 422
    assert "请分成几个文件导入" in response.content.decode()
    assert not Job.objects.exists()
