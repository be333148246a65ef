"""Story S9 through the interface: contract, milestone, payment, change, closing, each refusal."""

from decimal import Decimal

import pytest

from jiebang.contracts import services
from jiebang.contracts.models import (
    Contract,
)
from tests.api.contract_steps import DAY, TODAY, Story
from tests.factories import (
    make_approver,
    make_award,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def story(client_for):
    """An award of 600 with 100 of grant, its contract being drawn up, and everybody signed in."""
    need = make_need("posted", call=make_call({"first_payment_min_share": 30}))
    bid = make_proposal("awarded", challenge=make_challenge("awarded", need=need))
    contract = services.draw_up(award=make_award(bid))
    people = {
        "solver": make_user(unit=contract.solver),
        "poster": make_user(unit=contract.poster),
        "officer": make_officer(),
        "approver": make_approver(),
        "stranger": make_user(),
    }
    both = make_approver()
    both.role_grants.create(role="officer")
    people["both"] = both
    return Story(contract, {name: client_for(user) for name, user in people.items()})


def test_the_value_stays_within_the_award_and_nothing_takes_effect_half_done(story):
    above = story.refused(
        "poster", f"{story.at}terms/", 422, "contract_invalid", "put", **story.terms(amount="601")
    )
    assert "600.00 万元" in above["fields"]["amount"][0]
    story.does("poster", f"{story.at}terms/", method="put", **story.terms())
    story.refused("approver", f"{story.at}moves/", 409, "wrong_state", action="activate")
    story.does("poster", f"{story.at}moves/", action="propose")
    bare = story.refused(
        "approver", f"{story.at}moves/", 422, "activation_incomplete", action="activate"
    )
    assert set(bare["fields"]) == {"contract_no", "dated_on", "signatures"}
    story.does(
        "approver", f"{story.at}signatures/", 201, side="bureau", contract_no="科揭〔2026〕1号"
    )
    half = story.refused(
        "approver", f"{story.at}moves/", 422, "activation_incomplete", action="activate"
    )
    assert half["fields"] == {"signatures": ["甲方（发榜方）、乙方（揭榜方）还没有签署"]}
    story.does("poster", f"{story.at}signatures/", 201, side="poster")
    made = story.does("solver", f"{story.at}signatures/", 201, side="solver")
    assert (made["state"], made["contract_no"], made["dated_on"]) == (
        "running",
        "科揭〔2026〕1号",
        str(TODAY),
    )


def test_who_signs_or_approves_an_old_version_is_stale(story):
    story.does("poster", f"{story.at}terms/", method="put", **story.terms())
    story.does("poster", f"{story.at}moves/", action="propose")
    story.does("solver", f"{story.at}moves/", action="reopen", note="首付过低")
    story.does("poster", f"{story.at}terms/", method="put", **story.terms(350, 250))
    story.does("poster", f"{story.at}moves/", action="propose")
    story.refused("poster", f"{story.at}signatures/", 409, "old_version", side="poster", version=1)
    story.does("poster", f"{story.at}signatures/", 201, side="poster", version=2)
    versions = story.does("solver", f"{story.at}versions/", method="get")["results"]
    assert [row["number"] for row in versions] == [2, 1]

    story.does("solver", f"{story.at}signatures/", 201, side="solver")
    story.does("approver", f"{story.at}signatures/", 201, side="bureau")
    first = story.reported(1)["reports"][-1]["id"]
    story.does("solver", f"milestones/{story.stone(1).pk}/reports/", 201, summary="更正",
               measurements=[])  # fmt: skip
    story.refused(
        "poster",
        f"milestones/{story.stone(1).pk}/moves/",
        409,
        "old_version",
        action="confirm",
        report=first,
    )


def test_evidence_is_accepted_money_approved_by_another_and_paid(story):
    story.signed()
    path = f"milestones/{story.stone(1).pk}/reports/"
    bare = story.refused("solver", path, 422, "report_incomplete", summary="完成", measurements=[])
    assert set(bare["fields"]) == {"evidence"}
    asked = {"milestone": story.stone(1).pk, "amount": "300", "purpose": "材料"}
    story.refused("solver", "payments/", 409, "milestone_unconfirmed", **asked)
    story.confirmed(1)
    over = story.refused(
        "solver", "payments/", 422, "over_the_tranche", **{**asked, "amount": "301"}
    )
    assert "最多还可申请 300.00 万元" in over["fields"]["amount"][0]
    made = story.does("solver", "payments/", 201, **asked)
    at = f"payments/{made['id']}/moves/"
    story.does("both", at, action="approve")
    story.refused("both", at, 403, "same_person", action="pay", voucher="PZ-1")
    story.refused("officer", at, 422, "voucher_required", action="pay")
    assert story.does("officer", at, action="pay", voucher="PZ-1")["state"] == "paid"
    over = story.refused(
        "solver", "payments/", 422, "over_the_tranche", **{**asked, "amount": "0.000001"}
    )
    assert "最多还可申请 0.00 万元" in over["fields"]["amount"][0]


def test_a_first_payment_below_the_citys_ratio_warns_and_hinders_nothing(story):
    low = story.does("poster", f"{story.at}terms/", method="put", **story.terms(100, 500))
    assert "首笔拨付 100.00 万元，低于合同金额的 30%（180.00 万元）" in low["warnings"][0]
    assert story.does("poster", f"{story.at}moves/", action="propose")["state"] == "signing"


def test_one_change_at_a_time_with_a_code_and_one_extension_of_a_year(story):
    story.signed()
    change = {
        "contract": story.contract.pk,
        "kind": "change",
        "reason": "schedule",
        "explanation": "排期推迟",
        "after": {"milestones": {"1": {"due_on": str(TODAY + 230 * DAY)}}},
    }
    uncoded = story.refused(
        "solver", "contract-requests/", 422, "reason_code_required", **{**change, "reason": ""}
    )
    assert set(uncoded["fields"]) == {"reason"}
    made = story.does("solver", "contract-requests/", 201, **change)
    assert [row["label"] for row in made["differences"]] == ["里程碑 1：应完成日期"]
    story.refused("poster", "contract-requests/", 409, "request_pending", **change)
    at = f"contract-requests/{made['id']}/moves/"
    story.refused("approver", at, 409, "wrong_state", action="approve", note="好")
    story.refused("solver", at, 403, "not_member", action="agree")
    story.does("poster", at, action="agree")
    story.refused("approver", at, 409, "old_version", action="approve", note="好", version=0)
    done = story.does("approver", at, action="approve", note="同意", version=1)
    assert (done["state"], Contract.objects.get().version) == ("approved", 2)

    extension = {
        **change,
        "kind": "extension",
        "reason": "testing",
        "after": {},
        "ends_on": str(TODAY + 1000 * DAY),
    }
    story.refused("poster", "contract-requests/", 422, "extension_too_long", **extension)
    extension["ends_on"] = str(TODAY + 900 * DAY)
    made = story.does("poster", "contract-requests/", 201, **extension)
    story.does("approver", f"contract-requests/{made['id']}/moves/", action="approve", note="同意")
    assert Contract.objects.get().ends_on == TODAY + 900 * DAY
    extension["ends_on"] = str(TODAY + 920 * DAY)
    story.refused("poster", "contract-requests/", 422, "extension_used", **extension)


def test_nothing_is_closed_without_paid_total_and_acceptance_and_then_nothing_is_edited(story):
    story.signed()
    early = story.refused("officer", f"{story.at}closing/", 422, "closing_incomplete")
    assert set(early["fields"]) == {"paid_total", "acceptance_number"}
    story.confirmed(1)
    story.paid(1, "300", "PZ-1")
    story.confirmed(2)
    services.conclude(
        contract=Contract.objects.get(),
        outcome="passed",
        actor=make_approver(),
        acceptance_number="YS-2026-00001",
    )
    wrong = story.refused(
        "officer", f"{story.at}closing/", 422, "closing_incomplete", paid_total="299"
    )
    assert wrong["fields"] == {"paid_total": ["与资金台账不一致，台账已拨付 300.00 万元"]}
    story.refused("approver", f"{story.at}closing/", 403, "role_required", paid_total="300")
    closed = story.does("officer", f"{story.at}closing/", paid_total="300")
    assert closed["closed_at"]
    story.refused("officer", f"{story.at}closing/", 409, "closed_already", paid_total="300")
    story.refused("poster", f"{story.at}terms/", 409, "wrong_state", "put", **story.terms())
    asked = {"milestone": story.stone(2).pk, "amount": "10", "purpose": "材料"}
    story.refused("solver", "payments/", 409, "wrong_state", **asked)


def test_a_terminated_contract_is_settled_and_its_money_returned(story):
    story.signed()
    story.confirmed(1)
    story.paid(1, "300", "PZ-1")
    story.refused("approver", f"{story.at}moves/", 409, "by_request", action="terminate", note="停")
    made = story.does(
        "officer",
        "contract-requests/",
        201,
        contract=story.contract.pk,
        kind="termination",
        reason="market",
        explanation="需求已不存在",
    )
    at = f"contract-requests/{made['id']}/moves/"
    story.does("poster", at, action="agree")
    story.does("approver", at, action="approve", note="同意终止")
    money = {"amount": "100", "purpose": "结余"}
    story.refused("officer", f"{story.at}recoveries/", 409, "settlement_required", **money)
    over = story.refused(
        "officer", f"{story.at}settlements/", 422, "settlement_invalid", spent="301", basis="凭证"
    )
    assert set(over["fields"]) == {"spent"}
    settled = story.does("officer", f"{story.at}settlements/", 201, spent="200", basis="凭证核对")
    assert settled["to_return"] == "100"
    story.does("approver", f"settlements/{settled['id']}/moves/", action="confirm")
    back = story.does("officer", f"{story.at}recoveries/", 201, **money)
    story.refused("officer", f"{story.at}closing/", 422, "payments_open", paid_total="300")
    story.does("approver", f"payments/{back['id']}/moves/", action="approve")
    other = make_officer()
    story.clients["officer"].force_authenticate(other)
    story.does("officer", f"payments/{back['id']}/moves/", action="pay", voucher="PZ-2")
    closed = story.does("officer", f"{story.at}closing/", paid_total="300")
    assert (closed["returned"], Decimal(closed["paid"])) == ("100", 300)
