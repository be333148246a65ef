"""Late by permission: two people of the bureau, one unit, until a moment, and marked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.ledger import queries as ledger
from jiebang.proposals import late, services
from jiebang.proposals.models import LatePermission, Proposal, Receipt
from tests.factories import make_approver, make_challenge, make_officer, make_proposal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def bid():
    """A complete draft of a challenge that has just closed."""
    return make_proposal(challenge=make_challenge(ChallengeState.CLOSED))


def proposed(bid, **fields):
    asked = {"until": clock.now() + timedelta(hours=2), "reason": "平台登录故障", **fields}
    actor = asked.pop("actor", None) or make_officer()
    return late.propose(challenge=bid.challenge, unit=bid.lead, actor=actor, **asked)


def granted(bid):
    permission = proposed(bid)
    late.decide(permission=permission, action="grant", actor=make_approver())
    return permission


def test_what_is_late_by_permission_says_so_on_solution_and_receipt(bid):
    permission = granted(bid)
    receipt = services.submit(proposal=bid, actor=bid.author)
    kept = Proposal.objects.get(pk=bid.pk)
    assert (kept.state, kept.late, receipt.permission) == ("submitted", True, permission)
    assert receipt.content["late_permission"] == permission.number
    assert list(ledger.check_all()) == []


def test_in_time_is_not_late_even_with_a_permission():
    bid = make_proposal()
    late_until = bid.challenge.closes_at + timedelta(hours=1)
    permission = proposed(bid, until=late_until)
    late.decide(permission=permission, action="grant", actor=make_approver())
    receipt = services.submit(proposal=bid, actor=bid.author)
    assert (receipt.permission, Proposal.objects.get().late) == (None, False)


def test_a_refused_or_waiting_permission_permits_nothing(bid):
    permission = proposed(bid)
    for step in (lambda: None, lambda: late.decide(
        permission=permission, action="refuse", actor=make_approver(), note="无故障记录"
    )):  # fmt: skip
        step()
        with pytest.raises(RuleBroken) as caught:
            services.submit(proposal=bid, actor=bid.author)
        assert caught.value.code == "challenge_not_open"
    assert (Proposal.objects.get().state, Receipt.objects.count()) == ("draft", 0)


@pytest.mark.parametrize("state", ["awarded", "failed", "withdrawn", "completed"])
def test_what_is_decided_takes_nothing_more(state):
    bid = make_proposal(challenge=make_challenge(state))
    with pytest.raises(RuleBroken) as caught:
        proposed(bid)
    assert (caught.value.code, LatePermission.objects.count()) == ("too_late_to_be_late", 0)


def test_nobody_decides_on_what_they_proposed_themselves(bid):
    officer = make_officer()
    permission = proposed(bid, actor=officer)
    with pytest.raises(NotAllowed) as caught:
        late.decide(permission=permission, action="grant", actor=officer)
    assert caught.value.code == "same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        LatePermission.objects.update(decided_by=officer)
    assert LatePermission.objects.get().state == "proposed"


@pytest.mark.parametrize("role", [*PlatformRole, None])
def test_who_proposes_and_who_decides(role, bid):
    def person():
        scope = "T01" if role == PlatformRole.ENDORSER else ""
        return make_user(*([role] if role else []), scope=scope)

    waiting = proposed(bid)
    other = make_proposal(challenge=bid.challenge)
    tries = {
        "propose": lambda: proposed(other, actor=person()),
        "decide": lambda: late.decide(permission=waiting, action="grant", actor=person()),
    }
    allowed = {"propose": {PlatformRole.OFFICER},
               "decide": {PlatformRole.OFFICER, PlatformRole.APPROVER}}  # fmt: skip
    for name, do in tries.items():
        if role in allowed[name]:
            do()
        else:
            with pytest.raises(NotAllowed):
                do()


def test_a_party_to_it_neither_proposes_nor_decides(bid):
    owner = bid.challenge.need.owner
    for unit in (owner, bid.lead):
        person = make_user(PlatformRole.OFFICER, unit=unit)
        with pytest.raises(NotAllowed) as caught:
            proposed(bid, actor=person)
        assert caught.value.code == "recusal"
    assert LatePermission.objects.count() == 0


def test_a_permission_stands_once_ends_later_and_is_decided_once(bid):
    with pytest.raises(Invalid) as caught:
        proposed(bid, until=clock.now())
    assert list(caught.value.fields) == ["until"]
    permission = granted(bid)
    with pytest.raises(Conflict) as again:
        proposed(bid)
    assert again.value.code == "late_already"
    with pytest.raises(WrongState):
        late.decide(permission=permission, action="refuse", actor=make_approver(), note="改")
    assert LatePermission.objects.get().state == "granted"
