"""The pages of review, decision, notice and objection: as people walk through them."""

import pytest
from django.urls import reverse

from jiebang.audit.models import Entry
from jiebang.awards.models import Decision, DecisionRules, Objection, Review
from jiebang.calendars.models import Correction
from jiebang.common import clock
from tests.awards import steps
from tests.factories import make_approver, make_officer

pytestmark = pytest.mark.django_db


def go(client, person, name, *args, data=None, status=200):
    client.force_login(person)
    path = reverse(f"web:{name}", args=args)
    answer = client.post(path, data) if data is not None else client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_from_the_review_to_the_notice_and_an_objection(client):
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert, officer, approver = steps.seat(challenge, bids), make_officer(), make_approver()
    typed = {f"points-{name}": value for name, value in steps.POINTS.items()}
    typed |= {"advice": "yes", "mode": "paper", "comment": "路线清楚，基础扎实，可以支持"}
    page = go(client, expert, "expert-review", bids[0].pk)
    assert "研究基础（满分 15 分）" in page
    wrong = {**typed, "points-团队": "16"}
    page = go(client, expert, "expert-review", bids[0].pk, data=wrong, status=422)
    assert "“团队”应在 0 到 15 分之间" in page
    assert not Review.objects.exists()
    for bid in bids:
        go(client, expert, "expert-review", bid.pk, data=typed, status=302)
    assert "80.00" in go(client, expert, "expert-review", bids[0].pk)

    assert "（并列）" in go(client, officer, "officer-decision", challenge.pk)
    said = {"proposal1": bids[0].pk, "amount1": "500", "grant1": "0", "reason": steps.REASON}
    go(client, officer, "officer-decision", challenge.pk, data=said, status=302)
    decision = Decision.objects.get()
    assert "审批定榜建议" in go(client, approver, "desk")
    move = {"action": "approve"}
    go(client, approver, "officer-decision-move", decision.pk, data=move, status=302)
    minutes = {"minutes_number": "〔2026〕1号", "members": "甲、乙\n丙"}
    with clock.telling(steps.at(11, 23)):
        go(client, approver, "officer-minutes", decision.pk, data=minutes, status=302)
        page = go(client, bids[1].author, "notice", decision.pk)
        assert "2026年11月30日" in page
        assert "5 个工作日" in page
        assert "提出异议" in page
        mine = {"signed_name": bids[1].author.display_name, "text": "不公", "evidence": "报告"}
        go(client, bids[1].author, "notice-object", decision.pk, data=mine, status=422)
        assert not Objection.objects.exists()
        mine["text"] = steps.TEXT
        go(client, bids[1].author, "notice-object", decision.pk, data=mine, status=302)
    objection = Objection.objects.get()
    assert steps.TEXT in go(client, approver, "objection", objection.pk)
    assert "答复异议" in go(client, approver, "desk")
    assert "异议处理中" in go(client, officer, "notices")
    reply = {"action": "reject", "note": steps.REPLY}
    go(client, approver, "objection", objection.pk, data=reply, status=302)
    assert Decision.objects.get().state == "notice"


def test_a_proposal_out_of_order_is_told_at_the_field_and_writes_nothing(client):
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert = steps.seat(challenge, bids)
    steps.review(bids[0], expert, less=2)
    steps.review(bids[1], expert)
    said = {"proposal1": bids[0].pk, "amount1": "500", "grant1": "0", "reason": steps.REASON}
    page = go(client, make_officer(), "officer-decision", challenge.pk, data=said, status=422)
    assert "拟中榜的揭榜书不是评审排序靠前的，请写明理由" in page
    assert not Decision.objects.exists()


def test_the_rules_of_a_call_are_set_on_their_page(client):
    challenge, _ = steps.challenge_in_steps()
    officer = make_officer()
    path = "officer-decision-rules", challenge.call_id
    assert "方法路线 20" in go(client, officer, *path)
    typed = {
        "winners": 2, "members_least": 5, "notice_days": 7, "reply_days": 5, "text_least": 20,
        "reviews_least": 3, "spread_most": 20, "reviews_if_spread": 4, "method": "median",
        "comment_least": 10, "in_steps": "on", "criteria": "技术 60\n团队 30",
    }  # fmt: skip
    assert "现在合计 90" in go(client, officer, *path, data=typed, status=422)
    assert DecisionRules.objects.get().winners == 1
    go(client, officer, *path, data={**typed, "criteria": "技术 60\n团队 40"}, status=302)
    kept = DecisionRules.objects.get()
    assert (kept.winners, kept.notice_days, kept.method) == (2, 7, "median")


def test_the_calendar_is_corrected_on_its_page(client):
    officer = make_officer()
    typed = {"day": "2027-02-09", "worked": "no", "reason": "放假通知"}
    go(client, officer, "officer-calendar", data=typed, status=302)
    assert Correction.objects.get().worked is False
    client.force_login(officer)
    page = client.get(reverse("web:officer-calendar"), {"year": 2027}).content.decode()
    assert "放假通知（科技局更正）" in page
    assert Entry.objects.count() == 1
