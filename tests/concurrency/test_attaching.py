"""A file handed in while the bid is: it is in the list that was hashed, or it is refused."""

import io
import threading
import time

import pytest
from django.db import connections, transaction

from jiebang.common.errors import DomainError
from jiebang.files import queries as files
from jiebang.files import services
from jiebang.files.models import Attachment
from jiebang.proposals import services as proposals
from jiebang.proposals.models import Proposal, Receipt
from tests.concurrency.test_races import at_once
from tests.factories import make_proposal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.CLAMD = ""


def attach(bid, n):
    seen = Proposal.objects.get(pk=bid.pk)
    return lambda: services.attach(
        thing=seen,
        slot="other",
        upload=io.BytesIO(f"第 {n} 份说明".encode()),
        name=f"说明{n}.txt",
        actor=bid.author,
    )


def test_what_comes_in_the_instant_of_submission_is_in_the_list_or_refused():
    bid = make_proposal()
    calls = [attach(bid, n) for n in range(6)]
    seen = Proposal.objects.get(pk=bid.pk)

    ends = at_once(*calls, lambda: proposals.submit(proposal=seen, actor=bid.author))

    receipt = Receipt.objects.get()
    listed = [row["sha256"] for row in receipt.content["files"]]
    assert set(ends) <= {"ok", "not_in_progress"}
    assert ends.count("ok") - 1 == len(listed)
    assert [row.content.digest for row in files.of(bid)] == listed


@pytest.mark.parametrize("act", ["attach", "remove"])
def test_who_had_the_form_open_when_a_colleague_handed_in_is_refused(act):
    bid = make_proposal()
    kept = attach(bid, 0)()
    seen, told = Proposal.objects.get(pk=bid.pk), []
    add = attach(bid, 1)

    def late():
        try:
            if act == "attach":
                add()
            else:
                services.remove(thing=seen, attachment=kept, actor=bid.author)
        except DomainError as refusal:
            told.append(refusal.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    with transaction.atomic():
        receipt = proposals.submit(proposal=bid, actor=bid.author)
        thread.start()
        time.sleep(0.3)  # it has asked whether it may, and waits for the row
    thread.join()

    assert told == ["not_in_progress"]
    assert [row["sha256"] for row in receipt.content["files"]] == [kept.content.digest]
    assert list(Attachment.objects.values_list("pk", "removed_at")) == [(kept.pk, None)]
