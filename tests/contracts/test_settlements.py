"""Settling what was broken off, and closing the file: counted, complete, and then untouchable."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiebang.common.errors import Conflict, DomainError, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts import changes, payments, services, settlements
from jiebang.contracts.models import Contract, Payment, Settlement
from jiebang.contracts.states import BROKEN_OFF, State
from tests.contracts import steps
from tests.factories import make_approver, make_contract, make_officer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken():
    """A contract that was terminated after 300, of which 100 grant, were paid."""
    contract = make_contract("running")
    Contract.objects.update(grant=200)
    contract.milestones.update(state="confirmed")
    steps.pay(contract.milestones.first(), 300, 100)
    contract.refresh_from_db()
    return steps.end(contract)


def proposed(contract, spent=100, grant=50, basis="凭证核对", actor=None):
    return settlements.propose(
        contract=contract,
        actor=actor or make_officer(),
        spent=Decimal(spent),
        to_return_grant=Decimal(grant),
        basis=basis,
    )


def standing():
    return list(Contract.objects.values()), list(Settlement.objects.values())


def closed(contract, paid_total=None):
    total = None if paid_total is None else Decimal(paid_total)
    return settlements.close(contract=contract, actor=make_officer(), paid_total=total)


@pytest.mark.parametrize(
    ("spent", "grant", "basis", "field"),
    [
        (301, 0, "核对", "spent"),
        (-1, 0, "核对", "spent"),
        (100, 101, "核对", "to_return_grant"),
        (250, 51, "核对", "to_return_grant"),
        (100, -1, "核对", "to_return_grant"),
        (100, 0, " ", "basis"),
    ],
)
def test_a_settlement_adds_up_to_what_was_paid(broken, spent, grant, basis, field):
    before = standing()
    with pytest.raises(Invalid) as caught:
        proposed(broken, spent, grant, basis)
    assert set(caught.value.fields) == {field}
    assert standing() == before


def test_it_is_confirmed_by_a_second_person_returned_with_a_reason_and_proposed_anew(broken):
    officer = make_officer()
    officer.role_grants.create(role="approver")
    made = proposed(broken, actor=officer)
    assert (made.paid, made.spent, made.to_return) == (300, 100, 200)
    with pytest.raises(Conflict):
        proposed(broken)
    with pytest.raises(NotAllowed) as caught:
        settlements.move(settlement=made, action="confirm", actor=officer)
    assert caught.value.code == "same_person"
    with pytest.raises(Invalid):
        settlements.move(settlement=made, action="return", actor=make_approver())
    settlements.move(settlement=made, action="return", actor=make_approver(), note="凭证不全")
    again = proposed(broken, 120, 20)
    settlements.move(settlement=again, action="confirm", actor=make_approver())
    row = Settlement.objects.get()
    assert (row.state, row.spent, row.to_return) == ("confirmed", 120, 180)
    with pytest.raises(IntegrityError, match="adds_up"), transaction.atomic():
        Settlement.objects.update(spent=121)


@pytest.mark.parametrize("state", sorted(set(State) - BROKEN_OFF))
def test_only_what_was_broken_off_is_settled(state):
    with pytest.raises(WrongState):
        proposed(make_contract(state), 0, 0)
    assert not Settlement.objects.exists()


def test_a_broken_contract_is_closed_when_everything_came_back(broken):
    with pytest.raises(RuleBroken) as caught:
        closed(broken, 300)
    assert caught.value.code == "settlement_required"
    steps.settle(broken, 100, 50)
    with pytest.raises(RuleBroken, match=r"还有 200.00 万元 没有退回"):
        closed(broken, 300)
    back = payments.recall(
        contract=broken, actor=make_officer(), amount=Decimal(200), grant=Decimal(50), purpose="退"
    )
    payments.move(payment=back, action="approve", actor=make_approver())
    with pytest.raises(RuleBroken) as caught:
        closed(broken, 300)
    assert caught.value.code == "payments_open"
    payments.move(payment=back, action="pay", actor=make_officer(), voucher="PZ-9")
    closed(broken, 300)
    assert Contract.objects.get().closed_at is not None


@pytest.mark.parametrize(
    ("state", "number", "total", "fields"),
    [
        ("running", "", None, {"acceptance_number", "paid_total"}),
        ("running", "", 0, {"acceptance_number"}),
        ("accepted", "", 0, {"acceptance_number"}),
        ("accepted", "YS-1", None, {"paid_total"}),
        ("concluded", "YS-1", 1, {"paid_total"}),
        ("terminated", "", None, {"paid_total"}),
    ],
)
def test_without_paid_total_and_acceptance_record_nothing_is_closed(state, number, total, fields):
    contract = make_contract(state, acceptance_number=number)
    before = standing()
    with pytest.raises(Invalid) as caught:
        closed(contract, total)
    assert (caught.value.code, set(caught.value.fields)) == ("closing_incomplete", fields)
    assert standing() == before


@pytest.mark.parametrize("state", ["drafting", "signing"])
def test_what_never_took_effect_is_not_closed(state):
    with pytest.raises(WrongState):
        closed(make_contract(state), 0)


def test_after_closing_nothing_moves_any_more():
    contract = make_contract("accepted", acceptance_number="YS-1")
    contract.milestones.update(state="confirmed")
    closed(contract, 0)
    contract.refresh_from_db()
    stone, poster = contract.milestones.first(), make_user(unit=contract.poster)
    before = standing(), Payment.objects.count()
    for act in (
        lambda: closed(contract, 0),
        lambda: steps.pay(stone, 1),
        lambda: services.write(contract=contract, actor=poster, data={}, milestones=[]),
        lambda: services.move(
            contract=contract, action="terminate", actor=make_approver(), note="x"
        ),
        lambda: services.judge(milestone=stone, action="return", actor=poster, note="x"),
        lambda: changes.ask(
            contract=contract, actor=poster, kind="change", reason="route", explanation="x"
        ),
        lambda: proposed(contract, 0, 0),
    ):
        with pytest.raises((WrongState, Conflict)):
            act()
    assert (standing(), Payment.objects.count()) == before
    with pytest.raises(IntegrityError, match="closed_after"), transaction.atomic():
        Contract.objects.update(state="running")
    with pytest.raises(DomainError):
        payments.recall(contract=contract, actor=make_officer(), amount=Decimal(1), purpose="x")
