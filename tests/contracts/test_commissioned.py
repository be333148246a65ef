"""A contract born from a directed commission instead of an award."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiebang.commissions import decisions
from jiebang.commissions.models import Commission
from jiebang.common.errors import WrongState
from jiebang.contracts import services
from jiebang.contracts.models import Contract
from jiebang.library.models import CallRule
from tests.commissions import steps as commissions
from tests.contracts import steps
from tests.factories import make_approver, make_award, make_university, make_user

pytestmark = pytest.mark.django_db


def commissioned(**fields):
    return Contract.objects.get(commission=commissions.effective(**fields))


def test_a_package_has_one_contract_with_the_indicators_of_every_need():
    draft = commissions.package()
    CallRule.objects.create(call=draft.call, code="commission_notice_days", value=0)
    made = commissions.resolve(commissions.approve(commissions.propose(draft)))
    decisions.conclude(commission=made)
    contract = Contract.objects.get()
    assert services.open_for_commission(commission=made) == contract
    assert (contract.origin, contract.needs, contract.call) == (made, made.needs, made.call)
    assert [row.need for row in contract.indicators] == made.needs
    assert (contract.poster, contract.solver, contract.amount) == (None, made.candidate, 600)


def test_it_lives_like_any_other_and_its_commission_ends_with_it(client):
    contract = commissioned()
    poster, solver = make_user(unit=contract.poster), make_user(unit=contract.solver)
    today = timezone.localdate()
    services.write(
        contract=contract,
        actor=poster,
        data={"starts_on": today, "ends_on": today + timedelta(days=300)},
        milestones=[
            {
                "title": "交付样机",
                "due_on": today + timedelta(days=200),
                "tranche": contract.amount,
                "indicators": [row.pk for row in contract.indicators],
            }
        ],
    )
    services.move(contract=contract, action="propose", actor=poster)
    for actor, side in ((poster, "poster"), (solver, "solver"), (make_approver(), "bureau")):
        services.sign(contract=contract, actor=actor, side=side)

    client.force_login(solver)
    page = client.get(f"/contracts/{contract.pk}/").content.decode()
    assert f"定向委托 {contract.commission.number}" in page
    shown = client.get(f"/api/v1/contracts/{contract.pk}/").json()
    assert (shown["commission"], shown["commission_number"]) == (
        contract.commission_id,
        contract.commission.number,
    )
    assert (shown["challenge"], len(shown["indicators"])) == (None, 1)

    steps.end(contract)
    assert Contract.objects.get().state == "terminated"
    assert Commission.objects.get().state == "released"


def test_a_commission_that_is_not_in_effect_gets_no_contract():
    made = commissions.notice()
    with pytest.raises(WrongState) as caught:
        services.open_for_commission(commission=made)
    assert (caught.value.code, Contract.objects.count()) == ("not_in_effect", 0)


@pytest.mark.parametrize("both", [True, False])
def test_the_database_keeps_a_contract_with_two_origins_or_none_out(both):
    award, made = (make_award(), commissions.notice()) if both else (None, None)
    with pytest.raises(IntegrityError, match="contract_has_one_origin"), transaction.atomic():
        Contract.objects.create(
            award=award,
            commission=made,
            solver=make_university(),
            title="合同",
            amount=Decimal(1),
        )
    assert not Contract.objects.exists()


def test_the_database_keeps_a_second_contract_of_a_commission_out():
    contract = commissioned()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.create(
            commission=contract.commission, solver=contract.solver, title="合同", amount=Decimal(1)
        )
    assert Contract.objects.count() == 1
