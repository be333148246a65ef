"""Story S8 through the JSON door: from a draft without a cause to the open contracting data."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiebang.audit.models import Entry
from jiebang.commissions.models import Commission, Objection, Opinion, Version
from jiebang.commissions.tasks import conclude_due
from jiebang.common import clock
from jiebang.contracts.models import Contract
from tests.commissions import steps
from tests.factories import (
    make_approver,
    make_call,
    make_challenge,
    make_need,
    make_officer,
    make_pooled,
    make_proposal,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db
HOME = "/api/v1/commissions/"


KINDS = (Entry, Commission, Opinion, Objection, Version, Contract)


def written():
    return [list(kind.objects.order_by("pk").values()) for kind in KINDS]


def refused(act, status, code):
    """See what is refused by status and code, and that it changed nothing."""
    before = written()
    answer = act()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert written() == before
    return answer.json()


def body(need, unit, **fields):
    said = {
        "kind": "single",
        "title": "固态电池电解质定向攻关",
        "needs": [need.pk],
        "candidate": unit.pk,
        "cause": "failed_round",
        "reason": steps.REASON,
        "amount": "600",
        "grant": "100",
        "term_months": 24,
    }
    return {**said, **fields}


def move(client, pk, action, note="理由充分，符合规定"):
    return client.post(f"{HOME}{pk}/moves/", {"action": action, "note": note})


def test_story_s8(client_for):
    unit = make_university()
    steps.effective(candidate=unit)
    call = make_call(rules={"min_bidding_days": 1})
    need = make_need("in_library", call=call)
    both = make_user("officer", "approver")
    officer, approver = client_for(both), client_for(make_approver())
    director, stranger = client_for(steps.make_director()), client_for()

    # 1. no cause code → 422; code without a written reason → 422
    said = refused(
        lambda: officer.post(HOME, body(need, unit, cause="")), 422, "commission_invalid"
    )
    assert list(said["fields"]) == ["cause"]
    said = refused(
        lambda: officer.post(HOME, body(need, unit, reason="")), 422, "commission_invalid"
    )
    assert list(said["fields"]) == ["reason"]

    # 4. while an open round runs → refused; once it is closed as failed, with its reason, allowed
    challenge = make_challenge("open", need=need)
    make_proposal("submitted", challenge=challenge)
    type(need).objects.filter(pk=need.pk).update(state="posted")
    refused(lambda: officer.post(HOME, body(need, unit)), 422, "open_round_running")
    type(challenge).objects.filter(pk=challenge.pk).update(
        closes_at=clock.now() - timedelta(hours=1)
    )
    ended = officer.post(
        f"/api/v1/challenges/{challenge.pk}/moves/",
        {"action": "fail", "note": "揭榜书均未响应约束性指标"},
    )
    assert ended.status_code == 200
    made = officer.post(HOME, body(need, unit))
    assert made.status_code == 201
    pk = made.json()["id"]

    # an expert is asked, and a conflicted one is not
    insider = make_pooled(unit=unit)
    refused(
        lambda: officer.post(f"{HOME}{pk}/opinions/", {"expert": insider.pk}),
        422,
        "conflict_of_interest",
    )
    refused(lambda: move(officer, pk, "propose"), 422, "opinions_missing")
    expert = make_pooled()
    asked = officer.post(f"{HOME}{pk}/opinions/", {"expert": expert.pk})
    assert asked.status_code == 201
    answered = client_for(expert.user).post(
        f"/api/v1/commission-opinions/{asked.json()['id']}/answer/",
        {"stance": "pointless", "text": steps.OPINION},
    )
    assert answered.status_code == 200

    # 2. evidence and share are shown; above the limit → a higher approver
    proposed = move(officer, pk, "propose")
    assert (proposed.status_code, proposed.json()["needs_higher"]) == (200, True)
    dossier = approver.get(f"{HOME}{pk}/dossier/").json()
    assert dossier["concentration"]["count_share"] == "100.00"
    assert [row["reason"] for row in dossier["rounds"]] == ["揭榜书均未响应约束性指标"]
    assert dossier["strength"][0]["contracts"] == []
    assert stranger.get(f"{HOME}{pk}/").status_code == 404

    # 3. the proposer → 403; the approver reports upwards; the director confirms
    refused(lambda: move(officer, pk, "elevate"), 403, "own_proposal")
    refused(lambda: move(approver, pk, "approve"), 403, "higher_approver_needed")
    assert move(approver, pk, "elevate").json()["state"] == "elevated"
    refused(lambda: move(approver, pk, "confirm"), 403, "role_required")
    assert move(director, pk, "confirm").json()["state"] == "approved"

    minutes = {
        "minutes_number": "东科会〔2026〕31号",
        "minutes_on": str(clock.today()),
        "members": ["陈一", "陈二", "陈三"],
    }
    refused(
        lambda: approver.post(f"{HOME}{pk}/minutes/", {**minutes, "minutes_on": None}),
        422,
        "minutes_incomplete",
    )
    public = approver.post(f"{HOME}{pk}/minutes/", minutes).json()
    assert (public["state"], public["days_left"]) == ("notice", 5)

    # the contract before the notice's end → 422
    refused(lambda: move(approver, pk, "take_effect"), 422, "notice_running")

    # an objection in real name stops the clock; rejected, it goes on
    objector = make_user(unit=make_university())
    objection = client_for(objector).post(
        "/api/v1/commission-objections/",
        {
            "commission": pk,
            "signed_name": objector.display_name,
            "text": steps.TEXT,
            "evidence": "检测报告",
        },
    )
    assert objection.status_code == 201
    assert stranger.get(f"{HOME}{pk}/").json()["state"] == "frozen"
    answer = {"action": "reject", "note": steps.REPLY}
    address = f"/api/v1/commission-objections/{objection.json()['id']}/moves/"
    assert approver.post(address, answer).json()["state"] == "rejected"

    with clock.telling(clock.now() + timedelta(days=20)):
        conclude_due()
    assert stranger.get(f"{HOME}{pk}/").json()["state"] == "effective"
    contract = Contract.objects.get(commission=public["id"])
    assert (contract.solver, contract.needs) == (unit, [need])

    # 5. the export says direct, and why
    package = stranger.get(reverse("api:ocds-releases"), {"method": "direct"}).json()
    release = next(r for r in package["releases"] if r["tender"]["id"] == public["number"])
    assert release["tender"]["procurementMethod"] == "direct"
    assert release["tender"]["procurementMethodRationale"] == f"张榜流标：{steps.REASON}"


def test_versions_say_what_was_changed(client_for):
    made = steps.propose()
    officer, approver = client_for(make_officer()), client_for(make_approver())
    move(approver, made.pk, "return", "金额偏高")
    seen = officer.get(f"{HOME}{made.pk}/").json()
    changed = body(made.needs[0], made.candidate, cause="sole", amount="500")
    old = {**changed, "revision": seen["revision"] + 1}
    refused(lambda: officer.put(f"{HOME}{made.pk}/", old), 409, "stale")
    answer = officer.put(f"{HOME}{made.pk}/", {**changed, "revision": seen["revision"]})
    assert answer.json()["amount"] == "500"
    move(officer, made.pk, "propose")
    rows = officer.get(f"{HOME}{made.pk}/versions/").json()["results"]
    assert [row["number"] for row in rows] == [1, 2]
    assert rows[1]["changes"] == [
        {"field": "委托金额", "before": "600.00 万元", "after": "500.00 万元"}
    ]


def test_a_package_is_written_and_shown_with_its_sub_projects(client_for):
    call = make_call()
    needs = [make_need("in_library", call=call) for _ in range(2)]
    lead, other = make_university(), make_university()
    parts = [
        {"title": "材料", "unit": lead.pk, "amount": "350", "needs": [needs[0].pk]},
        {"title": "装备", "unit": other.pk, "amount": "250", "needs": [needs[1].pk]},
    ]
    members = [
        {"unit": lead.pk, "task": "总体", "share": "350"},
        {"unit": other.pk, "task": "装备", "share": "250"},
    ]
    officer = client_for(make_officer())
    said = body(needs[0], lead, kind="package", cause="package", parts=parts, members=members)
    del said["needs"]
    short = [{**parts[0], "amount": "349.999999"}, parts[1]]
    answer = refused(
        lambda: officer.post(HOME, {**said, "parts": short}), 422, "commission_invalid"
    )
    assert "少 0.000001 万元" in answer["fields"]["parts"][0]
    made = officer.post(HOME, said).json()
    assert [(row["title"], row["needs"]) for row in made["parts"]] == [
        ("材料", [needs[0].pk]),
        ("装备", [needs[1].pk]),
    ]
    assert [row["share"] for row in made["consortium"]] == ["350", "250"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(
    client_for, count, django_assert_max_num_queries
):
    for _ in range(count):
        steps.notice()
    stranger = client_for()
    with django_assert_max_num_queries(14):
        assert stranger.get(HOME).json()["count"] == count
