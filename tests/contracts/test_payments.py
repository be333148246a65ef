"""Payments: asked by the solver, approved by one person, paid by another, never above a cap."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiebang.common.errors import Conflict, Invalid, NotAllowed, RuleBroken, WrongState
from jiebang.contracts import changes, payments
from jiebang.contracts.models import ChangeRequest, Contract, Milestone, Payment
from jiebang.contracts.states import MilestoneState, PaymentAction, PaymentState, State
from tests.contracts import steps
from tests.factories import make_approver, make_contract, make_officer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def running():
    """A running contract of 600 with 200 of grant; both milestones of 300 are confirmed."""
    contract = make_contract(State.RUNNING)
    Contract.objects.update(grant=200)
    contract.milestones.update(state=MilestoneState.CONFIRMED)
    contract.refresh_from_db()
    return contract


def ask(contract, amount=300, grant=0, position=1, actor=None):
    return payments.request(
        milestone=contract.milestones.get(position=position),
        actor=actor or make_user(unit=contract.solver),
        amount=Decimal(amount),
        grant=Decimal(grant),
        purpose="设备与材料",
    )


def paid(payment, voucher="PZ-0001"):
    payments.move(payment=payment, action="approve", actor=make_approver())
    return payments.move(payment=payment, action="pay", actor=make_officer(), voucher=voucher)


def books(contract):
    row = Contract.objects.get(pk=contract.pk)
    stones = [stone.drawn for stone in row.milestones.all()]
    return row.drawn, row.drawn_grant, row.paid, row.recalled, stones


def test_a_tranche_is_asked_approved_and_paid_with_a_voucher(running):
    payment = paid(ask(running, 250, 100))

    row = Payment.objects.get()
    assert (row.state, row.voucher, row.settled_on is not None) == ("paid", "PZ-0001", True)
    assert len({row.requested_by, row.approved_by, row.settled_by}) == 3
    assert books(running) == (250, 100, 250, 0, [250, 0])
    with pytest.raises(WrongState):
        payments.move(payment=payment, action="pay", actor=make_officer(), voucher="PZ-2")


@pytest.mark.parametrize(
    ("amount", "grant", "code", "sentence"),
    [
        (301, 0, "over_the_tranche", "最多还可申请 300.00 万元"),
        (300, 201, "over_the_grant", "最多还可申请 200.00 万元"),
    ],
)
def test_above_a_cap_one_is_told_what_is_left(running, amount, grant, code, sentence):
    with pytest.raises(RuleBroken, match=sentence) as caught:
        ask(running, amount, grant)
    assert (caught.value.code, Payment.objects.count()) == (code, 0)
    assert books(running) == (0, 0, 0, 0, [0, 0])


@pytest.mark.parametrize(
    ("amount", "grant", "field"),
    [("0", "0", "amount"), ("-1", "0", "amount"), ("10", "11", "grant"), ("10", "-1", "grant")],
)
def test_odd_amounts_are_told_at_their_field(running, amount, grant, field):
    with pytest.raises(Invalid) as caught:
        ask(running, amount, grant)
    assert field in caught.value.fields
    assert not Payment.objects.exists()


def test_one_request_of_a_milestone_at_a_time(running):
    ask(running, 100)
    with pytest.raises(Conflict) as caught:
        ask(running, 50)
    assert (caught.value.code, Payment.objects.count()) == ("payment_pending", 1)
    assert books(running) == (100, 0, 0, 0, [100, 0])


def test_declining_needs_a_reason_and_gives_the_amount_back(running):
    payment, approver = ask(running, 100, 40), make_approver()
    with pytest.raises(Invalid):
        payments.move(payment=payment, action="decline", actor=approver)
    assert books(running) == (100, 40, 0, 0, [100, 0])
    payments.move(payment=payment, action="decline", actor=approver, note="票据不全")
    assert books(running) == (0, 0, 0, 0, [0, 0])
    assert ask(running, 300).state == PaymentState.REQUESTED


def test_nobody_takes_two_steps_that_follow_each_other(running):
    payment, both = ask(running), make_approver()
    both.role_grants.create(role="officer")
    payments.move(payment=payment, action="approve", actor=both)
    with pytest.raises(NotAllowed) as caught:
        payments.move(payment=payment, action="pay", actor=both, voucher="PZ-1")
    assert caught.value.code == "same_person"
    assert (Payment.objects.get().state, books(running)[2]) == ("approved", 0)
    with (
        pytest.raises(IntegrityError, match="payment_settled_by_another"),
        transaction.atomic(),
    ):
        Payment.objects.update(settled_by=both)


@pytest.mark.parametrize("state", [s for s in MilestoneState if s != MilestoneState.CONFIRMED])
def test_money_waits_for_the_confirmation(running, state):
    running.milestones.update(state=state, rectify_by=running.ends_on)
    with pytest.raises(WrongState):
        ask(running)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("state", [State.DRAFTING, State.SIGNING, State.TERMINATED])
def test_money_waits_for_a_running_contract(running, state):
    Contract.objects.update(state=state)
    with pytest.raises(WrongState):
        ask(running)
    assert not Payment.objects.exists()


def test_a_voucher_is_named_and_named_once(running):
    paid(ask(running, position=1), "PZ-7")
    payment = ask(running, position=2)
    payments.move(payment=payment, action="approve", actor=make_approver())
    for voucher, kind in (("", Invalid), ("PZ-7", Conflict)):
        with pytest.raises(kind):
            payments.move(payment=payment, action="pay", actor=make_officer(), voucher=voucher)
    assert (Payment.objects.get(pk=payment.pk).state, books(running)[2]) == ("approved", 300)


def test_a_contract_ends_when_its_payments_are_settled_and_money_is_called_back(running):
    paid(ask(running, 200, 100))
    waiting, approver = ask(running, 50, position=2), make_approver()
    with pytest.raises(RuleBroken) as caught:
        steps.end(running)
    assert (caught.value.code, Contract.objects.get().state) == ("payments_open", State.RUNNING)

    payments.move(payment=waiting, action="decline", actor=approver, note="合同终止")
    request = ChangeRequest.objects.get()
    changes.move(request=request, action="approve", actor=approver, note="无法继续")
    officer = make_officer()
    with pytest.raises(WrongState) as unsettled:
        payments.recall(contract=running, actor=officer, amount=Decimal(1), purpose="未用部分")
    assert unsettled.value.code == "settlement_required"
    steps.settle(running, 40, 80)
    for amount, grant, sentence in ((161, 0, "最多可追回 160.00"), (150, 81, "最多可追回 80.00")):
        with pytest.raises(RuleBroken, match=sentence):
            payments.recall(
                contract=running,
                actor=officer,
                amount=Decimal(amount),
                grant=Decimal(grant),
                purpose="未用部分",
            )
    back = payments.recall(
        contract=running, actor=officer, amount=Decimal(150), grant=Decimal(80), purpose="未用部分"
    )
    assert Contract.objects.get().returned == 0
    paid(back, "PZ-R1")
    assert books(running) == (200, 100, 200, 150, [200, 0])
    row = Contract.objects.get()
    assert (row.returned, row.paid_grant, row.recalled_grant) == (150, 100, 80)


def test_money_up_front_may_be_asked_for_before_the_milestone_is_confirmed(running):
    running.milestones.update(state="pending", upfront=60)
    with pytest.raises(RuleBroken, match=r"最多还可申请 60.00 万元"):
        ask(running, 61)
    ask(running, 60)
    assert (books(running)[0], Contract.objects.get().released) == (60, 120)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"drawn": 601}, {"paid": 1}, {"drawn_grant": 201}, {"recalled": 1}, {"drawn": -1}),
        *({"paid_grant": 1}, {"recalled_grant": 1}, {"returned": 1}, {"amount": 601}),
    ],
)
def test_the_database_keeps_the_totals_under_the_caps(running, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.update(**wrong)
    assert books(running) == (0, 0, 0, 0, [0, 0])


def test_the_database_keeps_a_milestone_under_its_tranche(running):
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.update(drawn=301)
    assert books(running)[4] == [0, 0]


@pytest.mark.parametrize("action", PaymentAction)
@pytest.mark.parametrize("who", ["solver", "poster", "auditor", "expert"])
def test_only_the_bureau_settles(running, action, who):
    payment = ask(running)
    actor = make_user(unit=getattr(running, who)) if who in ("solver", "poster") else make_user(who)
    with pytest.raises(NotAllowed):
        payments.move(payment=payment, action=action, actor=actor, note="理由", voucher="PZ")
    assert Payment.objects.get().state == PaymentState.REQUESTED


def test_the_poster_does_not_ask_for_the_solver(running):
    with pytest.raises(NotAllowed):
        ask(running, actor=make_user(unit=running.poster))
    assert not Payment.objects.exists()
