"""The main job, end to end, through the interface alone: each person with a token of their own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.common import clock
from tests.factories import (
    PASSWORD,
    indicator_row,
    make_approver,
    make_call,
    make_district,
    make_endorser,
    make_expert,
    make_field,
    make_officer,
    make_pooled,
    make_uscc,
    need_content,
    proposal_content,
)

pytestmark = pytest.mark.django_db

V1 = "/api/v1"


@pytest.fixture
def person(client_for):
    """Return a way to come in by name and password, as any program would."""

    def signed_in(username):
        client = client_for()
        said = {"username": username, "password": PASSWORD}
        token = client.post(f"{V1}/auth/tokens/", said).json()["token"]
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return signed_in


def does(client, method, path, status, **body):
    """Return the answer's content, once its status is the expected one."""
    answer = getattr(client, method)(f"{V1}/{path}", body, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json()


def founder(client_for, person, officer, username, **unit):
    """Return a new person whose new unit the bureau has verified, and the unit's id."""
    does(
        client_for(), "post", "sign-up/", 201,
        username=username, password=PASSWORD, display_name=username, email=f"{username}@example.cn",
    )  # fmt: skip
    client = person(username)
    made = does(client, "post", "organizations/", 201, **unit)
    assert (made["state"], made["state_label"]) == ("pending", "待核验")
    verified = does(officer, "post", f"organizations/{made['id']}/moves/", 200, action="verify")
    assert verified["state"] == "verified"
    return client, made["id"]


def can(thing):
    return [action["action"] for action in thing["actions"]]


def accepted(client_for, firm, lab, officer, approver, contract, indicator, call):
    """Apply for acceptance, let a panel of one pass it, conclude."""
    expert = client_for(make_pooled().user)
    rules = {"panel_size": 1, "papers": []}
    does(officer, "put", f"calls/{call.pk}/acceptance-rules/", 200, **rules)
    made = does(lab, "post", "acceptances/", 201, contract=contract)
    at = f"acceptances/{made['id']}/"
    row = {"indicator": indicator, "value": "365", "evidence": "检测报告"}
    written = {"summary": "中试线建成", "spent": "590", "results": [row]}
    does(lab, "patch", at, 200, revision=made["revision"], **written)
    does(lab, "post", f"{at}moves/", 200, action="submit")
    said = "指标全部达到，数据可信，同意验收"
    does(firm, "put", f"{at}satisfaction/", 200, satisfaction="very", text=said)
    does(officer, "post", f"{at}moves/", 200, action="convene")
    does(officer, "post", f"{at}draws/", 201)
    (seat,) = does(expert, "get", "acceptance-members/", 200)["results"]
    moves = f"acceptance-members/{seat['id']}/"
    does(expert, "post", f"{moves}moves/", 200, action="accept")
    signed = {"action": "undertake", "signed_name": seat["expert"]}
    does(expert, "post", f"{moves}moves/", 200, **signed)
    does(expert, "post", f"{moves}vote/", 201, advice="pass", text=said)
    does(officer, "post", f"{at}conclusion/", 201, conclusion="pass", reason=said)
    done = does(approver, "post", f"{at}moves/", 200, action="approve")
    assert (done["state"], done["conclusion"]) == ("passed", "pass")


def test_a_need_becomes_an_accepted_contract(client_for, person):
    district, field, call = make_district(), make_field(), make_call()
    officer, approver, expert, endorser = (
        person(user.username)
        for user in (make_officer(), make_approver(), make_expert(), make_endorser(district))
    )
    firm, firm_id = founder(
        client_for, person, officer, "manager",
        name="松木新能源有限公司", uscc=make_uscc(9001), kind="enterprise", district=district.code,
        contact_name="周明", contact_phone="0769-22220000", contact_email="zhou@example.cn",
    )  # fmt: skip
    lab, lab_id = founder(
        client_for, person, officer, "professor",
        name="南岭理工大学", uscc=make_uscc(9002), kind="university", city="广州市",
        contact_name="林之远", contact_phone="020-22220000", contact_email="lin@example.cn",
    )  # fmt: skip

    content = {**need_content(), "call": call.pk, "tech_field": field.code}
    content |= {"total_budget": "1200", "bounty": "800"}
    row = {**indicator_row(), "value": "350"}
    lacking = does(firm, "post", "needs/checkup/", 200, **content)
    whole = does(firm, "post", "needs/checkup/", 200, **content, indicators=[row])
    assert lacking["score"] < whole["score"]
    assert [f["sentence"] for f in whole["findings"] if f["severity"] == "error"] == []

    need = does(firm, "post", "needs/", 201, owner=firm_id, **content, indicators=[row])
    at = f"needs/{need['id']}/"
    assert (need["bounty"], need["total_budget"], need["version"]) == ("800", "1200", 0)
    assert can(need) == ["submit", "withdraw", "edit"]
    for who, action in ((firm, "submit"), (endorser, "endorse"), (officer, "pass_check")):
        need = does(who, "post", f"{at}moves/", 200, action=action, note="同意")
    expert_id = does(expert, "get", "me/", 200)["id"]
    does(officer, "post", f"{at}appraisals/", 201, experts=[expert_id])
    (task,) = does(expert, "get", "appraisals/", 200)["results"]
    (announced,) = does(expert, "get", "calls/", 200)["results"]
    scores = {str(criterion["id"]): "85" for criterion in announced["criteria"]}
    opinion = "技术先进，市场前景明确，建议入库"
    done = does(expert, "put", f"appraisals/{task['id']}/", 200, scores=scores, opinion=opinion)
    assert done["total"] == "85"
    need = does(approver, "post", f"{at}moves/", 200, action="admit", note="会议审定")
    assert (need["state"], need["state_label"]) == ("in_library", "已入库")

    now = timezone.now()
    times = {"opens_at": now, "closes_at": now + timedelta(days=30)}
    posted = does(officer, "post", "challenges/", 201, need=need["id"], **times)
    assert (posted["state"], posted["bid_count"]) == ("open", 0)

    bid = does(lab, "post", "proposals/", 201, challenge=posted["id"], lead=lab_id)
    (indicator,) = need["indicators"]
    promise = {"indicator": indicator["id"], "value": "380", "method": "第三方检测"}
    written = {**proposal_content(), "asked_amount": "600", "responses": [promise]}
    bid = does(lab, "patch", f"proposals/{bid['id']}/", 200, revision=bid["revision"], **written)
    assert [r["is_enough"] for r in bid["responses"]] == [True]
    bid = does(lab, "post", f"proposals/{bid['id']}/moves/", 200, action="submit")
    (receipt,) = does(lab, "get", f"proposals/{bid['id']}/receipts/", 200)["results"]
    assert (len(receipt["digest"]), receipt["version"]) == (64, 1)
    seen = does(client_for(), "get", f"challenges/{posted['id']}/", 200)
    assert (seen["bid_count"], seen["actions"]) == (1, [])

    with clock.telling(now + timedelta(days=31)):
        (opened,) = does(firm, "get", f"challenges/{posted['id']}/proposals/", 200)["results"]
        award = does(
            approver, "post", "awards/", 201,
            challenge=posted["id"], proposal=opened["id"], amount="600", grant="100",
            reason="技术路线成熟，指标全部响应，团队经验丰富",
        )  # fmt: skip
        assert (award["solver"]["id"], award["amount"]) == (lab_id, "600")
        (contract,) = does(firm, "get", "contracts/", 200)["results"]
        at = f"contracts/{contract['id']}/"
        today = clock.today()
        milestone = {
            "title": "完成中试", "due_on": today + timedelta(days=500), "tranche": "600",
            "indicators": [indicator["id"]],
        }  # fmt: skip
        dates = {"starts_on": today, "ends_on": today + timedelta(days=600)}
        does(firm, "put", f"{at}terms/", 200, **dates, milestones=[milestone])
        does(firm, "post", f"{at}moves/", 200, action="propose")
        for signer, side in ((firm, "poster"), (lab, "solver"), (approver, "bureau")):
            contract = does(signer, "post", f"{at}signatures/", 201, side=side)
        assert (contract["state"], len(contract["signatures"])) == ("running", 3)

        (due,) = does(lab, "get", "milestones/", 200)["results"]
        found = {"indicator": indicator["id"], "value": "365", "evidence": "检测报告"}
        does(
            lab, "post", f"milestones/{due['id']}/reports/", 201,
            summary="中试线建成", measurements=[found],
        )  # fmt: skip
        (line,) = does(firm, "get", at, 200)["indicators"]
        assert (line["promised"], line["measured"], line["is_met"]) == (
            "380 Wh/kg", "365 Wh/kg", True,
        )  # fmt: skip
        does(firm, "post", f"milestones/{due['id']}/moves/", 200, action="confirm", note="同意")
        payment = does(
            lab, "post", "payments/", 201, milestone=due["id"], amount="600", purpose="中试"
        )
        steps = f"payments/{payment['id']}/moves/"
        does(approver, "post", steps, 200, action="approve")
        does(officer, "post", steps, 200, action="pay", voucher="PZ-1", settled_on=clock.today())
        accepted(client_for, firm, lab, officer, approver, contract["id"], indicator["id"], call)
        contract = does(firm, "get", at, 200)

    assert (contract["state"], contract["paid"]) == ("accepted", "600")
    steps = does(firm, "get", f"needs/{need['id']}/history/", 200)["results"]
    assert [step["action"] for step in reversed(steps)] == [
        "create", "submit", "endorse", "pass_check", "admit", "post", "exit",
    ]  # fmt: skip
    funnel = does(officer, "get", "stats/funnel/", 200)["results"]
    assert [(step["count"], step["money"]) for step in funnel] == [
        (1, "1200"), (1, "1200"), (1, "800"), (1, "800"), (1, "600"), (1, "600"), (1, "600"),
    ]  # fmt: skip
