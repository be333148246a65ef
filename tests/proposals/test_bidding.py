"""Bidding: in time, once, complete, with a receipt that proves it."""

import hashlib
import json
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiebang.audit.models import Entry
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, Stale, WrongState
from jiebang.proposals import services
from jiebang.proposals.models import IndicatorResponse, Proposal, Receipt
from jiebang.proposals.states import Action, State
from tests.factories import (
    make_challenge,
    make_need,
    make_proposal,
    make_unit,
    make_university,
    make_user,
)

pytestmark = pytest.mark.django_db


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


def nothing_written(*proposals):
    return [(p.state, p.version) for p in Proposal.objects.order_by("pk")] == [
        (p.state, p.version) for p in proposals
    ] and not Receipt.objects.exists()


PATHS = {
    (State.INTENTION, Action.WITHDRAW): State.WITHDRAWN,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Action.REVISE): State.DRAFT,
}


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.WITHDRAW, Action.REVISE])
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_action(state, action):
    proposal = make_proposal(state)

    if target := PATHS.get((state, action)):
        services.move(proposal=proposal, action=action, actor=proposal.author)
    else:
        target = state
        with pytest.raises(WrongState):
            services.move(proposal=proposal, action=action, actor=proposal.author)

    assert stored(proposal) == target
    assert Entry.objects.count() == (state != target)
    assert Receipt.objects.count() == (target == State.SUBMITTED != state)


def test_a_receipt_carries_the_moment_that_was_found_to_be_in_time(monkeypatch):
    proposal = make_proposal()
    closes_at = proposal.challenge.closes_at
    last = closes_at - timedelta(microseconds=1)

    def slowly(held):
        later.enter_context(clock.telling(closes_at + timedelta(seconds=1)))
        return {}

    monkeypatch.setattr(services.checks, "missing", slowly)
    with clock.telling(last), ExitStack() as later:
        receipt = services.submit(proposal=proposal, actor=proposal.author)
    assert (receipt.submitted_at, receipt.permission) == (last, None)


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.WITHDRAW, Action.REVISE])
@pytest.mark.parametrize("standing", sorted(set(ChallengeState) - {ChallengeState.OPEN}))
def test_nothing_is_handed_in_or_taken_back_outside_the_bidding_time(standing, action):
    source = {target: s for (s, a), target in PATHS.items() if a == action}
    state = list(source.values())[-1]
    proposal = make_proposal(state, challenge=make_challenge(standing))

    with pytest.raises(RuleBroken) as caught:
        services.move(proposal=proposal, action=action, actor=proposal.author)

    assert caught.value.code == "challenge_not_open"
    assert nothing_written(proposal)


@pytest.mark.parametrize("seconds", [0, 1, 3600])
def test_late_is_late_by_the_servers_clock_and_the_draft_stays(seconds):
    proposal = make_proposal()
    moment = proposal.challenge.closes_at + timedelta(seconds=seconds)

    with clock.telling(moment), pytest.raises(RuleBroken) as caught:
        services.submit(proposal=proposal, actor=proposal.author)

    assert f"服务器时间 {clock.local(moment):%Y-%m-%d %H:%M:%S}（北京时间）" in str(caught.value)
    assert nothing_written(proposal)
    with clock.telling(moment):  # and can still be written on, for another day
        services.save(proposal=proposal, actor=proposal.author, data={"risks": "原料涨价"})
    assert Proposal.objects.get().risks == "原料涨价"


def test_one_second_before_the_end_is_in_time():
    proposal = make_proposal()
    with clock.telling(proposal.challenge.closes_at - timedelta(seconds=1)):
        services.submit(proposal=proposal, actor=proposal.author)
    assert stored(proposal) == State.SUBMITTED


def test_the_receipt_proves_what_was_handed_in_and_when():
    proposal = make_proposal()
    receipt = services.submit(proposal=proposal, actor=proposal.author)

    canonical = json.dumps(
        receipt.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert receipt.digest == hashlib.sha256(canonical.encode()).hexdigest()
    assert receipt.number.startswith("HZ-")
    assert receipt.content["responses"] == [
        {
            "indicator": "指标1",
            "asked": "≥ 350 Wh/kg",
            "promised": "360 Wh/kg",
            "method": "第三方检测",
        }
    ]
    assert receipt.content["asked_amount"] == "600"


def test_withdrawn_revised_and_handed_in_again_is_version_two():
    proposal = make_proposal()
    first = services.submit(proposal=proposal, actor=proposal.author)
    services.move(proposal=proposal, action="withdraw", actor=proposal.author)
    services.move(proposal=proposal, action="revise", actor=proposal.author)
    services.save(proposal=proposal, actor=proposal.author, data={"risks": "备选供应商两家"})
    second = services.submit(proposal=proposal, actor=proposal.author)

    assert [r.version for r in proposal.receipts.all()] == [1, 2]
    assert first.digest != second.digest


def test_an_incomplete_solution_names_every_gap_and_is_not_handed_in():
    proposal = make_proposal(technical_route="", asked_amount=None, pledged=False)
    IndicatorResponse.objects.all().delete()

    with pytest.raises(Invalid) as caught:
        services.submit(proposal=proposal, actor=proposal.author)

    (indicator,) = proposal.challenge.need.indicators.all()
    assert set(caught.value.fields) == {
        "technical_route", "asked_amount", "pledged", f"response-{indicator.pk}",
    }  # fmt: skip
    assert nothing_written(proposal)


def test_after_handing_in_the_text_is_locked():
    proposal = make_proposal(State.SUBMITTED)
    with pytest.raises(WrongState) as caught:
        services.save(proposal=proposal, actor=proposal.author, data={"risks": "改"})
    assert (caught.value.code, Proposal.objects.get().risks) == ("not_in_progress", "")


def test_a_unit_bids_once_whichever_member_acts():
    proposal = make_proposal()
    colleague = make_user(unit=proposal.lead, member_role="editor")

    with pytest.raises(Conflict) as caught:
        services.start(challenge=proposal.challenge, lead=proposal.lead, actor=colleague)

    assert caught.value.code == "bid_already"
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(challenge=proposal.challenge, lead=proposal.lead, author=colleague)
    assert Proposal.objects.count() == 1


def test_the_poster_does_not_bid_for_its_own_challenge():
    challenge = make_challenge()
    owner = challenge.need.owner
    with pytest.raises(NotAllowed) as caught:
        services.start(challenge=challenge, lead=owner, actor=make_user(unit=owner))
    assert (caught.value.code, Proposal.objects.count()) == ("own_challenge", 0)


@pytest.mark.parametrize(
    ("state", "role", "code"),
    [
        ("pending", "administrator", "unit_not_verified"),
        ("verified", "viewer", "viewer_only"),
        ("verified", None, "not_member"),
    ],
)
def test_who_may_not_bid_in_a_units_name(state, role, code):
    unit = make_unit(state=state)
    actor = make_user(unit=unit, member_role=role) if role else make_user(unit=make_university())
    with pytest.raises(NotAllowed) as caught:
        services.start(challenge=make_challenge(), lead=unit, actor=actor)
    assert (caught.value.code, Proposal.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"asked_amount": Decimal(-1)}, "asked_amount"),
        ({"trl_end": 0}, "trl_end"),
        ({"technical_route": "长" * 3001}, "technical_route"),
        ({"ip_ownership": "nobody"}, "ip_ownership"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(change, field):
    proposal = make_proposal()
    with pytest.raises(Invalid) as caught:
        services.save(proposal=proposal, actor=proposal.author, data=change)
    assert list(caught.value.fields) == [field]
    assert Proposal.objects.get().revision == 0


def test_an_answer_to_a_strange_indicator_is_refused():
    proposal, other = make_proposal(), make_need()
    (stranger,) = other.indicators.all()
    with pytest.raises(Invalid) as caught:
        services.save(
            proposal=proposal,
            actor=proposal.author,
            data={},
            responses={stranger.pk: {"value": Decimal(1)}},
        )
    assert caught.value.code == "indicator_unknown"
    assert not IndicatorResponse.objects.filter(indicator=stranger).exists()


def test_two_colleagues_do_not_overwrite_each_other():
    proposal = make_proposal()
    services.save(proposal=proposal, actor=proposal.author, data={"team": "十人"}, revision=0)
    with pytest.raises(Stale):
        services.save(proposal=proposal, actor=proposal.author, data={"team": "三人"}, revision=0)
    assert Proposal.objects.get().team == "十人"
