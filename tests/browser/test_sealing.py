"""S3 in a real browser: sealed until opening, confidential after."""

import io
import re

import pytest
from django.db import transaction
from pypdf import PdfReader

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.experts.seats import take_seat
from jiebang.experts.states import SeatOrigin
from jiebang.files.models import Attachment, Download
from jiebang.library.models import CallRule
from jiebang.openings.models import Look, Opening
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State as BidState
from tests import factories as make
from tests.browser.test_story import press
from tests.files import made
from tests.files.conftest import BAD, _own_folder, scanner  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "系统疑似故障，须核对已提交的揭榜书是否完整"


def opened(person, path):
    """Go to a page and return the status that it answered with."""
    return person.page.goto(path).status


def fetched(person, path):
    """Ask for a file as the person's browser does."""
    return person.context.request.get(path)


def upload(person, bid, name, content, *, secret=None, reason=""):
    """Hand a file in on the page of the bid."""
    page = person.page
    page.goto(f"/proposals/{bid.pk}/")
    form = page.locator("form.shelf-add").last
    form.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    if secret:
        form.locator("summary").click()
        form.locator("[name=confidential]").check()
        form.locator("[name=reason]").fill(reason)
    with page.expect_response(re.compile("/add/$")) as answer:
        form.get_by_role("button", name="上传").click()
    return answer.value.status


@pytest.mark.usefixtures("scanner")
def test_a_bid_is_sealed_until_it_opens_and_confidential_afterwards(browse):
    bid = make.make_proposal(lead=make.make_university(name="珠湾样例大学"))
    challenge, rivals = (
        bid.challenge,
        make.make_proposal(BidState.SUBMITTED, challenge=bid.challenge),
    )
    CallRule.objects.create(call=challenge.call, code="bid_files_listed", value=1)
    both = make.make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    bidder, rival = browse(bid.author), browse(rivals.author)
    poster = browse(make.make_user(unit=challenge.need.owner))
    officer, approver = browse(both), browse(make.make_approver(display_name="钟复核"))
    root = browse(make.make_user(is_superuser=True, is_staff=True))

    # 4. A secret wants a reason; 6. an infected file never counts, and its uploader is told.
    assert upload(bidder, bid, "方案.pdf", made.pdf_file(), secret=True) == 422
    assert Attachment.objects.count() == 0
    assert upload(bidder, bid, "方案.pdf", made.pdf_file(), secret=True, reason="工艺参数") == 200
    assert upload(bidder, bid, "样本.txt", b"x" + BAD) == 200
    bidder.sees("发现病毒，已隔离")
    bidder.page.goto("/notifications/")
    bidder.sees("附件“样本.txt”发现病毒，已隔离")
    file = Attachment.objects.get(name="方案.pdf")
    bad = Attachment.objects.get(name="样本.txt")
    assert fetched(bidder, f"/files/{bad.pk}/").status == 409
    Proposal.objects.filter(pk=bid.pk).update(state=BidState.SUBMITTED, version=1)

    # 1. Sealed: only the count is shown.
    for person in (poster, officer, approver, root):
        assert opened(person, f"/officer/bids/{bid.pk}/") == 403
        person.sees("揭榜截止前，任何人都不能查看他人的揭榜书")
        assert fetched(person, f"/files/{file.pk}/").status == 403
    officer.page.goto(f"/officer/challenges/{challenge.pk}/")
    officer.sees("已收到 2 份揭榜书，截止前密封")
    assert Download.objects.count() == 0

    # 2. The emergency opening: a reason, a second person, everybody told.
    officer.page.get_by_role("link", name="应急开启").click()
    officer.page.get_by_role("button", name="提出，交审批人员复核").click()
    officer.sees("请写明理由")
    assert Opening.objects.count() == 0
    officer.page.fill("[name=reason]", REASON)
    officer.page.get_by_role("button", name="提出，交审批人员复核").click()
    officer.sees("已提出，等待审批人员复核")
    assert officer.page.locator("summary.btn", has_text="同意开启").count() == 0
    assert Opening.objects.get().state == "proposed"
    approver.page.goto("/desk/")
    approver.page.get_by_role("link", name="复核应急开启").first.click()
    press(approver.page, "同意开启")
    approver.sees("应急开启：已开启")
    approver.page.get_by_role("link", name="珠湾样例大学").click()
    approver.sees("珠湾样例大学的揭榜书")
    assert opened(poster, f"/officer/bids/{bid.pk}/") == 403
    rival.page.goto("/notifications/")
    rival.sees("揭榜书已应急开启")
    stranger = browse()
    stranger.page.goto(f"/challenges/{challenge.pk}/")
    stranger.sees(REASON)
    assert Look.objects.get().proposal_id == bid.pk

    # 3. After opening a rival finds nothing; the public list has titles and no addresses.
    Challenge.objects.update(state=ChallengeState.CLOSED, closes_at=clock.now())
    assert fetched(rival, f"/files/{file.pk}/").status == 404
    assert opened(rival, f"/officer/bids/{bid.pk}/") == 404
    stranger.page.goto(f"/challenges/{challenge.pk}/")
    stranger.sees("揭榜材料清单")
    stranger.sees("方案.pdf")
    assert stranger.page.locator(f"a[href='/files/{file.pk}/']").count() == 0
    assert stranger.page.get_by_text("样本.txt").count() == 0

    # 5. The reviewer: assigned, signed, then a marked copy that the owner hears of.
    pooled = make.make_pooled()
    reviewer = browse(pooled.user)
    assert fetched(reviewer, f"/files/{file.pk}/").status == 403
    challenge.refresh_from_db()
    bid.refresh_from_db()
    with transaction.atomic():
        seat = take_seat(
            expert=pooled, challenge=challenge, actor=both, origin=SeatOrigin.HAND, bids=[bid]
        )
    type(seat).objects.filter(pk=seat.pk).update(state="accepted")
    assert fetched(reviewer, f"/files/{file.pk}/").status == 403
    assert Download.objects.count() == 0
    type(seat).objects.filter(pk=seat.pk).update(state="undertaken")
    reviewer.page.goto(f"/reviewed-bids/{bid.pk}/")
    reviewer.sees("方案.pdf")
    answer = fetched(reviewer, f"/files/{file.pk}/")
    assert answer.status == 200
    marked = PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert pooled.user.display_name in marked
    bidder.page.goto(f"/proposals/{bid.pk}/")
    bidder.page.get_by_role("link", name="谁看过我们的材料").click()
    bidder.sees("附件：方案.pdf")
    bidder.sees("应急查看揭榜书")
