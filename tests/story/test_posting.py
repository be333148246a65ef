"""S1 through the interface: a vague need is sent back, published at its time, changed in public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.challenges.models import Amendment, Challenge
from jiebang.common import clock
from jiebang.library.models import NeedVersion, TechNeed
from jiebang.notifications.models import Notification
from tests.factories import (
    indicator_row,
    make_approver,
    make_call,
    make_endorser,
    make_expert,
    make_field,
    make_officer,
    make_unit,
    make_university,
    make_user,
    need_content,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def people(client_for):
    firm = make_unit()
    users = {
        "manager": make_user(unit=firm),
        "rival": make_user(unit=make_unit()),
        "endorser": make_endorser(firm.district),
        "officer": make_officer(),
        "expert": make_expert(),
        "approver": make_approver(),
        "bidder": make_user(unit=make_university()),
    }
    return {
        **{name: client_for(user) for name, user in users.items()},
        "stranger": client_for(),
        "users": users,
        "firm": firm,
    }


def said(answer):
    return answer.status_code, answer.json().get("code", "")


def moves(client, need, action, note="同意办理"):
    answer = client.post(f"{V1}/needs/{need}/moves/", {"action": action, "note": note})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_a_vague_need_is_sent_back_then_published_and_changed_in_public(people):
    manager, rival, officer = people["manager"], people["rival"], people["officer"]
    content = {**need_content(), "call": make_call().pk, "tech_field": make_field().code}
    row = {**indicator_row(), "value": "350"}

    # 1. Without indicators it cannot be handed in, and the answer lists what is missing.
    need = manager.post(f"{V1}/needs/", {"owner": people["firm"].pk, **content}).json()["id"]
    at = f"{V1}/needs/{need}/"
    refused = manager.post(f"{at}moves/", {"action": "submit"})
    assert said(refused) == (422, "need_incomplete")
    assert list(refused.json()["fields"]) == ["indicators"]
    assert (TechNeed.objects.get().state, NeedVersion.objects.count()) == ("draft", 0)

    # 2. Complete, it is under review, and nobody else knows that there is such a need.
    revision = TechNeed.objects.get().revision
    saved = manager.patch(at, {"revision": revision, "indicators": [row]})
    assert saved.status_code == 200, saved.json()
    assert moves(manager, need, "submit")["state"] == "submitted"
    assert said(people["stranger"].get(at)) == (401, "not_authenticated")
    assert said(rival.get(at)) == (404, "not_found")

    # 3. Sent back with a reason: the poster is told, and the next version shows the difference.
    moves(people["endorser"], need, "endorse")
    silent = officer.post(f"{at}moves/", {"action": "return"})
    assert said(silent) == (422, "reason_required")
    assert TechNeed.objects.get().state == "endorsed"
    moves(officer, need, "return", "请写清现有工艺的瓶颈数据")
    note = Notification.objects.get(subject__startswith="需求被退回修改")
    assert (note.person, note.text) == (people["users"]["manager"], "请写清现有工艺的瓶颈数据")
    changed = {"revision": TechNeed.objects.get().revision, "expected_goal": "建成年产十吨中试线。"}
    assert manager.patch(at, changed).status_code == 200
    moves(manager, need, "submit")
    shown = manager.get(f"{at}difference/", {"before": 1, "after": 2}).json()["results"]
    assert [change["field"] for change in shown] == ["expected_goal"]

    # 4. Approved with a future opening: public at that time everywhere, and nowhere before.
    moves(people["endorser"], need, "endorse")
    moves(officer, need, "pass_check")
    officer.post(f"{at}appraisals/", {"experts": [people["users"]["expert"].pk]})
    task = people["expert"].get(f"{V1}/appraisals/").json()["results"][0]["id"]
    criteria = TechNeed.objects.get().call.criteria.all()
    judged = people["expert"].put(
        f"{V1}/appraisals/{task}/",
        {
            "scores": {str(c.pk): "85" for c in criteria},
            "opinion": "技术先进，指标明确，建议入库。",
        },
    )
    assert judged.status_code == 200, judged.json()
    moves(people["approver"], need, "admit", "会议审定")
    opens = timezone.now() + timedelta(days=2)
    times = {"opens_at": opens.isoformat(), "closes_at": (opens + timedelta(days=30)).isoformat()}
    posted = officer.post(f"{V1}/challenges/", {"need": need, **times}).json()["id"]
    board = f"{V1}/challenges/{posted}/"
    assert said(people["stranger"].get(board)) == (404, "not_found")

    with clock.telling(opens):
        assert people["stranger"].get(board).json()["state"] == "open"
        found = people["stranger"].get(f"{V1}/challenges/", {"q": "固态电池"}).json()
        assert [row["id"] for row in found["results"]] == [posted]

        # 5. Another firm may not change it; the poster's change is public, and bidders are told.
        lead = people["users"]["bidder"].memberships.get().organization_id
        bid = people["bidder"].post(f"{V1}/proposals/", {"challenge": posted, "lead": lead})
        assert bid.status_code == 201
        typed = {"reason": "投入增加", "changes": {"bounty": "900"}}
        before = Challenge.objects.get()
        assert said(rival.post(f"{board}amendments/", typed)) == (403, "not_the_poster")
        assert said(manager.patch(at, {"revision": 9, "bounty": "900"})) == (409, "wrong_state")
        kept = Challenge.objects.get()
        assert (kept.bounty, kept.closes_at) == (before.bounty, before.closes_at)
        assert Amendment.objects.count() == 0

        assert manager.post(f"{board}amendments/", typed).status_code == 201
        told = Notification.objects.filter(subject__startswith="榜题有变更")
        assert people["users"]["bidder"].pk in told.values_list("person", flat=True)
        (change,) = people["stranger"].get(f"{board}amendments/").json()["results"]
        assert [(c["before"], c["after"]) for c in change["changes"]] == [("800", "900")]
        assert people["stranger"].get(board).json()["bounty"] == "900"
        old = manager.get(f"{at}versions/").json()["results"]
        assert [version["content"]["bounty"] for version in old] == ["800", "800", "900"]
