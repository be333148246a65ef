"""Files of decisions: evidence that only the handlers open, minutes, dossiers in both forms."""

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from jiebang.audit.models import Entry
from jiebang.awards import inquiries, objections
from jiebang.awards.models import DecisionRules, Opinion
from jiebang.common import clock
from jiebang.common.errors import NotAllowed, NotFound
from jiebang.experts import services as experts
from jiebang.files import queries as files
from jiebang.files import services as filing
from jiebang.files.models import Attachment
from jiebang.openings import services as openings
from tests.awards import steps
from tests.factories import (
    make_approver,
    make_award,
    make_challenge,
    make_officer,
    make_pooled,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.CLAMD = ""


def hand_in(thing, actor, slot, text="检测报告"):
    return filing.attach(
        thing=thing, slot=slot, upload=io.BytesIO(text.encode()), name="报告.txt", actor=actor
    )


@pytest.fixture
def objection():
    challenge, bids = steps.challenge_in_steps()
    decision = steps.notice(challenge, bids[0])
    loser = bids[1].author
    return objections.object_to(
        decision=decision,
        actor=loser,
        signed_name=loser.display_name,
        text=steps.TEXT,
        evidence="检测报告",
    )


def test_evidence_is_opened_by_the_handlers_and_by_nobody_else(objection):
    made = hand_in(objection, objection.objector, "evidence")
    winner = objection.decision.choices.get().proposal.author
    auditor = make_user("auditor")
    for reader in (objection.objector, make_approver(), auditor):
        assert files.find(made.pk, reader)[0] == made
    for reader in (make_officer(), winner, None):
        with pytest.raises(NotFound):
            files.find(made.pk, reader)


def test_evidence_is_added_by_the_objector_until_the_answer(objection):
    approver = make_approver()
    with pytest.raises(NotAllowed) as refusal:
        hand_in(objection, approver, "evidence")
    assert refusal.value.code == "not_the_objector"
    objections.answer(objection=objection, action="reject", actor=approver, note=steps.REPLY)
    objection.refresh_from_db()
    with pytest.raises(NotAllowed) as refusal:
        hand_in(objection, objection.objector, "evidence")
    assert (refusal.value.code, Attachment.objects.count()) == ("answered", 0)


def test_the_page_of_an_objection_takes_its_evidence_and_counts_the_days(client, objection):
    client.force_login(objection.objector)
    page = reverse("web:objection", args=[objection.pk])
    add = reverse("web:attachment-add", args=["objection", objection.pk])
    client.post(
        add, {"slot": "evidence", "file": SimpleUploadedFile("报告.txt", "检测报告".encode())}
    )
    assert Attachment.objects.count() == 1
    client.force_login(make_approver())
    shown = client.get(page).text
    assert "个工作日" in shown
    refused = client.post(page, {"action": "reject", "note": "不成立，理由不足"})
    assert (refused.status_code, "不成立，理由不足" in refused.text) == (422, True)
    client.force_login(make_officer())
    assert client.get(page).status_code == 404
    desk = reverse("web:officer-decision", args=[objection.decision.challenge_id])
    assert f'href="{page}"' not in client.get(desk).text


def test_minutes_lie_with_the_decision_and_only_the_bureau_knows_of_them(client):
    challenge, bids = steps.challenge_in_steps()
    decision = steps.approve(steps.propose(challenge, bids[0]))
    approver = make_approver()
    with pytest.raises(NotAllowed):
        hand_in(decision, bids[0].author, "minutes")
    made = hand_in(decision, approver, "minutes", "会议纪要")
    steps.resolve(decision)
    assert files.find(made.pk, make_user("auditor"))[0] == made
    for reader in (bids[0].author, None):
        with pytest.raises(NotFound):
            files.find(made.pk, reader)
    assert "报告.txt" not in client.get(reverse("web:notice", args=[decision.pk])).text


def text_of(answer):
    if answer["Content-Type"] == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return "".join(page.extract_text() for page in pages).replace("\n", "")
    document = docx.Document(io.BytesIO(answer.content))
    cells = (c.text for t in document.tables for row in t.rows for c in row.cells)
    return "".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_dossier_of_a_review_holds_it_all_and_not_who_objects(client, form):
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert = steps.seat(challenge, bids)
    for bid in bids:
        steps.review(bid, expert)
    Opinion.objects.create(
        proposal=bids[0], advice="yes", text="发榜方认为可行", given_by=bids[0].author
    )
    decision = steps.notice(challenge, bids[0])
    loser = bids[1].author
    objections.object_to(
        decision=decision, actor=loser, signed_name=loser.display_name,
        text=steps.TEXT, evidence="检测报告",
    )  # fmt: skip
    client.force_login(make_officer())
    answer = client.get(reverse("web:review-dossier", args=[challenge.pk, form]))
    said = text_of(answer)

    wanted = (bids[0].lead.name, expert.display_name, "80.00", "并列", "发榜方认为可行", "陈一")
    assert [word for word in wanted if word not in said] == []
    assert (loser.display_name in said, steps.TEXT in said) == (False, False)
    assert Entry.objects.latest("pk").action == "dossier"


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_dossier_of_a_solution_shows_inquiries_to_the_bureau_alone(client, form):
    _, bids = steps.challenge_in_steps()
    found = {
        "kind": "visit", "held_on": clock.today(), "people": "陈一", "checked": "中试线",
        "found": "设备到位情况属实", "finding": "confirmed",
    }  # fmt: skip
    inquiries.note(proposal=bids[0], actor=make_officer(), data=found)
    address = reverse("web:bid-dossier", args=[bids[0].pk, form])
    seen = {}
    for name, reader in (("bureau", make_approver()), ("bidder", bids[0].author)):
        client.force_login(reader)
        seen[name] = text_of(client.get(address))
    assert all("以湿法合成硫化物粉体" in text for text in seen.values())
    assert {n: "设备到位情况属实" in t for n, t in seen.items()} == {
        "bureau": True,
        "bidder": False,
    }
    client.force_login(bids[1].author)
    assert client.get(address).status_code == 404


API = "/api/v1"
FORMS = {
    "pdf": ("dossier-pdf", "application/pdf"),
    "docx": (
        "dossier-word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_interface_hands_out_the_same_dossiers_by_the_same_rules(client, form):
    challenge, bids = steps.challenge_in_steps()
    path, media = FORMS[form]
    of_bid = f"{API}/proposals/{bids[0].pk}/{path}/"
    of_review = f"{API}/challenges/{challenge.pk}/review-{path}/"
    told = {}
    for who, reader in (
        ("bureau", make_approver()), ("poster", make_user(unit=challenge.need.owner)),
        ("bidder", bids[0].author), ("rival", bids[1].author),
    ):  # fmt: skip
        client.force_login(reader)
        answers = [client.get(each) for each in (of_bid, of_review)]
        told[who] = [(answer.status_code, answer["Content-Type"]) for answer in answers]
    problem = "application/problem+json"
    assert told == {
        "bureau": [(200, media), (200, media)],
        "poster": [(200, media), (403, problem)],
        "bidder": [(200, media), (403, problem)],
        "rival": [(404, problem), (403, problem)],
    }
    assert Entry.objects.filter(action="dossier").count() == 4


def test_a_dossier_taken_while_sealed_is_noted_as_a_look(client):
    bid = make_proposal("submitted")
    officer, second = make_officer(), make_approver()
    opening = openings.propose(
        challenge=bid.challenge, actor=officer, reason="收到举报，须在截止前核实材料真伪"
    )
    openings.move(opening=opening, action="confirm", actor=second)
    address = reverse("web:bid-dossier", args=[bid.pk, "pdf"])
    told = {}
    for who in (make_user(unit=bid.challenge.need.owner), officer):
        client.force_login(who)
        told[who.pk] = client.get(address).status_code
    assert list(told.values()) == [403, 200]
    assert list(bid.looks.values_list("reader", flat=True)) == [officer.pk]


@pytest.mark.parametrize("late", [True, False])
def test_what_came_late_by_permission_says_so_in_public_and_in_the_interface(client, late):
    challenge, bids = steps.challenge_in_steps(reviews_least=1, scores_published=True)
    type(bids[0]).objects.filter(pk=bids[0].pk).update(late=late)
    expert = steps.seat(challenge, bids)
    for bid in bids:
        steps.review(bid, expert)
    decision = steps.notice(challenge, bids[0])

    page = client.get(reverse("web:notice", args=[decision.pk])).content.decode()
    shown = client.get(f"{API}/decisions/{decision.pk}/").json()

    assert page.count("逾期经批准") == (2 if late else 0)  # beside the winner, and in the ranking
    assert [row["late"] for row in shown["choices"]] == [late]
    assert sorted(row["late"] for row in shown["standing"]) == [False, late]

    award = make_award(make_proposal("awarded", challenge=make_challenge("awarded"), late=late))
    page = client.get(reverse("web:challenge", args=[award.proposal.challenge_id])).content.decode()
    assert page.count("逾期经批准") == late
    assert client.get(f"{API}/awards/{award.pk}/").json()["late"] is late


def test_an_exception_stands_in_the_notice_on_the_page_and_in_the_interface(client):
    challenge, bids = steps.challenge_in_steps()
    challenge.need.mask_owner = True
    challenge.need.save()
    expert = make_pooled(unit=challenge.need.owner)
    waiver = experts.propose_waiver(
        expert=expert, challenge=challenge, actor=make_officer(), reason="国内仅此一人从事这一方向"
    )
    experts.decide_waiver(waiver=waiver, action="approve", actor=make_officer())
    decision = steps.notice(challenge, bids[0])
    for named in (True, False):
        DecisionRules.objects.update(experts_published=named)
        page = client.get(reverse("web:notice", args=[decision.pk])).content.decode()
        (told,) = client.get(f"{API}/decisions/{decision.pk}/").json()["exceptions"]
        assert told["expert"] == (str(expert) if named else "一名专家")
        assert told["sentences"] == ["与需求单位“某企业（名称已隐去）”有应当回避的利害关系"]
        assert (told["sentences"][0] in page, waiver.reason in page) == (True, True)
        assert challenge.need.owner.name not in page


def test_of_a_withdrawn_challenge_nobody_sees_scores_ranking_or_dossier(client):
    challenge, bids = steps.challenge_in_steps()
    type(challenge).objects.filter(pk=challenge.pk).update(state="withdrawn")
    client.force_login(make_approver())
    paths = ("ranking", "review-dossier-pdf", "review-dossier-word")
    answers = [client.get(f"{API}/challenges/{challenge.pk}/{path}/") for path in paths]
    answers.append(client.get(reverse("web:review-dossier", args=[challenge.pk, "pdf"])))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert [answer.json()["code"] for answer in answers[:3]] == ["never_opened"] * 3
    page = client.get(reverse("web:officer-decision", args=[challenge.pk])).content.decode()
    assert [bid.lead.name in page for bid in bids] == [False, False]
    assert not Entry.objects.filter(action="dossier").exists()
