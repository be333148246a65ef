"""A contract's page from signing to acceptance: buttons by the rules, reports, money, refusals."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jiebang.contracts.models import Contract, MilestoneReport
from jiebang.contracts.states import MilestoneState
from tests.factories import make_approver, make_contract, make_officer, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Make one person of each side of a contract."""

    def made(contract):
        return {
            "poster": make_user(unit=contract.poster),
            "solver": make_user(unit=contract.solver),
            "officer": make_officer(),
            "approver": make_approver(),
        }

    return made


def buttons(client, user, contract):
    """What this person can press on the contract's page."""
    client.force_login(user)
    page = client.get(reverse("web:contract", args=[contract.pk])).content.decode()
    found = re.findall(
        r'<(?:summary|a|button)[^>]*class="btn(?! btn-ghost)[^"]*"[^>]*>([^<]+)<', page
    )
    return [label for label in found if not label.startswith("确认") or label == "确认完成"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("drafting", {"poster": ["送签", "编辑合同"], "approver": ["终止"]}),
        (
            "signing",
            {
                "poster": ["代表甲方（发榜方）签署", "退回重拟"],
                "solver": ["代表乙方（揭榜方）签署", "退回重拟"],
                "approver": ["代表丙方（科技局）签署", "登记文号并签署", "退回重拟", "终止"],
            },
        ),
        (
            "running",
            {
                "poster": ["申请变更", "申请延期", "申请终止"],
                "solver": ["提交进展", "提交进展", "申请变更", "申请延期", "申请终止", "申请验收"],
                "officer": ["申请终止", "申请撤销", "登记争议"],
            },
        ),
        ("accepted", {"officer": ["登记争议"]}),
        ("concluded", {"officer": ["登记争议"]}),
        ("terminated", {"officer": ["办结", "登记争议"]}),
    ],
)
def test_each_side_has_its_own_buttons(client, people, state, expected):
    contract = make_contract(state)

    found = {name: buttons(client, user, contract) for name, user in people(contract).items()}

    wanted = {name: [] for name in found} | expected
    assert {name: sorted(labels) for name, labels in found.items()} == {
        name: sorted(labels) for name, labels in wanted.items()
    }


def test_a_contract_is_sent_signed_by_three_and_takes_effect(client, people):
    contract = make_contract()
    sides = people(contract)
    move = reverse("web:contract-move", args=[contract.pk])
    sign = reverse("web:contract-sign", args=[contract.pk])
    states = []
    for who, address, action in (
        ("poster", move, "propose"),
        ("poster", sign, "poster"),
        ("poster", sign, "poster"),
        ("solver", sign, "bureau"),
        ("solver", sign, "solver"),
        ("approver", sign, "bureau"),
    ):
        client.force_login(sides[who])
        status = client.post(address, {"action": action}).status_code
        contract.refresh_from_db()
        states.append((status, contract.state))

    assert states == [
        (302, "signing"),
        (302, "signing"),
        (409, "signing"),
        (403, "signing"),
        (302, "signing"),
        (302, "running"),
    ]
    assert contract.signatures.count() == 3


def test_a_contract_that_is_not_complete_is_not_sent_and_the_page_says_what_is_missing(
    client, people
):
    contract = make_contract()
    contract.milestones.all().delete()
    client.force_login(people(contract)["poster"])
    page = reverse("web:contract", args=[contract.pk])

    answer = client.post(
        reverse("web:contract-move", args=[contract.pk]),
        {"action": "propose"},
        headers={"referer": f"http://testserver{page}"},
        follow=True,
    )

    contract.refresh_from_db()
    assert contract.state == "drafting"
    assert "请至少设置一个里程碑" in answer.content.decode()


@pytest.fixture
def running():
    """A running contract of 600 whose last milestone carries the one indicator."""
    contract = make_contract("running")
    return contract, contract.milestones.get(position=2)


def report_of(indicator, **fields):
    return {
        f"measured-{indicator.pk}": "365.5",
        f"evidence-{indicator.pk}": "检测报告 2027-3",
        "summary": "中试线建成",
        "spent": "210.5",
        **fields,
    }


def test_progress_is_reported_measured_confirmed_and_releases_its_tranche(client, running, people):
    contract, milestone = running
    (indicator,) = milestone.indicators.all()
    sides = people(contract)
    page = reverse("web:contract", args=[contract.pk])
    client.force_login(sides["solver"])
    client.post(reverse("web:milestone-report", args=[milestone.pk]), report_of(indicator))

    assert "确认完成" in buttons(client, sides["poster"], contract)
    judge = reverse("web:milestone-judge", args=[milestone.pk])
    client.force_login(sides["solver"])
    own = client.post(judge, {"action": "confirm", "note": "自己确认"}).status_code
    client.force_login(sides["poster"])
    client.post(judge, {"action": "confirm", "note": "数据可靠，同意"})
    text = client.get(page).content.decode()

    milestone.refresh_from_db()
    made = MilestoneReport.objects.get()
    assert (own, milestone.state, made.spent) == (403, "confirmed", Decimal("210.5"))
    assert made.opinion == "数据可靠，同意"
    for shown in ("365.5 Wh/kg", "检测报告 2027-3", ">达到<", "数据可靠，同意"):
        assert shown in text
    money = re.findall(r"</i>([^<]+)</dt><dd>([^<]+)</dd>", text)
    assert money == [
        ("已拨付", "0.00 万元"),
        ("待支付", "300.00 万元"),
        ("待确认", "0.00 万元"),
        ("未到期", "300.00 万元"),
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"summary": ""}, "请写明进展情况"),
        ({"measured": ""}, "请填写“指标1（≥ 350 Wh/kg）”的实测情况"),
        ({"measured": "很高"}, "输入一个数字"),
        ({"spent": "-1"}, "大于或等于0"),
    ],
)
def test_a_report_with_a_hole_is_told_at_the_field_and_keeps_the_rest(
    client, running, people, change, sentence
):
    contract, milestone = running
    (indicator,) = milestone.indicators.all()
    if "measured" in change:
        change = {f"measured-{indicator.pk}": change["measured"]}
    client.force_login(people(contract)["solver"])
    typed = report_of(indicator, problems="缺两台设备", **change)

    response = client.post(reverse("web:milestone-report", args=[milestone.pk]), typed)

    text = response.content.decode()
    milestone.refresh_from_db()
    assert (response.status_code, milestone.state) == (422, "pending")
    assert sentence in text
    assert "缺两台设备" in text
    assert not MilestoneReport.objects.exists()


def test_a_report_is_returned_with_a_reason_and_the_next_one_is_written_under_it(
    client, running, people
):
    contract, milestone = running
    (indicator,) = milestone.indicators.all()
    sides = people(contract)
    judge = reverse("web:milestone-judge", args=[milestone.pk])
    report = reverse("web:milestone-report", args=[milestone.pk])
    client.force_login(sides["solver"])
    client.post(report, report_of(indicator))
    anew = client.get(report).status_code  # the newest report counts until one is judged
    client.force_login(sides["poster"])
    silent = client.post(judge, {"action": "return", "note": " "}).status_code
    client.post(judge, {"action": "return", "note": "缺第三方报告"})
    client.force_login(sides["solver"])
    again = client.get(report).content.decode()

    milestone.refresh_from_db()
    assert (anew, silent, milestone.state) == (200, 422, "returned")
    assert "发榜方退回：缺第三方报告" in again


def test_nobody_accepts_by_hand(client, running):
    contract, _ = running
    contract.milestones.update(state=MilestoneState.CONFIRMED)
    client.force_login(make_approver())
    address = reverse("web:contract-move", args=[contract.pk])

    answer = client.post(address, {"action": "accept", "note": "专家组验收通过"})

    assert (answer.status_code, Contract.objects.get().state) == (403, "running")


def test_what_is_late_is_late_only_while_the_contract_runs(client):
    yesterday = timezone.localdate() - timedelta(days=3)
    shown = {}
    client.force_login(make_officer())
    for state in ("running", "terminated", "drafting"):
        contract = make_contract(state)
        contract.milestones.filter(position=1).update(due_on=yesterday)
        text = client.get(reverse("web:contract", args=[contract.pk])).content.decode()
        shown[state] = ("已逾期 3 天" in text, "未完成" in text)

    assert shown == {
        "running": (True, False),
        "terminated": (False, True),
        "drafting": (False, False),
    }


def test_the_amount_stands_in_figures_and_in_words(client, running):
    contract, _ = running
    client.force_login(make_officer())

    text = client.get(reverse("web:contract", args=[contract.pk])).content.decode()

    assert ("600.00 万元" in text, "人民币陆佰万元整" in text) == (True, True)
    assert ("100.00 万元" in text, "壹佰万元整" in text) == (True, True)


def test_a_list_shows_one_s_own_contracts_and_no_other(client):
    mine, other = make_contract("running"), make_contract("running")
    seen = {}
    for name, user in (
        ("poster", make_user(unit=mine.poster)),
        ("solver", make_user(unit=mine.solver)),
        ("officer", make_officer()),
        ("outsider", make_user(unit=make_unit())),
    ):
        client.force_login(user)
        text = client.get(reverse("web:contracts")).content.decode()
        seen[name] = (mine.number in text, other.number in text)

    assert seen == {
        "poster": (True, False),
        "solver": (True, False),
        "officer": (True, True),
        "outsider": (False, False),
    }


def test_a_contract_s_page_takes_no_more_queries_for_more_milestones(client):
    client.force_login(make_officer())
    asked = []
    for milestones in (1, 3):
        contract = make_contract("running", milestones=milestones)
        address = reverse("web:contract", args=[contract.pk])
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        asked.append(len(found))

    assert asked[0] == asked[1]
