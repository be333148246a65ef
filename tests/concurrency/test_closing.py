"""The last second before closing: whoever is told a receipt has one, whoever is not has a draft."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone
from rest_framework.test import APIClient

from jiebang.accounts.models import User
from jiebang.audit.models import Entry
from jiebang.challenges.models import Challenge
from jiebang.ledger import queries as ledger
from jiebang.proposals import snapshots
from jiebang.proposals.models import Proposal, Receipt
from tests.factories import make_challenge, make_proposal

pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(proposal):
    """Submit as a program would; return what the client was told."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=proposal.author_id))
    try:
        path = f"/api/v1/proposals/{proposal.pk}/moves/"
        answer = client.post(path, {"action": "submit"}, format="json")
        if answer.status_code == 200:
            (receipt,) = answer.json()["receipts"]
            return receipt["number"], receipt["digest"]
        return answer.status_code, answer.json()["code"]
    finally:
        connections.close_all()


def test_two_hundred_hand_in_around_closing_and_the_database_agrees_with_each():
    postgres = connection.vendor == "postgresql"
    crowd, at_once = (200, 16) if postgres else (24, 4)
    challenge = make_challenge()
    bids = [make_proposal(challenge=challenge) for _ in range(crowd)]
    late = bids[-crowd // 10 :]
    told, gate = {bids[0].pk: hand_in(bids[0])}, threading.Lock()  # in time, however slow we are
    closes_at = timezone.now() + timedelta(seconds=2)
    Challenge.objects.update(closes_at=closes_at)

    def run(bid):
        if bid in late:  # these come when it is over, however fast this machine is
            time.sleep(max(0, (closes_at - timezone.now()).total_seconds() + 0.01))
        answer = hand_in(bid)
        with gate:
            told[bid.pk] = answer

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(run, bids[1:]))

    refused = (422, "challenge_not_open")
    stored = Proposal.objects.in_bulk()
    receipts = {receipt.proposal_id: receipt for receipt in Receipt.objects.all()}
    for pk, answer in told.items():
        if answer == refused:
            assert (stored[pk].state, stored[pk].version, pk in receipts) == ("draft", 0, False)
        else:
            receipt = receipts[pk]
            assert answer == (receipt.number, receipt.digest)
            assert snapshots.digest(receipt.content) == receipt.digest
            assert receipt.submitted_at < closes_at
            assert (stored[pk].state, stored[pk].version) == ("submitted", 1)
    counts = Counter(answer == refused for answer in told.values())
    assert (len(told), counts[False]) == (crowd, len(receipts))
    assert counts[False] >= 1
    assert counts[True] >= len(late)
    assert Entry.objects.filter(action="submit").count() == len(receipts)
    assert list(ledger.check_all()) == []
