"""Writing a contract on its page: rows of milestones, sums that must add up, faults at fields."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from jiebang.contracts.models import Contract
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract():
    """A contract of 600 in its drafting, without milestones yet."""
    return make_contract(milestones=1)


@pytest.fixture
def writer(client, contract):
    """A client for somebody of the poster's."""
    client.force_login(make_user(unit=contract.poster))
    return client


def terms(contract, *rows, **fields):
    """The form as the browser sends it; a row is title, day, tranche and indicator keys."""
    data = {
        "title": "固态电池电解质合同",
        "starts_on": "2027-01-01",
        "ends_on": "2028-01-01",
        "ip_terms": "双方共有",
        "milestones-TOTAL_FORMS": len(rows),
        "milestones-INITIAL_FORMS": 0,
    }
    for n, (title, due_on, tranche, *indicators) in enumerate(rows):
        data |= {
            f"milestones-{n}-title": title,
            f"milestones-{n}-due_on": due_on,
            f"milestones-{n}-tranche": tranche,
            f"milestones-{n}-goal": "",
            f"milestones-{n}-indicators": indicators,
        }
    return {**data, **fields}


def post(client, contract, *rows, **fields):
    address = reverse("web:contract-edit", args=[contract.pk])
    return client.post(address, terms(contract, *rows, **fields))


def test_terms_and_milestones_are_written_and_empty_rows_are_left_out(writer, contract):
    (indicator,) = contract.award.challenge.need.indicators.all()

    answer = post(
        writer,
        contract,
        ("样机", "2027-06-01", "200"),
        ("", "", ""),
        ("验证", "2027-12-01", "400", indicator.pk),
    )

    assert answer["Location"] == reverse("web:contract", args=[contract.pk])
    written = Contract.objects.get()
    assert (written.title, written.starts_on) == ("固态电池电解质合同", date(2027, 1, 1))
    stones = [
        (m.position, m.title, m.due_on, m.tranche, list(m.indicators.all()))
        for m in written.milestones.all()
    ]
    assert stones == [
        (1, "样机", date(2027, 6, 1), Decimal(200), []),
        (2, "验证", date(2027, 12, 1), Decimal(400), [indicator]),
    ]


def test_the_form_begins_with_what_is_written_and_says_how_much_is_to_be_shared_out(
    writer, contract
):
    page = writer.get(reverse("web:contract-edit", args=[contract.pk])).content.decode()

    assert 'name="milestones-0-title" value="里程碑1"' in page
    assert 'name="milestones-0-tranche" value="600"' in page
    assert 'data-cap="600.000000"' in page
    assert page.count("checked") == 1


@pytest.mark.parametrize(
    ("rows", "fields", "sentence", "at"),
    [
        ([("样机", "2027-06-01", "600.01")], {}, "拨付合计超出合同金额 0.01 万元", ""),
        ([("", "", ""), ("晚了", "2029-01-01", "1")], {}, "应在合同期内", "milestones-1-due_on"),
        ([("样机", "", "1")], {}, "请填写应完成日期", "milestones-0-due_on"),
        ([("样机", "2027-06-01", "")], {}, "请填写拨付金额", "milestones-0-tranche"),
        ([("样机", "2027-06-01", "-1")], {}, "大于或等于0", "milestones-0-tranche"),
        (
            [("样机", "2027-06-01", "1", 999999)],
            {},
            "选择一个有效的选项",
            "milestones-0-indicators",
        ),
        ([], {"ends_on": "2026-01-01"}, "结束日期须晚于开始日期", "ends_on"),
        ([], {"title": ""}, "请填写合同名称", "title"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_written(
    writer, contract, rows, fields, sentence, at
):
    response = post(writer, contract, *rows, **fields)

    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    if at:
        place = text.index(f'id="id_{at}_error"')
        assert sentence in text[place : place + 200]
    assert 'value="2027-01-01"' in text
    untouched = Contract.objects.get()
    assert (untouched.title, untouched.milestones.get().title) == (contract.title, "里程碑1")


def test_a_contract_that_was_sent_for_signing_is_locked(client):
    contract = make_contract("signing")
    client.force_login(make_user(unit=contract.poster))
    page = reverse("web:contract", args=[contract.pk])
    address = reverse("web:contract-edit", args=[contract.pk])

    read = client.get(address)
    written = client.post(address, terms(contract, title="改名"))

    assert (read.status_code, written.status_code) == (409, 409)
    assert "编辑合同" not in client.get(page).content.decode()
    assert Contract.objects.get().title == contract.title
