"""Due diligence and visits: on the record, asked for by the call's rule, read by the bureau."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiebang.audit.models import Entry
from jiebang.awards import inquiries, queries
from jiebang.awards.models import Inquiry
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.errors import Invalid, NotAllowed, RuleBroken
from jiebang.notifications.models import Notification
from tests.awards import steps
from tests.factories import make_approver, make_officer, make_user

pytestmark = pytest.mark.django_db


def data(**fields):
    said = {
        "kind": "visit", "held_on": clock.today(), "place": "中试车间", "people": "陈一、陈二",
        "checked": "中试线和检测设备", "found": "设备到位，试样一次合格", "finding": "confirmed",
    }  # fmt: skip
    return {**said, **fields}


def refused(kind, code, call):
    before = Inquiry.objects.count(), Entry.objects.count()
    with pytest.raises(kind) as refusal:
        call()
    assert (refusal.value.code, Inquiry.objects.count(), Entry.objects.count()) == (code, *before)
    return refusal.value


def test_only_an_untied_officer_notes_what_was_found():
    _, bids = steps.challenge_in_steps()
    tied = make_user("officer", unit=bids[1].lead)
    for actor, code in ((make_approver(), "role_required"), (tied, "recusal")):
        refused(
            NotAllowed,
            code,
            lambda actor=actor: inquiries.note(proposal=bids[0], actor=actor, data=data()),
        )

    made = inquiries.note(proposal=bids[0], actor=make_officer(), data=data())

    assert list(queries.inquiries_of(*bids)) == [made]


def test_nothing_is_noted_while_bids_are_sealed_or_after_a_decision_was_proposed():
    challenge, bids = steps.challenge_in_steps(reviews_least=0)
    officer = make_officer()
    Challenge.objects.update(state="open", closes_at=clock.now() + timedelta(days=1))
    bid = type(bids[0]).objects.get(pk=bids[0].pk)
    refused(NotAllowed, "sealed", lambda: inquiries.note(proposal=bid, actor=officer, data=data()))
    Challenge.objects.update(state="closed", closes_at=clock.now() - timedelta(days=1))
    challenge.refresh_from_db()
    steps.propose(challenge, bids[0])
    bid = type(bids[0]).objects.get(pk=bids[0].pk)
    refused(
        RuleBroken,
        "decision_under_way",
        lambda: inquiries.note(proposal=bid, actor=officer, data=data()),
    )


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"held_on": clock.today() + timedelta(days=2)}, "held_on"),
        ({"people": ""}, "people"),
        ({"found": ""}, "found"),
        ({"kind": "guess"}, "kind"),
    ],
)
def test_a_record_that_cannot_be_taken_says_where(fields, fault):
    _, bids = steps.challenge_in_steps()
    officer = make_officer()
    refusal = refused(
        Invalid,
        "inquiry_invalid",
        lambda: inquiries.note(proposal=bids[0], actor=officer, data=data(**fields)),
    )

    assert set(refusal.fields) == {fault}


def test_where_the_call_asks_for_it_nobody_is_proposed_without_an_inquiry():
    challenge, bids = steps.challenge_in_steps(diligence_required=True)
    refusal = refused(RuleBroken, "inquiry_missing", lambda: steps.propose(challenge, bids[0]))
    assert bids[0].lead.name in str(refusal)

    inquiries.note(proposal=bids[0], actor=make_officer(), data=data(kind="diligence"))

    assert steps.propose(challenge, bids[0]).state == "proposed"


def test_the_page_and_the_interface_take_it_and_no_bidder_reads_it(client, client_for):
    _, bids = steps.challenge_in_steps()
    officer = make_officer()
    client.force_login(officer)
    typed = {**data(), "held_on": clock.today().isoformat()}
    page = reverse("web:officer-inquiry", args=[bids[0].pk])
    assert client.post(page, {**typed, "found": ""}).status_code == 422
    assert client.post(page, typed).status_code == 302
    assert "试样一次合格" in client.get(reverse("web:officer-bid", args=[bids[0].pk])).text
    path = f"/api/v1/proposals/{bids[0].pk}/inquiries/"
    made = client_for(officer).post(path, typed, format="json")
    assert (made.status_code, client_for(officer).get(path).json()["count"]) == (201, 2)
    bidder = client_for(bids[0].author)
    assert bidder.get(path).json()["code"] == "role_required"
    client.force_login(bids[0].author)
    assert "试样一次合格" not in client.get(reverse("web:proposal", args=[bids[0].pk])).text


def test_a_wide_spread_asks_the_officers_for_another_expert():
    challenge, bids = steps.challenge_in_steps(spread_most=5, reviews_if_spread=3)
    officer = make_officer()
    first, second, third = (steps.seat(challenge, bids[:1]) for _ in range(3))
    steps.review(bids[0], first)
    assert list(queries.disputed()) == []

    steps.review(bids[0], second, less=6)

    assert list(queries.disputed()) == [challenge]
    told = Notification.objects.filter(subject__startswith="评分分歧过大")
    assert [each.person for each in told if each.person == officer] == [officer]
    client_desk = reverse("web:officer-panel", args=[challenge.pk])
    assert {each.link for each in told} == {client_desk}
    steps.review(bids[0], third)
    assert list(queries.disputed()) == []
    assert list(queries.to_propose()) == [challenge]
