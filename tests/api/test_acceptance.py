"""S9.5–6 through the interface: reminded, accepted by a panel, assessed, answered; refusals."""

from datetime import timedelta

import pytest

from jiebang.acceptance.models import Acceptance, AcceptanceRules, Assessment, TrackItem, Vote
from jiebang.common import clock
from jiebang.contracts.models import Contract
from jiebang.notifications.models import Notification
from jiebang.web.reminders import remind
from tests.factories import (
    make_approver,
    make_contract,
    make_officer,
    make_pooled,
    make_user,
)

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
SAID = "指标全部达到，数据可信，同意验收"


def kept():
    return [
        list(model.objects.values())
        for model in (Acceptance, Vote, Contract, TrackItem, Assessment)
    ]


@pytest.fixture
def city(client_for):
    contract = make_contract("running")
    contract.milestones.update(state="confirmed")
    AcceptanceRules.objects.create(call=contract.call, panel_size=2, papers=[])
    experts = [make_pooled() for _ in range(2)]
    people = {
        "solver": make_user(unit=contract.solver),
        "poster": make_user(unit=contract.poster),
        "officer": make_officer(),
        "approver": make_approver(),
        "expert1": experts[0].user,
        "expert2": experts[1].user,
        "stranger": make_user(),
    }
    clients = {name: client_for(user) for name, user in people.items()}

    def does(who, method, path, status, **body):
        answer = getattr(clients[who], method)(f"{V1}/{path}", body, format="json")
        assert answer.status_code == status, answer.json()
        return answer.json()

    return contract, does, people


def applied(contract, does, value="360"):
    (indicator,) = contract.indicators
    made = does("solver", "post", "acceptances/", 201, contract=contract.pk)
    at = f"acceptances/{made['id']}/"
    row = {"indicator": indicator.pk, "value": value, "evidence": "检测报告"}
    written = {"summary": "全部完成", "spent": "590", "results": [row]}
    does("solver", "patch", at, 200, revision=made["revision"], **written)
    does("solver", "post", f"{at}moves/", 200, action="submit")
    return at


def voted(does, at, advice="pass"):
    does("poster", "put", f"{at}satisfaction/", 200, satisfaction="satisfied", text=SAID)
    does("officer", "post", f"{at}moves/", 200, action="convene")
    does("officer", "post", f"{at}draws/", 201)
    for who in ("expert1", "expert2"):
        (seat,) = does(who, "get", "acceptance-members/", 200)["results"]
        moves = f"acceptance-members/{seat['id']}/"
        does(who, "post", f"{moves}moves/", 200, action="accept")
        name = {"action": "undertake", "signed_name": seat["expert"]}
        does(who, "post", f"{moves}moves/", 200, **name)
        does(who, "post", f"{moves}vote/", 201, advice=advice, text=SAID)


def test_reminded_accepted_assessed_and_answered(city):
    contract, does, people = city
    at = f"acceptances/{does('solver', 'post', 'acceptances/', 201, contract=contract.pk)['id']}/"
    due = Acceptance.objects.get().due_on
    for days in (-3, 1):
        moment = clock.now() + timedelta(days=(due - clock.today()).days + days)
        with clock.telling(moment):
            remind(people["solver"])
    told = Notification.objects.filter(person=people["solver"], kind="reminder")
    assert ["逾期" in row.subject for row in told.order_by("pk")] == [False, True]
    with clock.telling(clock.now() + timedelta(days=(due - clock.today()).days + 1)):
        (row,) = does("officer", "get", "portfolio/?late=true", 200)["results"]
        assert (row["id"], row["is_late"]) == (contract.pk, True)

    applied(contract, does)
    voted(does, at)
    shown = does("officer", "post", f"{at}conclusion/", 201, conclusion="pass", reason=SAID)
    assert (shown["state"], shown["conclusion"]) == ("proposed", "pass")
    hidden = does("solver", "get", at, 200)
    assert (hidden["conclusion"], hidden["reason"]) == ("", "")
    done = does("approver", "post", f"{at}moves/", 200, action="approve")
    assert (done["state"], done["number"]) == ("passed", Acceptance.objects.get().number)
    assert Contract.objects.get().state == "accepted"
    assert len(does("solver", "get", f"{at}votes/", 200)["results"]) == 2

    (planned,) = does("solver", "get", "assessments/", 200)["results"]
    path = f"assessments/{planned['id']}/"
    effects = {
        "revenue": "1200", "tax": "80", "investment": "0", "patents": 3, "joint_patents": 1,
        "standards": 1, "jobs": 12, "effects": "已批量供货",
    }  # fmt: skip
    with clock.telling(clock.now() + timedelta(days=370)):
        does("solver", "put", f"{path}effects/", 200, **effects)
        moves = f"{path}moves/"
        scored = does("officer", "post", moves, 200, action="score", score=86, note="成效明显")
        assert (scored["state"], scored["score"]) == ("scored", 86)
        does("solver", "post", moves, 200, action="reply", note="感谢评价")

    items = does("stranger", "get", f"track-items/?organization={contract.solver_id}", 200)
    assert {row["kind"] for row in items["results"]} == {"accepted", "on_time"}
    key = items["results"][0]["id"]
    answered = does("solver", "put", f"track-items/{key}/reply/", 200, text="如实，感谢各方")
    assert answered["reply"] == "如实，感谢各方"


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status", "code"),
    [
        ("poster", "post", "{at}moves/", {"action": "submit"}, 403, "not_member"),
        ("officer", "post", "{at}moves/", {"action": "convene"}, 422, "satisfaction_missing"),
        ("officer", "post", "{at}moves/", {"action": "return"}, 422, "reason_required"),
        ("officer", "post", "{at}moves/", {"action": "approve"}, 403, "role_required"),
        ("approver", "post", "{at}moves/", {"action": "approve"}, 409, "wrong_state"),
        ("approver", "post", "{at}moves/", {"action": "announce"}, 403, "system_only"),
        ("solver", "patch", "{at}", {"revision": 1, "summary": "改"}, 409, "wrong_state"),
        ("solver", "put", "{at}satisfaction/", {"satisfaction": "very", "text": SAID}, 403,
         "not_the_poster"),
        ("poster", "put", "{at}satisfaction/", {"satisfaction": "very", "text": "好"}, 422,
         "satisfaction_invalid"),
        ("officer", "post", "{at}draws/", {}, 409, "wrong_state"),
        ("solver", "post", "{at}draws/", {}, 403, "role_required"),
        ("officer", "post", "{at}conclusion/", {"conclusion": "pass", "reason": SAID}, 409,
         "wrong_state"),
        ("officer", "post", "{at}integrity/", {"conduct": SAID, "sanction": "warning"}, 409,
         "nothing_proposed"),
        ("solver", "get", "{at}votes/", {}, 403, "votes_closed"),
        ("stranger", "get", "{at}", {}, 404, "not_found"),
        ("stranger", "post", "acceptances/", {"contract": 1}, 404, "not_found"),
        ("poster", "get", "portfolio/", {}, 403, "role_required"),
        ("approver", "post", "contracts/{contract}/moves/",
         {"action": "accept", "note": "直接验收"}, 403, "by_acceptance"),
        ("solver", "post", "contracts/{contract}/disputes/", {"text": SAID}, 403,
         "role_required"),
    ],
)  # fmt: skip
def test_a_refusal_has_its_status_and_code_and_changes_nothing(
    city, who, method, path, body, status, code
):
    contract, does, _ = city
    at = applied(contract, does)
    before = kept()

    refusal = does(who, method, path.format(at=at, contract=contract.pk), status, **body)

    assert (refusal["code"], kept()) == (code, before)


def test_a_missed_binding_indicator_never_passes(city):
    contract, does, _ = city
    at = applied(contract, does, value="10")
    voted(does, at, "fail")
    before = kept()
    said = {"conclusion": "pass", "reason": SAID, "departure": "另有考虑，仍作通过"}
    refusal = does("officer", "post", f"{at}conclusion/", 422, **said)
    assert (refusal["code"], kept()) == ("core_indicator_missed", before)
    does("officer", "post", f"{at}conclusion/", 201, conclusion="fail", reason=SAID)
    done = does("approver", "post", f"{at}moves/", 200, action="approve")
    assert (done["state"], Contract.objects.get().state) == ("failed", "failed")
    body = {"conduct": "验收不通过", "sanction": "no_projects"}
    does("officer", "post", f"{at}integrity/", 201, **body)
    refusal = does("officer", "post", f"{at}integrity/drop/", 409, note="不登记")
    assert refusal["code"] == "nothing_proposed"
