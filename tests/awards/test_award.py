"""The award: by whom, when, with what money and reason, and only once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole
from jiebang.audit.models import Entry
from jiebang.awards import services
from jiebang.awards.models import Award
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State
from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.contracts.models import Contract
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State as BidState
from tests.factories import (
    make_approver,
    make_call,
    make_challenge,
    make_need,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db
REASON = "技术路线成熟，指标全部响应，报价合理"


@pytest.fixture
def challenge():
    rules = {"max_grant": 100, "max_grant_share": 20, "award_reason_min_length": 15}
    return make_challenge(State.CLOSED, need=make_need("posted", call=make_call(rules)))


@pytest.fixture
def bid(challenge):
    return make_proposal(BidState.SUBMITTED, challenge=challenge)


def award(bid, **fields):
    wanted = {"amount": Decimal(500), "grant": Decimal(100), "reason": REASON}
    return services.award(
        **{
            "challenge": bid.challenge,
            "proposal": bid,
            "actor": fields.pop("actor", None) or make_approver(),
            **wanted,
            **fields,
        }
    )


def nothing_written(challenge, state=State.CLOSED):
    stored = Challenge.objects.get(pk=challenge.pk).state
    bids = set(Proposal.objects.values_list("state", flat=True))
    return (stored, bids) == (state, {BidState.SUBMITTED}) and not (
        Award.objects.exists() or Contract.objects.exists() or Entry.objects.exists()
    )


def test_one_is_awarded_the_others_are_told_no_and_a_contract_is_born(challenge, bid):
    rival = make_proposal(BidState.SUBMITTED, challenge=challenge)
    draft = make_proposal(BidState.DRAFT, challenge=challenge)

    made = award(bid)

    states = {p.pk: p.state for p in Proposal.objects.all()}
    assert states == {
        bid.pk: BidState.AWARDED, rival.pk: BidState.NOT_AWARDED, draft.pk: BidState.DRAFT,
    }  # fmt: skip
    assert Challenge.objects.get().state == State.AWARDED
    contract = Contract.objects.get()
    born = (contract.award, contract.poster, contract.solver, contract.amount, contract.grant)
    assert born == (made, challenge.need.owner, bid.lead, Decimal(500), Decimal(100))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0), "grant": Decimal(0)}, "amount"),
        ({"amount": Decimal("800.000001")}, "amount"),
        ({"grant": Decimal(-1)}, "grant"),
        ({"grant": Decimal(501)}, "grant"),
        ({"grant": Decimal("100.01")}, "grant"),
        ({"amount": Decimal(400), "grant": Decimal("80.01")}, "grant"),
        ({"reason": "最好"}, "reason"),
        ({"reason": " " * 30}, "reason"),
    ],
)
def test_money_and_reason_keep_the_calls_rules(challenge, bid, change, field):
    with pytest.raises(Invalid) as caught:
        award(bid, **change)
    assert list(caught.value.fields) == [field]
    assert nothing_written(challenge)


@pytest.mark.parametrize("role", [*PlatformRole, "poster", "bidder"])
def test_only_an_approver_without_a_part_in_it_decides(challenge, bid, role):
    if role == PlatformRole.APPROVER:
        actor = make_approver(unit=bid.lead)
    elif role in set(PlatformRole):
        actor = make_user(role, scope="T01" if role == PlatformRole.ENDORSER else "")
    else:
        actor = make_user(unit=challenge.need.owner) if role == "poster" else bid.author

    with pytest.raises(NotAllowed) as caught:
        award(bid, actor=actor)

    expected = "recusal" if role == PlatformRole.APPROVER else "role_required"
    assert caught.value.code == expected
    assert nothing_written(challenge)


@pytest.mark.parametrize("state", sorted(set(State) - {State.CLOSED, State.AWARDED}))
def test_before_closing_and_after_the_end_nothing_is_awarded(state):
    bid = make_proposal(BidState.SUBMITTED, challenge=make_challenge(state))
    with pytest.raises(WrongState):
        award(bid, reason=REASON, grant=Decimal(0))
    assert nothing_written(bid.challenge, state)


@pytest.mark.parametrize("state", sorted(set(BidState) - {BidState.SUBMITTED}))
def test_only_a_handed_in_solution_is_awarded(challenge, state):
    bid = make_proposal(state, challenge=challenge)
    with pytest.raises(Invalid) as caught:
        award(bid)
    assert list(caught.value.fields) == ["proposal"]
    assert (Award.objects.count(), Challenge.objects.get().state) == (0, State.CLOSED)


def test_a_solution_to_another_challenge_is_not_awarded(challenge):
    stranger = make_proposal(BidState.SUBMITTED, challenge=make_challenge(State.CLOSED))
    with pytest.raises(Invalid):
        award(stranger, challenge=challenge)
    assert nothing_written(challenge)


def test_a_challenge_is_awarded_once(challenge, bid):
    rival = make_proposal(BidState.SUBMITTED, challenge=challenge)
    award(bid)
    rival.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        award(rival)
    assert caught.value.code == "awarded_already"
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            challenge=challenge, proposal=rival, amount=1, decided_by=make_approver()
        )
    assert Award.objects.get().proposal == bid
