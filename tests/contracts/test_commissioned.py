"""A contract born from a directed commission instead of an award."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiebang.common.errors import Invalid
from jiebang.contracts import services
from jiebang.contracts.models import Contract
from tests.contracts import steps
from tests.factories import make_approver, make_award, make_need, make_university, make_user

pytestmark = pytest.mark.django_db


def commissioned(number="WT-2026-00001", needs=None):
    needs = needs or [make_need("in_library"), make_need("in_library")]
    return services.open_for_commission(
        commission_number=number,
        needs=needs,
        poster=needs[0].owner,
        solver=make_university(),
        title="整体打包攻关合同",
        amount=Decimal(800),
        grant=Decimal(300),
    )


def test_a_commission_has_one_contract_with_the_indicators_of_every_need():
    needs = [make_need("in_library"), make_need("in_library", indicators=2)]
    contract = commissioned(needs=needs)
    assert commissioned(needs=needs) == contract
    assert contract.needs == needs
    assert [row.need for row in contract.indicators] == [needs[0], needs[1], needs[1]]
    assert contract.call == needs[0].call


def test_it_lives_like_any_other_and_ends_without_a_challenge(client):
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
                "tranche": Decimal(800),
                "indicators": [row.pk for row in contract.indicators],
            }
        ],
    )
    services.move(contract=contract, action="propose", actor=poster)
    for actor, side in ((poster, "poster"), (solver, "solver"), (make_approver(), "bureau")):
        services.sign(contract=contract, actor=actor, side=side)

    client.force_login(solver)
    page = client.get(f"/contracts/{contract.pk}/").content.decode()
    assert "定向委托 WT-2026-00001" in page
    shown = client.get(f"/api/v1/contracts/{contract.pk}/").json()
    assert len(shown["indicators"]) == 2

    steps.end(contract)
    assert Contract.objects.get().state == "terminated"


@pytest.mark.parametrize(("number", "needs"), [("", 1), ("WT-2026-00002", 0)])
def test_a_commission_without_number_or_need_gets_no_contract(number, needs):
    with pytest.raises(Invalid):
        services.open_for_commission(
            commission_number=number,
            needs=[make_need("in_library")] * needs,
            poster=None,
            solver=make_university(),
            title="合同",
            amount=Decimal(1),
        )
    assert not Contract.objects.exists()


@pytest.mark.parametrize("both", [True, False])
def test_the_database_keeps_a_contract_with_two_origins_or_none_out(both):
    award = make_award() if both else None
    with pytest.raises(IntegrityError, match="contract_has_one_origin"), transaction.atomic():
        Contract.objects.create(
            award=award,
            commission_number="WT-2026-00003" if both else "",
            solver=make_university(),
            title="合同",
            amount=Decimal(1),
        )
    assert not Contract.objects.exists()
