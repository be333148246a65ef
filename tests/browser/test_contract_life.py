"""Story S9 in a real browser: contract, evidence, money, change, overdue milestone, closing."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.contracts import services
from jiebang.contracts.models import Contract, Payment
from jiebang.notifications.models import Notification
from jiebang.web import reminders
from tests import factories as make
from tests.browser.refusals import refused, refused_form
from tests.browser.test_story import press

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def contract(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    call = make.make_call({"first_payment_min_share": 30})
    challenge = make.make_challenge("awarded", need=make.make_need("posted", call=call))
    bid = make.make_proposal("awarded", challenge=challenge)
    return services.draw_up(award=make.make_award(bid))


@pytest.fixture
def people(browse, contract):
    users = {
        "poster": make.make_user(unit=contract.poster),
        "solver": make.make_user(unit=contract.solver, username="solver"),
        "officer": make.make_officer(),
        "approver": make.make_approver(),
    }
    return {name: browse().sign_in(user) for name, user in users.items()}


def opened(person, contract):
    person.page.goto(f"/contracts/{contract.pk}/")
    return person.page


def submit(page, label="提交"):
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def write(person, contract):
    page, today = person.page, timezone.localdate()
    page.goto(f"/contracts/{contract.pk}/edit/")
    page.fill("[name=starts_on]", f"{today}")
    page.fill("[name=ends_on]", f"{today + 600 * DAY}")
    page.fill("[name=amount]", "601")
    row = page.locator("tr[data-row]").first
    row.locator("[name$=-title]").fill("完成样机")
    row.locator("[name$=-due_on]").fill(f"{today + 100 * DAY}")
    row.locator("[name$=-tranche]").fill("100")
    row.locator("[name$=-evidence_asked]").fill("样机检测报告")
    page.get_by_role("button", name="增加里程碑").click()
    row = page.locator("tr[data-row]").nth(1)
    row.locator("[name$=-title]").fill("完成中试")
    row.locator("[name$=-due_on]").fill(f"{today + 500 * DAY}")
    row.locator("[name$=-tranche]").fill("500")
    row.locator("[name$=-indicators]").first.check()
    submit(page, "保存合同")
    person.sees("合同金额不得超过中榜（委托）金额 600.00 万元")
    assert not contract.milestones.exists()
    page.fill("[name=amount]", "600")
    submit(page, "保存合同")
    page.wait_for_url(re.compile(rf"/contracts/{contract.pk}/$"))


def sign(people, contract):
    page = opened(people["approver"], contract)
    page.get_by_role("link", name="登记文号并签署").click()
    page.fill("[name=contract_no]", "科揭〔2026〕1号")
    submit(page)
    for who in ("poster", "solver"):
        press(opened(people[who], contract), "签署")
    contract.refresh_from_db()
    assert (contract.state, contract.contract_no) == ("running", "科揭〔2026〕1号")


def refuse_before_signing(people, contract):
    """S9.1: nothing takes effect without number, date and all signatures; old versions are out."""
    at = f"/contracts/{contract.pk}/"
    refused(people["approver"], f"{at}move/", 422, "activation_incomplete", action="activate")
    old = f"{at}sign/?version=0"
    refused(people["poster"], old, 409, "old_version", action="poster")


def refuse_an_extension(person, contract, months, code, reason="testing"):
    """S9.4: an extension is once, at most a year, for a coded reason."""
    person.page.goto(f"/contracts/{contract.pk}/requests/extension/")
    if reason:
        person.page.select_option("[name=reason]", reason)
    person.page.fill("[name=explanation]", "检测机构排期延后")
    person.page.fill("[name=ends_on]", f"{contract.ends_on + months * 30 * DAY}")
    refused_form(person, "提出申请", 422, code)


def test_a_contract_runs_is_changed_paid_reminded_of_and_closed(people, contract):
    write(people["poster"], contract)
    people["poster"].sees("首笔拨付 100.00 万元，低于合同金额的 30%")
    press(people["poster"].page, "送签")
    refuse_before_signing(people, contract)
    sign(people, contract)
    refuse_an_extension(people["solver"], contract, 3, "", reason="")
    refuse_an_extension(people["solver"], contract, 14, "extension_too_long")
    Contract.objects.update(extensions=1)
    refuse_an_extension(people["solver"], contract, 3, "extension_used")
    Contract.objects.update(extensions=0)

    first = contract.milestones.first()
    report_with_evidence(people, contract, first)
    press(opened(people["poster"], contract), "确认完成", note="符合约定")
    pay(people, contract)
    change(people, contract)
    remind(people, contract)
    page = opened(people["officer"], contract)
    page.goto(f"/contracts/{contract.pk}/close/")
    page.fill("[name=paid_total]", "100")
    submit(page)
    people["officer"].sees("还没有验收结论，验收后才能办结")
    contract.refresh_from_db()
    assert contract.closed_at is None
    Contract.objects.update(state="accepted", acceptance_number="YS-1")
    page.goto(f"/contracts/{contract.pk}/close/")
    page.fill("[name=paid_total]", "100")
    submit(page)
    people["officer"].sees("已办结")
    page.goto(f"/contracts/{contract.pk}/close/")
    people["officer"].sees("合同已经办结，不能再修改")
    contract.refresh_from_db()
    at = f"/contracts/{contract.pk}/"
    refused(people["officer"], f"{at}close/", 409, "closed_already", paid_total="100")
    refused(people["poster"], f"{at}move/", 409, "wrong_state", action="propose")


def report_with_evidence(people, contract, stone):
    solver = people["solver"]
    page = solver.page
    page.goto(f"/milestones/{stone.pk}/report/")
    page.fill("[name=summary]", "样机完成，检测合格")
    submit(page, "提交进展")
    solver.sees("请先在合同页面上传证据：样机检测报告")
    opened(solver, contract)
    part = page.locator(f"#files-milestone-{stone.pk}")
    file = {"name": "检测报告.txt", "mimeType": "text/plain", "buffer": "检测合格".encode()}
    part.locator("input[type=file]").first.set_input_files(file)
    part.get_by_role("button", name="上传").first.click()
    solver.sees("检测报告.txt")
    page.goto(f"/milestones/{stone.pk}/report/")
    page.fill("[name=summary]", "样机完成，检测合格")
    page.fill("[name=spent]", "80")
    page.fill("[name=spending-item-equipment]", "50")
    submit(page, "提交进展")
    solver.sees("按科目合计 50.00 万元，与累计支出（80.00 万元）不一致")
    page.fill("[name=spending-item-labour]", "30")
    submit(page, "提交进展")
    page.wait_for_url(re.compile(rf"/contracts/{contract.pk}/"))


def pay(people, contract):
    page = opened(people["solver"], contract)
    page.get_by_role("link", name="申请拨付").first.click()
    page.fill("[name=amount]", "101")
    page.fill("[name=purpose]", "材料")
    submit(page)
    people["solver"].sees("最多还可申请 100.00 万元")
    page.fill("[name=amount]", "100")
    submit(page)
    asked = Payment.objects.get()
    at = f"/payments/{asked.pk}"
    both = make.User.objects.get(pk=asked.contract.signatures.get(side="bureau").signer_id)
    both.role_grants.create(role="officer")
    press(opened(people["approver"], contract), "审批同意")
    refused(people["approver"], f"{at}/voucher/", 403, "same_person", voucher="PZ-1")
    refused(people["officer"], f"{at}/voucher/", 422, voucher="")
    page = opened(people["officer"], contract)
    page.get_by_role("link", name="登记凭证").click()
    page.fill("[name=voucher]", "PZ-1")
    submit(page)
    payment = Payment.objects.get()
    assert (payment.state, payment.amount) == ("paid", 100)


def change(people, contract):
    solver, poster, approver = (people[who] for who in ("solver", "poster", "approver"))
    page = opened(solver, contract)
    page.get_by_role("link", name="申请变更").click()
    page.select_option("[name=reason]", "schedule")
    page.fill("[name=explanation]", "检测机构排期延后")
    page.fill("[name=milestones-2-goal]", "中试线连续运行三个月")
    poster.page.goto(f"/contracts/{contract.pk}/requests/extension/")
    submit(page, "提出申请")
    solver.sees("待甲方同意")
    poster.page.select_option("[name=reason]", "testing")
    poster.page.fill("[name=explanation]", "检测机构排期延后")
    poster.page.fill("[name=ends_on]", f"{contract.ends_on + 90 * DAY}")
    refused_form(poster, "提出申请", 409, "request_pending")
    poster.page.goto(f"/contracts/{contract.pk}/requests/extension/")
    poster.sees("正在办理，办结或撤回后才能再提")
    request = contract.requests.get()
    at = f"/contract-requests/{request.pk}/move/?version=0"
    refused(
        approver, f"/contract-requests/{request.pk}/move/", 409, "wrong_state", action="approve"
    )
    refused(solver, at, 403, "not_member", action="agree")
    press(opened(poster, contract), "同意申请")
    press(opened(approver, contract), "审定同意", note="理由属实")
    approver.sees("中试线连续运行三个月")
    contract.refresh_from_db()
    assert contract.version == 2
    page.goto(f"/contracts/{contract.pk}/versions/2/")
    solver.sees("里程碑 2：目标与交付物")


def remind(people, contract):
    late = contract.milestones.last()
    type(late).objects.filter(pk=late.pk).update(due_on=timezone.localdate() - 2 * DAY)
    user = contract.solver.memberships.get(user__username="solver").user
    reminders.remind(user)
    told = Notification.objects.filter(person=user, kind="reminder")
    assert "已逾期 2 天" in told.latest("pk").subject
    people["solver"].page.goto("/desk/")
    people["solver"].sees("已逾期")
    people["officer"].page.goto("/officer/overview/")
    people["officer"].sees("督促进展")
    opened(people["officer"], contract)
    people["officer"].sees("已逾期 2 天")
