"""S3 through the interface: sealed until opening, confidential after."""

import io

import openpyxl
import pytest
from pypdf import PdfReader

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.experts.models import Seat
from jiebang.experts.seats import take_seat
from jiebang.experts.states import SeatOrigin
from jiebang.files import queries as files
from jiebang.files.models import Attachment, Download
from jiebang.files.states import Scan
from jiebang.library.models import CallRule
from jiebang.notifications.models import Notification
from jiebang.openings.models import Look, Opening
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State as BidState
from tests import factories as make
from tests.files import made
from tests.files.conftest import BAD, _own_folder, scanner  # noqa: F401

pytestmark = pytest.mark.django_db
API = "/api/v1"
REASON = "系统疑似故障，须核对已提交的揭榜书是否完整"
WHY = "含未公开的工艺参数"


@pytest.fixture
def story(client_for):
    """A unit writes its bid on an open challenge; the others look on."""
    bid = make.make_proposal(lead=make.make_university(name="珠湾样例大学"))
    rival = make.make_proposal(BidState.SUBMITTED, challenge=bid.challenge)
    people = {
        "bidder": bid.author,
        "rival": rival.author,
        "poster": make.make_user(unit=bid.challenge.need.owner),
        "officer": make.make_officer(),
        "approver": make.make_approver(),
        "auditor": make.make_user(PlatformRole.AUDITOR),
        "superuser": make.make_user(is_superuser=True, is_staff=True),
    }
    return bid, people, {name: client_for(person) for name, person in people.items()}


def upload(client, bid, content, name="方案.pdf", **more):
    file = io.BytesIO(content)
    file.name = name
    body = {"holder": "proposal", "thing": bid.pk, "slot": "other", "file": file, **more}
    return client.post(f"{API}/attachments/", body, format="multipart")


def hand_in(bid):
    Proposal.objects.filter(pk=bid.pk).update(state=BidState.SUBMITTED, version=1)


def close(bid):
    Challenge.objects.filter(pk=bid.challenge_id).update(
        state=ChallengeState.CLOSED, closes_at=clock.now()
    )


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    return answer.json()


def test_1_before_closing_nobody_reads_a_bid_or_its_files(story):
    bid, _, clients = story
    file = upload(clients["bidder"], bid, made.pdf_file()).json()["id"]
    hand_in(bid)
    before = list(Proposal.objects.order_by("pk").values())
    paths = (f"proposals/{bid.pk}/", f"attachments/{file}/", f"attachments/{file}/content/")
    for who in ("poster", "officer", "approver", "auditor"):
        for path in paths:
            refused(clients[who].get(f"{API}/{path}"), 403, "sealed")
        listed = clients[who].get(f"{API}/attachments/", {"holder": "proposal", "thing": bid.pk})
        refused(listed, 403, "sealed")
        assert clients[who].get(f"{API}/proposals/").json()["results"] == []
    for path in paths:
        refused(clients["superuser"].get(f"{API}/{path}"), 403, "sealed")
    for path in paths:
        assert clients["rival"].get(f"{API}/{path}").status_code == 404
        assert clients["bidder"].get(f"{API}/{path}").status_code == 200
    shown = clients["officer"].get(f"{API}/challenges/{bid.challenge_id}/").json()
    assert shown["bid_count"] == 2
    assert list(Proposal.objects.order_by("pk").values()) == before
    assert Download.objects.count() == 0


def test_2_an_emergency_opening_takes_two_and_a_reason_and_all_bidders_are_told(story, client_for):
    bid, people, clients = story
    hand_in(bid)
    url = f"{API}/openings/"
    asked = {"challenge": bid.challenge_id, "reason": REASON}
    for who in ("poster", "approver", "auditor", "superuser", "rival"):
        refused(clients[who].post(url, asked), 403, "role_required")
    short = refused(clients["officer"].post(url, {**asked, "reason": "急"}), 422, "reason_required")
    assert list(short["fields"]) == ["reason"]
    assert Opening.objects.count() == 0
    made_ = clients["officer"].post(url, asked)
    assert (made_.status_code, made_.json()["state"]) == (201, "proposed")
    refused(clients["officer"].post(url, asked), 409, "opening_already")
    moves = f"{url}{made_.json()['id']}/moves/"
    refused(clients["officer"].post(moves, {"action": "confirm"}), 403, "role_required")
    both = make.make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    Opening.objects.update(proposed_by=both)
    refused(client_for(both).post(moves, {"action": "confirm"}), 403, "same_person")
    Opening.objects.update(proposed_by=people["officer"])
    refused(clients["officer"].get(f"{API}/proposals/{bid.pk}/"), 403, "sealed")
    assert Opening.objects.get().state == "proposed"

    Notification.objects.all().delete()
    assert clients["approver"].post(moves, {"action": "confirm"}).json()["state"] == "opened"
    told = set(Notification.objects.values_list("person", flat=True))
    assert {people["bidder"].pk, people["rival"].pk, people["poster"].pk} <= told
    for who in ("officer", "approver"):
        assert clients[who].get(f"{API}/proposals/{bid.pk}/").status_code == 200
    for who in ("poster", "auditor"):
        refused(clients[who].get(f"{API}/proposals/{bid.pk}/"), 403, "sealed")
    assert Look.objects.filter(proposal=bid).count() == 2
    fact = client_for().get(f"{API}/challenges/{bid.challenge_id}/").json()["emergency_opening"]
    assert fact["reason"] == REASON


def test_2_too_late_after_closing(story):
    bid, _, clients = story
    close(bid)
    asked = {"challenge": bid.challenge_id, "reason": REASON}
    refused(clients["officer"].post(f"{API}/openings/", asked), 409, "closed_already")
    assert Opening.objects.count() == 0


def test_3_after_opening_a_rival_finds_nothing(story, client):
    bid, people, clients = story
    file = upload(clients["bidder"], bid, "密标甲乙丙".encode(), "密标文件.txt").json()["id"]
    hand_in(bid)
    close(bid)
    rival = clients["rival"]
    for path in (f"attachments/{file}/", f"attachments/{file}/content/", f"proposals/{bid.pk}/"):
        assert rival.get(f"{API}/{path}").status_code == 404
    listed = rival.get(f"{API}/attachments/", {"holder": "proposal", "thing": bid.pk})
    assert listed.status_code == 404
    assert rival.get(f"{API}/challenges/", {"q": "密标甲乙丙"}).json()["results"] == []
    client.force_login(people["rival"])
    assert client.get(f"/files/{file}/").status_code == 404
    exported = client.get("/proposals/", {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(exported)))
    cells = [str(cell) for row in book.active.values for cell in row]
    assert (bid.number in cells, bid.lead.name in cells) == (False, False)
    assert Download.objects.count() == 0


def test_4_secrecy_wants_a_reason_and_the_public_list_shows_titles_without_addresses(
    story, client_for, client
):
    bid, _, clients = story
    said = upload(clients["bidder"], bid, made.pdf_file(), is_confidential=True)
    assert list(refused(said, 422, "reason_required")["fields"]) == ["reason"]
    assert Attachment.objects.count() == 0
    kept = upload(clients["bidder"], bid, made.pdf_file(), is_confidential=True, reason=WHY)
    file = kept.json()["id"]
    hand_in(bid)
    url = f"{API}/challenges/{bid.challenge_id}/bid-files/"
    CallRule.objects.create(call=bid.challenge.call, code="bid_files_listed", value=1)
    assert client_for().get(url).json()["results"] == []
    close(bid)
    row = {"unit": "珠湾样例大学", "slot": "其他材料", "title": "方案.pdf", "is_confidential": True}
    assert client_for().get(url).json()["results"] == [row]
    page = client.get(f"/challenges/{bid.challenge_id}/").content.decode()
    assert ("方案.pdf" in page, f"/files/{file}/" in page, WHY in page) == (True, False, False)
    CallRule.objects.update(value=0)
    assert client_for().get(url).json()["results"] == []


def test_5_a_reviewer_reads_once_assigned_and_signed_and_the_owner_sees_it(story, client_for):
    bid, people, clients = story
    file = upload(clients["bidder"], bid, made.pdf_file()).json()["id"]
    hand_in(bid)
    close(bid)
    bid.refresh_from_db()
    pooled = make.make_pooled()
    reviewer, url = client_for(pooled.user), f"{API}/attachments/{file}/content/"
    refused(reviewer.get(url), 403, "not_assigned")
    seat = take_seat(
        expert=pooled,
        challenge=bid.challenge,
        actor=people["officer"],
        origin=SeatOrigin.HAND,
        bids=[bid],
    )
    refused(reviewer.get(url), 403, "not_accepted")
    moves = f"{API}/seats/{seat.pk}/moves/"
    assert reviewer.post(moves, {"action": "accept"}).status_code == 200
    refused(reviewer.get(url), 403, "undertaking_missing")
    assert Download.objects.count() == 0
    signed = {"action": "undertake", "signed_name": pooled.user.display_name}
    assert reviewer.post(moves, signed).status_code == 200
    answer = reviewer.get(url)
    text = PdfReader(io.BytesIO(b"".join(answer.streaming_content))).pages[0].extract_text()
    assert (answer.status_code, pooled.user.display_name in text) == (200, True)
    seen = clients["bidder"].get(f"{API}/proposals/{bid.pk}/readings/").json()["results"]
    assert [(row["reader_name"], row["what"]) for row in seen] == [
        (pooled.user.display_name, "附件：方案.pdf")
    ]
    assert clients["rival"].get(f"{API}/proposals/{bid.pk}/readings/").status_code == 404
    assert Seat.objects.get().state == "undertaken"


def test_6_an_infected_file_never_counts(story, scanner):  # noqa: F811
    bid, people, clients = story
    good = upload(clients["bidder"], bid, made.pdf_file()).json()
    bad = upload(clients["bidder"], bid, b"x" + BAD, "样本.txt")
    assert (bad.status_code, bad.json()["scan"]) == (201, Scan.INFECTED)
    told = Notification.objects.get(person=people["bidder"])
    assert told.subject == "附件“样本.txt”发现病毒，已隔离"
    refused(
        clients["bidder"].get(f"{API}/attachments/{bad.json()['id']}/content/"),
        409,
        "file_not_usable",
    )
    hand_in(bid)
    bid.refresh_from_db()
    assert [row["sha256"] for row in files.manifest(bid)] == [good["sha256"]]
