"""S9.5–6 in a real browser: applied for, judged by a panel, concluded, on the unit's page."""

import re

import pytest

from jiebang.acceptance import services
from jiebang.acceptance.models import Acceptance, AcceptanceRules
from jiebang.contracts.models import Contract
from tests.browser.refusals import closed, refused
from tests.factories import (
    make_approver,
    make_contract,
    make_officer,
    make_pooled,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "指标全部达到，数据可信，同意通过验收"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_a_panel_accepts_a_contract(browse):
    contract = make_contract("running")
    contract.milestones.update(state="confirmed")
    AcceptanceRules.objects.create(call=contract.call, panel_size=1, papers=["summary"])
    made = services.open_for(contract=contract)
    (indicator,) = contract.indicators
    expert = make_pooled()
    solver = browse(make_user(unit=contract.solver))
    poster = browse(make_user(unit=contract.poster))
    officer, approver = browse(make_officer()), browse(make_approver())
    at = f"/acceptances/{made.pk}/"

    page = solver.page
    page.goto(f"{at}edit/")
    page.fill("[name=summary]", "合同任务全部完成")
    page.fill("[name=spent]", "590")
    page.fill(f"[name=measured-{indicator.pk}]", "360")
    page.fill(f"[name=evidence-{indicator.pk}]", "检测报告")
    press(page, "保存")
    page.wait_for_url(f"**{at}")
    solver.sees("请上传总结报告")
    told = refused(solver, f"{at}move/", 422, "application_incomplete", action="submit")
    assert "验收申请还不完整" in told
    closed(browse(make_user()), at, 404, "not_found")
    shelf = page.get_by_role("region", name="总结报告")
    shelf.locator("input[type=file]").first.set_input_files(
        {"name": "总结.txt", "mimeType": "text/plain", "buffer": "总结报告正文".encode()}
    )
    submit = shelf.get_by_role("button", name=re.compile("提交|上传"))
    if submit.count():
        submit.first.click()
    page.get_by_role("link", name="总结.txt").wait_for()
    page.goto(at)
    page.get_by_text("提交验收申请", exact=True).first.click()
    press(page, "确认提交验收申请")
    assert Acceptance.objects.get().state == "submitted"

    poster.page.goto(f"{at}satisfaction/")
    poster.page.get_by_label("满意", exact=True).check()
    poster.page.fill("[name=satisfaction_text]", SAID)
    press(poster.page, "提交评价")

    officer.page.goto(at)
    press(officer.page, "受理并组织评议")
    officer.page.goto(f"{at}panel/")
    press(officer.page, "抽取专家")
    officer.sees(str(expert))

    member = Acceptance.objects.get().members.get()
    person = browse(expert.user)
    seat = f"/acceptance-members/{member.pk}/"
    person.page.goto(seat)
    press(person.page, "接受邀请")
    person.page.fill("[name=signed_name]", str(expert))
    press(person.page, "签署承诺")
    person.page.get_by_label("通过", exact=True).check()
    person.page.fill("[name=text]", SAID)
    press(person.page, "提交意见")
    person.sees("我的意见")

    officer.page.goto(f"{at}conclusion/")
    officer.page.get_by_label("通过", exact=True).check()
    officer.page.fill("[name=reason]", SAID)
    press(officer.page, "提出结论")
    approver.page.goto(at)
    approver.page.get_by_text("审批同意", exact=True).first.click()
    press(approver.page, "确认审批同意")

    assert (Acceptance.objects.get().state, Contract.objects.get().state) == (
        "passed", "accepted",
    )  # fmt: skip
    visitor = browse(width=390)
    visitor.page.goto(f"/units/{contract.solver_id}/")
    visitor.sees("验收通过 1 项")
    with officer.page.expect_download() as caught:
        officer.page.goto(at)
        officer.page.get_by_role("link", name="验收证书（PDF）").click()
    assert caught.value.suggested_filename.endswith(".pdf")
