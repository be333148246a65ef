"""Every refusal of the stories S1 to S7 in a browser: its status, its code, nothing written."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jiebang.accounts.models import PlatformRole
from jiebang.awards import decisions
from jiebang.awards.models import Award, Decision, Objection
from jiebang.challenges.models import Challenge, Question
from jiebang.experts import seats, services
from jiebang.experts.models import RelatedUnits, Seat, Waiver
from jiebang.openings.models import Opening
from jiebang.proposals import consortium
from jiebang.proposals.models import Proposal
from tests import factories as make
from tests.awards import steps
from tests.browser.refusals import closed, refused, refused_form, standing
from tests.files import made
from tests.files.conftest import _own_folder  # noqa: F401
from tests.proposals.made import make_file, make_partner

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = "理由充分，符合本批次规定，予以办理"


def upload(person, bid, **data):
    cookies = {each["name"]: each["value"] for each in person.context.cookies()}
    file = {"name": "方案.pdf", "mimeType": "application/pdf", "buffer": made.pdf_file()}
    return person.page.request.post(
        f"/files/proposal/{bid.pk}/add/",
        multipart={"slot": "other", "file": file, **data},
        headers={"X-CSRFToken": cookies["csrftoken"]},
        max_redirects=0,
    )


def test_s1_a_need_that_is_not_ready_and_what_others_may_not_do_with_it(browse):
    firm = make.make_unit()
    need = make.make_need(owner=firm, indicators=0)
    sent = make.make_need("submitted", owner=firm)
    posted = make.make_challenge(need=make.make_need("posted", owner=firm))
    manager, rival = (browse(make.make_user(unit=unit)) for unit in (firm, make.make_unit()))
    endorser = browse(make.make_endorser(firm.district))

    refused(manager, f"/needs/{need.pk}/move/", 302, "need_incomplete", action="submit")
    closed(rival, f"/needs/{sent.pk}/", 404, "not_found")
    refused(endorser, f"/endorsements/{sent.pk}/", 422, "reason_required", action="return")
    amend = f"/challenges/{posted.pk}/amend/"
    refused(rival, amend, 403, "not_the_poster", reason=NOTE, bounty="900")
    refused(rival, f"/needs/{posted.need_id}/edit/", 404, "not_found", title="改")
    refused(manager, f"/needs/{posted.need_id}/edit/", 302, "", title="改")  # led back, told why


def test_s2_a_bid_that_is_not_theirs_late_or_one_too_many(browse):
    challenge = make.make_challenge()
    bid = make.make_proposal(challenge=challenge)
    partner = make_partner(bid, right="comment").joined_by
    _, token = consortium.invite(
        proposal=bid, actor=bid.author, email="fellow@example.cn", right="view"
    )
    fellow, author = browse(partner), browse(bid.author)
    stranger = browse(make.make_user(unit=make.make_university(), email="other@example.cn"))
    edit, move = f"/proposals/{bid.pk}/edit/", f"/proposals/{bid.pk}/move/"

    refused(fellow, edit, 403, "right_required", risks="改")
    refused(fellow, move, 302, "lead_only", action="submit")
    refused(stranger, f"/partner-invitations/{token}/", 403, "not_invited", action="accept")
    invite = f"/proposals/{bid.pk}/invite/"
    again = {"email": "fellow@example.cn", "right": "view"}
    refused(author, invite, 422, "invitation_open", **again)

    handed_in = make.make_proposal("submitted")
    other = browse(handed_in.author)
    saved = f"/proposals/{handed_in.pk}/autosave/"
    refused(other, saved, 409, "not_in_progress", revision="0", risks="改")

    owner, kin = challenge.need.owner, make.make_unit()
    one, two = sorted([owner.pk, kin.pk])
    RelatedUnits.objects.create(
        one_id=one, other_id=two, basis="同一控股股东", recorded_by=make.make_officer()
    )
    start = f"/challenges/{challenge.pk}/bid/"
    colleague = browse(make.make_user(unit=bid.lead, member_role="editor"))
    refused(colleague, start, 409, "bid_already", lead=str(bid.lead_id))
    poster, daughter = (browse(make.make_user(unit=unit)) for unit in (owner, kin))
    refused(poster, start, 403, "own_challenge", lead=str(owner.pk))
    refused(daughter, start, 403, "related_party", lead=str(kin.pk))

    Challenge.objects.filter(pk=challenge.pk).update(
        closes_at=timezone.now() - timedelta(seconds=1)
    )
    refused(author, move, 302, "challenge_not_open", action="submit")


def test_s3_nobody_opens_what_is_sealed_and_no_rival_what_is_open(browse):
    bid = make.make_proposal()
    author = browse(bid.author)
    before = standing()
    answer = upload(author, bid, confidential="on")
    assert (answer.status, answer.headers["refusal"], standing()) == (
        422, "reason_required", before,
    )  # fmt: skip
    assert upload(author, bid).status == 302
    file = make_file(bid, "plan")
    Proposal.objects.update(state="submitted", version=1)
    challenge = bid.challenge
    both = make.make_user(PlatformRole.OFFICER, PlatformRole.APPROVER)
    officer = browse(both)
    insiders = [
        officer,
        browse(make.make_user(unit=challenge.need.owner)),
        browse(make.make_user(is_superuser=True, is_staff=True)),
    ]
    rival = browse(make.make_user(unit=make.make_university()))
    paths = (f"/proposals/{bid.pk}/", f"/officer/bids/{bid.pk}/", f"/files/{file.pk}/")
    for path in (*paths, f"/proposals/{bid.pk}/dossier/pdf/"):
        for insider in insiders:
            closed(insider, path, 403, "sealed")
        closed(rival, path, 404, "not_found")

    desk = f"/officer/challenges/{challenge.pk}/openings/"
    refused(officer, desk, 422, "reason_required", reason="急")
    opening = Opening.objects.create(challenge=challenge, proposed_by=both, reason=NOTE)
    move = f"/officer/openings/{opening.pk}/move/"
    refused(officer, move, 403, "same_person", action="confirm")

    Challenge.objects.update(state="closed", closes_at=timezone.now())
    for path in paths:
        closed(rival, path, 404, "not_found")
    pooled = make.make_pooled()
    reviewer = browse(pooled.user)
    closed(reviewer, f"/files/{file.pk}/", 403, "not_assigned")
    steps.seat(challenge, [bid], pooled)
    Seat.objects.update(state="accepted")
    closed(reviewer, f"/files/{file.pk}/", 403, "undertaking_missing")
    closed(reviewer, f"/reviewed-bids/{bid.pk}/", 403, "undertaking_missing")


def test_s4_questions_out_of_time_and_answers_that_are_not_theirs_or_not_whole(browse):
    challenge = make.make_challenge()
    asker = make.make_user(unit=make.make_university())
    question = Question.objects.create(challenge=challenge, asker=asker, text="能否延长？")
    professor = browse(asker)
    poster = browse(make.make_user(unit=challenge.need.owner))
    other = browse(make.make_user(unit=make.make_challenge().need.owner))
    answer = f"/questions/{question.pk}/answer/"

    refused(other, answer, 403, "not_the_poster", text="可以")
    poster.page.goto(answer)
    poster.page.fill("[name=text]", "可以，延长到三十个月。")
    poster.page.check("[name=changes_requirement]")
    refused_form(poster, "发布", 422, "amendment_required")
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=timezone.now() + timedelta(hours=1))
    refused(professor, f"/challenges/{challenge.pk}/ask/", 422, "questions_closed", text="还能问吗")


def test_s5_the_conflict_the_second_officer_the_load_and_the_expert_who_has_scored(browse):
    challenge, bids = steps.challenge_in_steps(1)
    barred, free = make.make_pooled(unit=bids[0].lead), make.make_pooled()
    person = make.make_officer()
    officer, bidder = browse(person), browse(bids[0].author)
    invite = f"/officer/challenges/{challenge.pk}/panel/invite/"

    refused(bidder, invite, 403, "role_required", expert=str(free.pk))
    refused(officer, invite, 422, "conflict_of_interest", expert=str(barred.pk))
    waiver = services.propose_waiver(
        expert=barred, challenge=challenge, actor=person, reason="国内仅此一家从事这一方向"
    )
    refused(officer, f"/officer/waivers/{waiver.pk}/", 403, "second_officer", action="approve")
    services.set_rules(call=challenge.call, actor=person, values={"load_most": 1})
    other = make.make_challenge("closed", need=make.make_need("posted", call=challenge.call))
    make.make_proposal("submitted", challenge=other)
    seats.invite(expert=free, challenge=other, actor=person)
    refused(officer, invite, 422, "over_load", expert=str(free.pk))
    reviewer = steps.seat(challenge, bids)
    steps.review(bids[0], reviewer)
    seat = Seat.objects.get(challenge=challenge)
    removal = f"/officer/seats/{seat.pk}/move/"
    refused(officer, removal, 409, "wrong_state", action="remove", note=NOTE)
    assert Waiver.objects.get().state == "proposed"


def test_s6_scores_out_of_rule_and_eyes_that_may_not_see_them(browse):
    challenge, bids = steps.challenge_in_steps(
        reviews_least=2, spread_most=5, reviews_if_spread=3, notice_days=0
    )
    users = [steps.seat(challenge, bids) for _ in range(2)]
    officer, bidder = browse(make.make_officer()), browse(bids[0].author)
    first, second = map(browse, users)
    desk = f"/officer/challenges/{challenge.pk}/decision/"
    points = {f"points-{name}": str(value) for name, value in steps.POINTS.items()}
    whole = {**points, "advice": "yes", "mode": "paper", "comment": "路线清楚，基础扎实，可支持"}
    review = f"/reviewed-bids/{bids[0].pk}/review/"

    rules = f"/officer/calls/{challenge.call_id}/decision-rules/"
    typed = {
        "criteria": "技术 60\n团队 30", "basis": "", "in_steps": "on", "winners": "1",
        "members_least": "3", "notice_days": "5", "reply_days": "5", "text_least": "20",
        "reviews_least": "2", "spread_most": "5", "reviews_if_spread": "3", "method": "mean",
        "comment_least": "10",
    }  # fmt: skip
    refused(officer, rules, 422, "weights_invalid", **typed)
    refused(first, review, 422, "review_invalid", **{**whole, "points-团队": "15.5"})
    refused(first, review, 422, "review_invalid", **{**whole, "comment": "好"})
    Seat.objects.filter(expert__user=users[1]).update(
        review_by=timezone.now() - timedelta(minutes=1)
    )
    refused(second, review, 422, "review_closed", **whole)
    Seat.objects.update(review_by=timezone.now() + timedelta(days=5))
    for bid in bids:
        steps.review(bid, users[0])
        if bid == bids[0]:
            refused(first, review, 422, "reviewed_already", **whole)
    steps.review(bids[0], users[1], less=6)
    steps.review(bids[1], users[1])
    wish = {"proposal1": str(bids[0].pk), "amount1": "500", "grant1": "0", "reason": steps.REASON}
    refused(officer, desk, 422, "review_incomplete", **wish)
    closed(bidder, desk, 403, "role_required")
    closed(second, desk, 403, "role_required")
    closed(bidder, review, 403, "role_required")


def test_s7_an_award_out_of_rank_or_turn_and_objections_that_do_not_count(browse):
    challenge, bids = steps.challenge_in_steps(reviews_least=1)
    expert = steps.seat(challenge, bids)
    steps.review(bids[0], expert, less=4)
    steps.review(bids[1], expert)
    person, second = make.make_officer(), make.make_approver()
    officer, approver = browse(person), browse(second)
    loser, stranger = browse(bids[1].author), browse(make.make_user(unit=make.make_unit()))
    desk = f"/officer/challenges/{challenge.pk}/decision/"
    wish = {"proposal1": str(bids[0].pk), "amount1": "500", "grant1": "0", "reason": steps.REASON}

    refused(officer, desk, 422, "departure_reason_required", **wish)
    made_ = steps.propose(challenge, bids[0], actor=person, departure="第一名不能在本市产业化")
    refused(officer, desk, 409, "decision_under_way", **wish, departure=NOTE)
    move = f"/officer/decisions/{made_.pk}/move/"
    refused(officer, move, 403, "own_proposal", action="approve")
    closed(loser, f"/notices/{made_.pk}/", 404, "not_found")
    steps.approve(made_)
    few = {"minutes_number": "〔2026〕1号", "members": "陈一"}
    minutes = f"/officer/decisions/{made_.pk}/minutes/"
    refused(approver, minutes, 422, "minutes_incomplete", **few)
    decisions.resolve(
        decision=made_, actor=second, minutes_number="〔2026〕1号", members=["甲", "乙", "丙"]
    )
    said = refused(approver, move, 422, "notice_running", action="take_effect")
    end = Decision.objects.get().notice_ends_on
    assert f"{end.year}年{end.month}月{end.day}日" in said

    name = bids[1].author.display_name
    mine = {"signed_name": name, "text": steps.TEXT, "evidence": "检测报告"}
    objection = f"/notices/{made_.pk}/objection/"
    refused(stranger, objection, 403, "not_a_bidder", **mine)
    refused(loser, objection, 422, "objection_invalid", **{**mine, "signed_name": "别人"})
    Decision.objects.update(notice_ends_on=timezone.localdate() - timedelta(days=1))
    refused(loser, objection, 422, "objection_closed", **mine)
    Decision.objects.update(notice_ends_on=end)
    loser.forge(objection, **mine)
    one = Objection.objects.get()
    refused(approver, move, 409, "objection_open", action="take_effect")
    answer = f"/objections/{one.pk}/"
    refused(loser, answer, 403, "role_required", action="reject", note=steps.REPLY)
    refused(approver, answer, 422, "reply_too_short", action="reject", note="不成立")
    approver.forge(answer, action="reject", note=steps.REPLY)
    Decision.objects.update(notice_ends_on=timezone.localdate() - timedelta(days=1))
    approver.forge(move, action="take_effect")
    assert Award.objects.count() == 1
    refused(approver, move, 409, "wrong_state", action="take_effect")
    refused(officer, desk, 409, "awarded_already", **wish, departure=NOTE)
