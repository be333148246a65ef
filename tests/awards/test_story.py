"""Stories S6 and S7 through the interface: every refusal by status and code, nothing changed."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from jiebang.awards.models import Award, Decision, Objection, Review
from jiebang.common import clock
from jiebang.contracts.models import Contract
from tests.awards import steps
from tests.factories import make_approver, make_officer, make_user

pytestmark = pytest.mark.django_db
API = "/api/v1"


def counts():
    kinds = (Review, Decision, Objection, Award, Contract)
    states = list(Decision.objects.order_by("pk").values_list("state", flat=True))
    return [kind.objects.count() for kind in kinds], states


def send(person, path, body=None, method="post"):
    client = APIClient()
    if person:
        client.force_authenticate(person)
    return getattr(client, method)(f"{API}{path}", body, format="json")


def refused(status, code, person, path, body=None, method="post"):
    before = counts()
    answer = send(person, path, body, method)
    assert (answer.status_code, answer.json()["code"], counts()) == (status, code, before)
    return answer.json()


def done(status, person, path, body=None, method="post"):
    answer = send(person, path, body, method)
    assert answer.status_code == status, answer.json()
    return answer.json()


def scored(bid, less=0):
    points = {name: str(value) for name, value in steps.POINTS.items()}
    points["方法路线"] = str(steps.POINTS["方法路线"] - less)
    said = {"comment": "路线清楚，基础扎实，可以支持", "feedback": "请补充数据", "advice": "yes"}
    return {"proposal": bid.pk, "points": points, **said}


def suggestion(challenge, bid, **fields):
    chosen = [{"proposal": bid.pk, "amount": "500"}]
    return {"challenge": challenge.pk, "chosen": chosen, "reason": steps.REASON, **fields}


def test_s6_scoring():
    challenge, bids = steps.challenge_in_steps(
        reviews_least=2, spread_most=5, reviews_if_spread=3, notice_days=0
    )
    experts = [steps.seat(challenge, bids) for _ in range(3)]
    officer, approver = make_officer(), make_approver()
    rules = f"/calls/{challenge.call_id}/decision-rules/"
    half = [{"name": "技术", "weight": 60}, {"name": "团队", "weight": 30}]
    refused(422, "weights_invalid", officer, rules, {"criteria": half}, "put")

    out_of_range = scored(bids[0])
    out_of_range["points"]["团队"] = "15.5"
    refused(422, "review_invalid", experts[0], "/reviews/", out_of_range)
    refused(422, "review_invalid", experts[0], "/reviews/", scored(bids[0]) | {"comment": "好"})
    done(201, experts[0], "/reviews/", scored(bids[0]))
    refused(422, "reviewed_already", experts[0], "/reviews/", scored(bids[0]))
    assert done(200, experts[1], "/reviews/", method="get")["count"] == 0
    with clock.telling(clock.now() + timedelta(days=6)):
        refused(422, "review_closed", experts[1], "/reviews/", scored(bids[0]))
    refused(422, "reviews_begun", officer, rules, {}, "put")

    done(201, experts[0], "/reviews/", scored(bids[1], 3))
    done(201, experts[1], "/reviews/", scored(bids[0], 6))
    done(201, experts[1], "/reviews/", scored(bids[1], 3))
    ranking = f"/challenges/{challenge.pk}/ranking/"
    rows = done(200, officer, ranking, method="get")["results"]
    assert [(row["place"], row["tied"], row["disputed"]) for row in rows] == [
        (1, True, True),
        (1, True, False),
    ]
    refused(422, "review_incomplete", officer, "/decisions/", suggestion(challenge, bids[0]))
    bidder = bids[0].author
    refused(403, "role_required", bidder, ranking, method="get")
    refused(403, "reviews_closed", bidder, "/reviews/", method="get")
    feedback = f"/proposals/{bids[0].pk}/feedback/"
    assert done(200, bidder, feedback, method="get")["count"] == 0

    done(201, experts[2], "/reviews/", scored(bids[0]))
    made = done(201, officer, "/decisions/", suggestion(challenge, bids[0]))
    steps.approve(Decision.objects.get())
    minutes = {"minutes_number": "〔2026〕1号", "members": ["甲", "乙", "丙"]}
    done(200, approver, f"/decisions/{made['id']}/minutes/", minutes)
    done(200, approver, f"/decisions/{made['id']}/moves/", {"action": "take_effect"})
    told = done(200, bidder, feedback, method="get")["results"]
    assert told == [{"text": "请补充数据"}] * 3


def test_s7_award_notice_and_objections():
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert = steps.seat(challenge, bids)
    steps.review(bids[0], expert, less=4)
    steps.review(bids[1], expert)
    officer, approver, loser = make_officer(), make_approver(), bids[1].author
    asked = suggestion(challenge, bids[0])
    refused(422, "departure_reason_required", officer, "/decisions/", asked)
    reasoned = {**asked, "departure": "第一名不能在本市产业化"}
    refused(403, "role_required", approver, "/decisions/", reasoned)
    made = done(201, officer, "/decisions/", reasoned)
    refused(409, "decision_under_way", officer, "/decisions/", reasoned)
    path = f"/decisions/{made['id']}"
    refused(404, "not_found", None, f"{path}/", method="get")

    done(200, approver, f"{path}/moves/", {"action": "return", "note": "请核实金额"})
    again = {name: value for name, value in reasoned.items() if name != "challenge"}
    done(200, officer, f"{path}/revision/", again)
    refused(403, "own_proposal", officer, f"{path}/moves/", {"action": "approve"})
    done(200, approver, f"{path}/moves/", {"action": "approve"})
    short = {"minutes_number": "〔2026〕1号", "members": ["甲"]}
    refused(422, "minutes_incomplete", approver, f"{path}/minutes/", short)

    minutes = {**short, "members": ["甲", "乙", "丙"]}
    with clock.telling(steps.at(11, 23)):
        done(200, approver, f"{path}/minutes/", minutes)
        shown = done(200, None, f"{path}/", method="get")
        assert [row["score"] for row in shown["standing"]] == ["80.00", "76.00"]
        assert [each["name"] for each in shown["panel"]] == [expert.display_name]
        assert (shown["notice_ends_on"], shown["days_left"]) == ("2026-11-30", 5)
        take = {"action": "take_effect"}
        said = refused(422, "notice_running", approver, f"{path}/moves/", take)
        assert "2026年11月30日" in said["detail"]

        objection = {"decision": made["id"], "text": steps.TEXT, "evidence": "检测报告"}
        stranger = make_user()
        signed = {**objection, "signed_name": stranger.display_name}
        refused(403, "not_a_bidder", stranger, "/objections/", signed)
        mine = {**objection, "signed_name": loser.display_name}
        with clock.telling(steps.at(12, 1)):
            refused(422, "objection_closed", loser, "/objections/", mine)
        one = done(201, loser, "/objections/", mine)
        refused(409, "objection_open", approver, f"{path}/moves/", take)
        answer = {"action": "reject", "note": steps.REPLY}
        refused(403, "role_required", loser, f"/objections/{one['id']}/moves/", answer)
        refused(404, "not_found", bids[0].author, f"/objections/{one['id']}/", method="get")
        brief = {**answer, "note": "不成立"}
        refused(422, "reply_too_short", approver, f"/objections/{one['id']}/moves/", brief)
        done(200, approver, f"/objections/{one['id']}/moves/", answer)
        assert done(200, None, f"{path}/", method="get")["state"] == "notice"

        two = done(201, loser, "/objections/", mine)
        upheld = {"action": "uphold", "note": steps.REPLY}
        done(200, approver, f"/objections/{two['id']}/moves/", upheld)
    refused(404, "not_found", None, f"{path}/", method="get")

    second = done(201, officer, "/decisions/", suggestion(challenge, bids[1]))
    path = f"/decisions/{second['id']}"
    with clock.telling(steps.at(11, 25)):
        done(200, approver, f"{path}/moves/", {"action": "approve"})
        done(200, approver, f"{path}/minutes/", minutes)
    with clock.telling(steps.at(12, 3)):
        done(200, approver, f"{path}/moves/", take)
    refused(409, "wrong_state", approver, f"{path}/moves/", take)
    refused(409, "awarded_already", officer, "/decisions/", suggestion(challenge, bids[0]))
    assert Award.objects.get().proposal == bids[1]
    assert Contract.objects.count() == 1
