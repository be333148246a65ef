"""S2 through the interface: a consortium's bid, and the late one; every refusal changes nothing."""

from datetime import timedelta

import pytest

from jiebang.common import clock
from jiebang.experts.models import RelatedUnits
from jiebang.files.models import Attachment
from jiebang.notifications.models import Notification
from jiebang.proposals.models import LatePermission, PartnerInvitation, Party, Proposal, Receipt
from tests.factories import (
    make_approver,
    make_challenge,
    make_officer,
    make_proposal,
    make_unit,
    make_university,
    make_user,
    proposal_content,
)
from tests.proposals.made import make_file, make_partner

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
INCOMPLETE = "proposal_incomplete"
TABLES = {
    "budget_rows": [
        {"item": "people", "poster": "200", "own": "50"},
        {"item": "equipment", "poster": "400", "own": "50", "note": "镀膜设备"},
    ],
    "team_rows": [{"name": "林之远", "title": "教授", "share": 40, "unit": "珠湾样例大学"}],
    "schedule_rows": [
        {"stage": "小试", "months": 8, "goal": "公斤级"},
        {"stage": "中试", "months": 12, "goal": "连续成膜"},
    ],
}


def tally():
    """What the database says of bids: to hold against a refusal that must change nothing."""
    return (
        sorted(Proposal.objects.values_list("pk", "state", "version", "revision", "risks")),
        sorted(Party.objects.values_list("proposal", "unit", "right", "confirmed_digest")),
        sorted(PartnerInvitation.objects.values_list("pk", "state")),
        Receipt.objects.count(),
        LatePermission.objects.count(),
    )


def refused(client, method, path, status, code, **body):
    before = tally()
    answer = getattr(client, method)(f"{V1}/{path}", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert tally() == before
    return answer.json()


def does(client, method, path, status=200, **body):
    answer = getattr(client, method)(f"{V1}/{path}", body, format="json")
    assert answer.status_code == status, answer.json()
    return answer.json() if answer.content else {}


@pytest.fixture
def city(client_for):
    """A challenge, a university that leads, an institute, and their people's clients."""
    lead, institute = make_university(name="珠湾样例大学"), make_unit("institute")
    professor = make_user(unit=lead, email="lin@example.cn")
    fellow = make_user(unit=institute, email="fellow@example.cn")
    return {
        "challenge": make_challenge(),
        "lead": lead,
        "institute": institute,
        "professor": client_for(professor),
        "fellow": client_for(fellow),
    }


def started(city):
    professor = city["professor"]
    ids = {"challenge": city["challenge"].pk, "lead": city["lead"].pk}
    bid = does(professor, "post", "proposals/", 201, **ids, intention=True)
    assert (bid["state"], [a["action"] for a in bid["actions"]]) == (
        "intention", ["write", "withdraw"],
    )  # fmt: skip
    return does(professor, "post", f"proposals/{bid['id']}/moves/", action="write")


def whole(city, bid):
    """Write everything, and share it out between the two."""
    (indicator,) = city["challenge"].need.indicators.all()
    promise = {"indicator": indicator.pk, "value": "380", "method": "第三方检测"}
    bid = does(city["professor"], "get", f"proposals/{bid['id']}/")
    written = {**proposal_content(), "asked_amount": "600", "self_raised": "100", **TABLES}
    bid = does(
        city["professor"], "patch", f"proposals/{bid['id']}/",
        revision=bid["revision"], **written, responses=[promise],
    )  # fmt: skip
    shares = [
        {"party": party["id"], "task": "研制" if party["leads"] else "检测",
         "money_in": "100" if party["leads"] else "0",
         "grant_share": "70" if party["leads"] else "30"}
        for party in bid["parties"]
    ]  # fmt: skip
    does(city["professor"], "put", f"proposals/{bid['id']}/parties/", parties=shares)
    return bid


def joined(city, bid, right="edit"):
    offer = does(
        city["professor"], "post", f"proposals/{bid['id']}/invitations/", 201,
        email="fellow@example.cn", right=right, task="检测",
    )  # fmt: skip
    return does(city["fellow"], "post", f"partner-invitations/{offer['token']}/accept/")


def confirmed(city, bid, party):
    if not Attachment.objects.exists():
        make_file(Proposal.objects.get(pk=bid["id"]), "agreement")
    path = f"proposals/{bid['id']}/confirmations/"
    return does(city["fellow"], "post", path, party=party["id"], signatory="王所长")


def test_a_consortium_bids(city, client_for):
    professor, fellow = city["professor"], city["fellow"]
    bid = started(city)
    at = f"proposals/{bid['id']}/"

    # 2. Only whom the address belongs to accepts; and nobody is invited twice.
    offered = {"email": "fellow@example.cn", "right": "comment"}
    offer = does(professor, "post", f"{at}invitations/", 201, **offered)
    refused(professor, "post", f"{at}invitations/", 422, "invitation_open", **offered)
    stranger = client_for(make_user(unit=make_university(), email="other@example.cn"))
    to = f"partner-invitations/{offer['token']}/accept/"
    refused(stranger, "post", to, 403, "not_invited")
    refused(fellow, "patch", at, 404, "not_found", revision=0, risks="未加入")
    party = does(fellow, "post", to)
    assert (party["unit"]["id"], party["right"]) == (city["institute"].pk, "comment")
    refused(fellow, "post", to, 422, "invitation_spent")

    # 1. With the right to remark one does not write; with the right to edit one does.
    refused(fellow, "patch", at, 403, "right_required", revision=0, risks="原料涨价")
    does(fellow, "post", f"{at}comments/", 201, text="建议补充检测方案")
    refused(fellow, "put", f"{at}parties/", 403, "lead_only", parties=[{"party": party["id"]}])
    edit = [{"party": party["id"], "right": "edit"}]
    does(professor, "put", f"{at}parties/", parties=edit)
    does(fellow, "patch", at, revision=0, risks="原料涨价")
    refused(fellow, "post", f"{at}moves/", 403, "lead_only", action="submit")

    # 3. Every partner signs; what changes after that voids the signature, and says so.
    whole(city, bid)
    unsigned = refused(professor, "post", f"{at}moves/", 422, INCOMPLETE, action="submit")
    assert list(unsigned["fields"]) == [f"confirmation-{party['id']}", "files"]
    assert confirmed(city, bid, party)["confirmed"]
    seen = does(professor, "get", at)
    does(professor, "patch", at, revision=seen["revision"], risks="备选供应商两家")
    again = refused(professor, "post", f"{at}moves/", 422, INCOMPLETE, action="submit")
    assert "原确认失效" in again["fields"][f"confirmation-{party['id']}"][0]
    assert Notification.objects.filter(subject__startswith="揭榜书内容有修改").exists()
    confirmed(city, bid, party)
    Notification.objects.all().delete()
    done = does(professor, "post", f"{at}moves/", action="submit")
    (receipt,) = done["receipts"]
    assert (done["state"], len(receipt["digest"]), receipt["version"]) == ("submitted", 64, 1)
    told = Notification.objects.filter(subject__startswith="揭榜书已提交")
    units = set(told.values_list("person__memberships__organization", flat=True))
    assert units == {city["lead"].pk, city["institute"].pk}
    (kept,) = does(fellow, "get", f"{at}receipts/")["results"]
    assert [p["grant_share"] for p in kept["content"]["parties"]] == ["70", "30"]
    assert kept["content"]["confirmations"][0]["signatory"] == "王所长"

    # 4. Locked after handing in; withdrawn and handed in again it is version 2.
    refused(professor, "patch", at, 409, "not_in_progress", revision=9, risks="改")
    for action in ("withdraw", "revise"):
        seen = does(professor, "post", f"{at}moves/", action=action)
    does(professor, "patch", at, revision=seen["revision"], risks="备选供应商三家")
    confirmed(city, bid, party)
    assert does(professor, "post", f"{at}moves/", action="submit")["version"] == 2
    found = does(professor, "get", f"{at}difference/?before=1&after=2")["results"]
    assert [(c["label"], c["before"], c["after"]) for c in found] == [
        ("风险与预案", "备选供应商两家", "备选供应商三家")
    ]


def test_one_second_late_is_late_unless_two_people_permit_it(city, client_for):
    professor = city["professor"]
    bid = started(city)
    whole(city, bid)
    at = f"proposals/{bid['id']}/"
    officer, other = make_officer(), make_approver()
    ends = city["challenge"].closes_at

    with clock.telling(ends + timedelta(seconds=1)):
        said = refused(professor, "post", f"{at}moves/", 422, "challenge_not_open", action="submit")
        assert (
            f"服务器时间 {clock.local(clock.now()):%Y-%m-%d %H:%M:%S}（北京时间）" in said["detail"]
        )
        assert does(professor, "get", at)["state"] == "draft"
        path = f"challenges/{city['challenge'].pk}/late-permissions/"
        asked = {
            "unit": city["lead"].pk, "reason": "平台登录故障，有工单记录",
            "until": ends + timedelta(hours=2),
        }  # fmt: skip
        refused(professor, "post", path, 403, "role_required", **asked)
        made = does(client_for(officer), "post", path, 201, **asked)
        step = f"late-permissions/{made['id']}/moves/"
        refused(client_for(officer), "post", step, 403, "same_person", action="grant")
        refused(professor, "post", f"{at}moves/", 422, "challenge_not_open", action="submit")
        does(client_for(other), "post", step, action="grant")

    with clock.telling(ends + timedelta(hours=2)):  # the permission itself ends
        refused(professor, "post", f"{at}moves/", 422, "challenge_not_open", action="submit")
    with clock.telling(ends + timedelta(hours=1)):
        rival = make_proposal(challenge=city["challenge"])
        late = f"proposals/{rival.pk}/moves/"
        client = client_for(rival.author)
        refused(client, "post", late, 422, "challenge_not_open", action="submit")
        done = does(professor, "post", f"{at}moves/", action="submit")
        assert (done["late"], done["receipts"][0]["late_permission"]) == (True, made["number"])
        refused(professor, "post", f"{at}moves/", 422, "challenge_not_open", action="withdraw")


def test_a_unit_bids_once_and_the_posters_kin_not_at_all(city, client_for):
    challenge, lead = city["challenge"], city["lead"]
    bid = started(city)
    joined(city, bid)
    start = {"challenge": challenge.pk, "lead": lead.pk}
    colleague = client_for(make_user(unit=lead, member_role="editor"))
    refused(colleague, "post", "proposals/", 409, "bid_already", **start)
    partner = {"challenge": challenge.pk, "lead": city["institute"].pk}
    refused(city["fellow"], "post", "proposals/", 409, "bid_already", **partner)
    rival = make_proposal(challenge=challenge)
    chief = client_for(rival.author)
    offer = does(
        chief, "post", f"proposals/{rival.pk}/invitations/", 201,
        unit=city["institute"].pk, right="view",
    )  # fmt: skip
    to = f"partner-invitations/{offer['id']}/accept/"
    refused(city["fellow"], "post", to, 409, "bid_already")

    owner = challenge.need.owner
    poster = client_for(make_user(unit=owner))
    own = {"challenge": challenge.pk, "lead": owner.pk}
    refused(poster, "post", "proposals/", 403, "own_challenge", **own)
    kin = make_unit()
    one, other = sorted([owner.pk, kin.pk])
    RelatedUnits.objects.create(
        one_id=one, other_id=other, basis="同一控股股东", recorded_by=make_officer()
    )
    daughter = client_for(make_user(unit=kin))
    group = {"challenge": challenge.pk, "lead": kin.pk}
    refused(daughter, "post", "proposals/", 403, "related_party", **group)
    asked = {"unit": kin.pk, "right": "view"}
    refused(chief, "post", f"proposals/{rival.pk}/invitations/", 403, "related_party", **asked)
    challenge.call.rules.create(code="allow_related_bidders", value=1)
    does(daughter, "post", "proposals/", 201, **group)


def test_what_does_not_add_up_is_refused_at_its_row(city):
    professor = city["professor"]
    bid = started(city)
    party = joined(city, bid)
    whole(city, bid)
    at = f"proposals/{bid['id']}/"
    confirmed(city, bid, party)
    seen = does(professor, "get", at)
    budget = [{"item": "people", "poster": "550", "own": "100"}]
    does(professor, "patch", at, revision=seen["revision"], budget_rows=budget)
    said = refused(professor, "post", f"{at}moves/", 422, INCOMPLETE, action="submit")
    assert said["fields"]["budget-0-poster"] == [
        "经费预算“发榜方”一列合计 550.00 万元，比期望金额 600.00 万元少 50.00 万元，两者应当相等"
    ]
    twice = [{"item": "people", "poster": "-1"}, {"item": "people", "poster": "2"}]
    said = refused(
        professor,
        "patch",
        at,
        422,
        "rows_invalid",
        revision=seen["revision"] + 1,
        budget_rows=twice,
    )
    assert set(said["fields"]) == {"budget-0-poster", "budget-1-item"}
    make_partner(make_proposal(challenge=make_challenge()))  # another challenge's is no obstacle
