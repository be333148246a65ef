"""Bidding in the browser's forms: autosave, completeness, receipt, lateness, the seal."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from jiebang.common import clock
from jiebang.proposals.models import Proposal, Receipt
from jiebang.proposals.states import State
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
from tests.proposals.made import make_file

pytestmark = pytest.mark.django_db


def typed(proposal, **fields):
    data = {k: str(v) for k, v in proposal_content(**fields).items() if v is not None}
    if data.pop("pledged", "") == "True":
        data["pledged"] = "on"
    (indicator,) = proposal.challenge.need.indicators.all()
    data |= {f"response-{indicator.pk}": "380", f"response-{indicator.pk}-method": "第三方检测"}
    return {**data, "revision": str(proposal.revision)}


@pytest.fixture
def bid(client):
    proposal = make_proposal(technical_route="")
    client.force_login(proposal.author)
    return proposal


def edit(bid):
    return reverse("web:proposal-edit", args=[bid.pk])


def test_one_begins_from_the_challenge_in_the_name_of_the_own_unit(client):
    challenge, unit = make_challenge(), make_university()
    client.force_login(make_user(unit=unit))
    url = reverse("web:proposal-start", args=[challenge.pk])

    stranger = make_university()
    assert client.post(url, {"lead": stranger.pk}).status_code in (302, 403)
    assert not Proposal.objects.exists()

    client.post(url, {"lead": unit.pk})
    assert [(p.challenge, p.lead) for p in Proposal.objects.all()] == [(challenge, unit)]
    client.post(url, {"lead": unit.pk})
    assert Proposal.objects.count() == 1, "a unit bids once"


def test_what_is_typed_is_kept_by_itself_and_the_gaps_are_named(client, bid):
    url = reverse("web:proposal-autosave", args=[bid.pk])
    response = client.post(url, typed(bid, technical_route="", asked_amount=None))
    bid.refresh_from_db()
    assert (bid.team, bid.revision) == ("教授两名，工程师五名。", 1)
    anchors = [anchor for anchor, _ in response.context["missing"]]
    assert anchors == ["#id_technical_route", "#id_asked_amount"]
    assert 'value="1"' in response.content.decode(), "the next save knows the newest revision"


def test_a_complete_solution_is_handed_in_and_gets_its_receipt(client, bid):
    response = client.post(edit(bid), typed(bid, then="submit") | {"then": "submit"}, follow=True)
    receipt = Receipt.objects.get()
    text = response.content.decode()
    assert receipt.digest in text
    assert receipt.number in text
    assert f"{clock.local(receipt.submitted_at):%H:%M:%S}" in text


def test_an_incomplete_solution_is_kept_and_not_handed_in(client, bid):
    data = typed(bid, technical_route="") | {"then": "submit"}
    response = client.post(edit(bid), data, follow=True)
    bid.refresh_from_db()
    assert (bid.state, bid.revision, Receipt.objects.count()) == (State.DRAFT, 1, 0)
    assert "请写明技术路线" in response.content.decode()


def test_late_is_late_and_the_draft_stays(client, bid):
    with clock.telling(bid.challenge.closes_at + timedelta(seconds=1)):
        response = client.post(edit(bid), typed(bid) | {"then": "submit"}, follow=True)
    bid.refresh_from_db()
    assert (bid.state, Receipt.objects.count()) == (State.DRAFT, 0)
    assert bid.technical_route == proposal_content()["technical_route"]
    assert "服务器时间" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"), [({"asked_amount": "六百"}, "数字"), ({"asked_amount": "-1"}, "0")]
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(client, bid, change, sentence):
    response = client.post(edit(bid), typed(bid) | change)
    bid.refresh_from_db()
    assert (response.status_code, bid.revision) == (422, 0)
    assert sentence in response.content.decode()
    assert proposal_content()["technical_route"] in response.content.decode()


def test_a_solution_is_withdrawn_and_taken_up_again(client):
    bid = make_proposal(State.SUBMITTED)
    client.force_login(bid.author)
    url = reverse("web:proposal-move", args=[bid.pk])
    for action, state in (("withdraw", State.WITHDRAWN), ("revise", State.DRAFT)):
        client.post(url, {"action": action})
        bid.refresh_from_db()
        assert bid.state == state


# The page, the form, what saves by itself: who knows how many there are is told why they may not
# read one; to everybody else there is none.
SHUT = {
    "officer": (403, 404, 405),
    "approver": (403, 404, 405),
    "poster": (403, 404, 405),
    "superuser": (403, 404, 405),
    "rival": (404, 404, 405),
}


@pytest.mark.parametrize("state", [State.SUBMITTED, State.DRAFT, State.INTENTION, State.WITHDRAWN])
@pytest.mark.parametrize("who", SHUT)
def test_before_closing_a_solution_is_opened_by_nobody_else(client, who, state):
    bid = make_proposal(state, technical_route="机密路线")
    people = {
        "officer": make_officer,
        "approver": make_approver,
        "poster": lambda: make_user(unit=bid.challenge.need.owner),
        "rival": lambda: make_proposal(State.SUBMITTED, challenge=bid.challenge).author,
        "superuser": lambda: make_user(is_superuser=True, is_staff=True),
    }
    client.force_login(people[who]())
    pages = ("proposal", "proposal-edit", "proposal-autosave", "officer-bid")
    answers = [client.get(reverse(f"web:{name}", args=[bid.pk])) for name in pages]
    shut = SHUT[who] if state == State.SUBMITTED else (404, 404, 405)
    assert tuple(answer.status_code for answer in answers) == (*shut, shut[0])
    assert ["机密路线" in answer.content.decode() for answer in answers] == [False] * 4


def test_a_receipt_is_its_units_own(client):
    bid = make_proposal()
    client.force_login(bid.author)
    client.post(reverse("web:proposal-move", args=[bid.pk]), {"action": "submit"})
    key = Receipt.objects.get().pk
    urls = [reverse(f"web:proposal-receipt{each}", args=[key]) for each in ("", "-file")]
    urls.append(f"/api/v1/proposals/{bid.pk}/receipt-pdf/")
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]
    client.force_login(make_user(unit=make_unit()))
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]


def test_a_receipt_lists_the_files_with_their_hashes_on_page_paper_and_interface(client):
    bid = make_proposal()
    kept = make_file(bid, "plan", slot_label="方案正文", is_confidential=True, reason="含工艺参数")
    client.force_login(bid.author)
    client.post(reverse("web:proposal-move", args=[bid.pk]), {"action": "submit"})
    receipt = Receipt.objects.get()

    page = client.get(reverse("web:proposal-receipt", args=[receipt.pk])).content.decode()
    paper = client.get(reverse("web:proposal-receipt-file", args=[receipt.pk]))
    told = client.get(f"/api/v1/proposals/{bid.pk}/").json()["receipts"][0]
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper.content)).pages)

    digest = kept.content.digest
    wanted = ("方案正文", kept.name, digest, receipt.digest, receipt.number)
    assert [word for word in wanted if word not in page] == []
    together = "".join(text.split())
    assert [word for word in wanted if word not in together] == []
    assert told["files"] == [
        {
            "slot": "plan", "name": kept.name, "version": 1, "size": 1024, "sha256": digest,
            "confidential": True,
        }
    ]  # fmt: skip
