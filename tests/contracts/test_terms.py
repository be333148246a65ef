"""What the terms of a contract must keep to before it may be signed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jiebang.common.errors import Invalid, NotAllowed, WrongState
from jiebang.contracts import services
from jiebang.contracts.models import Contract, Milestone
from tests.factories import (
    make_award,
    make_call,
    make_challenge,
    make_contract,
    make_need,
    make_proposal,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def row(**fields):
    begun = {"title": "中试", "due_on": TODAY + timedelta(days=100), "tranche": Decimal(300)}
    return {**begun, **fields}


def write(contract, rows, actor=None, **data):
    dates = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=365)}
    return services.write(
        contract=contract,
        actor=actor or make_user(unit=contract.poster),
        data={**dates, **data},
        milestones=rows,
    )


@pytest.mark.parametrize(
    ("rows", "data", "field"),
    [
        ([row()], {"ends_on": TODAY}, "ends_on"),
        ([row()], {"title": ""}, "title"),
        ([row(title="")], {}, "milestones-0-title"),
        ([row(), row(due_on=None)], {}, "milestones-1-due_on"),
        ([row(due_on=TODAY + timedelta(days=366))], {}, "milestones-0-due_on"),
        ([row(tranche=Decimal(-1))], {}, "milestones-0-tranche"),
        ([row(tranche=Decimal(300)), row(tranche=Decimal("300.01"))], {}, "milestones"),
        ([row(indicators=[0])], {}, "milestones-0-indicators"),
    ],
)
def test_faulty_terms_are_named_and_nothing_is_written(rows, data, field):
    contract = make_contract()
    before = list(Milestone.objects.values_list("pk", flat=True))
    with pytest.raises(Invalid) as caught:
        write(contract, rows, **data)
    assert field in caught.value.fields
    assert list(Milestone.objects.values_list("pk", flat=True)) == before


def test_terms_are_written_by_the_poster_while_they_are_being_drawn_up():
    contract = make_contract()
    with pytest.raises(NotAllowed):
        write(contract, [row()], actor=make_user(unit=contract.solver))
    write(contract, [row(tranche=Decimal(600))])
    assert [m.tranche for m in contract.milestones.all()] == [Decimal(600)]

    Contract.objects.update(state="signing")
    contract.refresh_from_db()
    with pytest.raises(WrongState):
        write(contract, [row()])
    assert [m.tranche for m in contract.milestones.all()] == [Decimal(600)]


@pytest.mark.parametrize(
    ("first", "second", "covered", "faults"),
    [
        (300, 300, True, set()),
        (300, 299, True, {"milestones"}),
        (100, 500, True, set()),
        (300, 300, False, {"indicators"}),
    ],
)
def test_a_contract_is_sent_for_signing_when_it_adds_up(first, second, covered, faults):
    need = make_need("posted", call=make_call({"first_payment_min_share": 40}))
    bid = make_proposal("awarded", challenge=make_challenge("awarded", need=need))
    contract = make_contract(award=make_award(bid))
    indicators = [i.pk for i in need.indicators.all()] if covered else []
    write(
        contract,
        [row(tranche=Decimal(first)), row(tranche=Decimal(second), indicators=indicators)],
    )
    poster = make_user(unit=contract.poster)

    if faults:
        with pytest.raises(Invalid) as caught:
            services.move(contract=contract, action="propose", actor=poster)
        assert set(caught.value.fields) == faults
    else:
        services.move(contract=contract, action="propose", actor=poster)
    assert Contract.objects.get().state == ("drafting" if faults else "signing")


def test_a_contract_without_dates_or_milestones_is_not_sent():
    contract = make_contract()
    contract.milestones.all().delete()
    Contract.objects.update(starts_on=None, ends_on=None)
    contract.refresh_from_db()
    with pytest.raises(Invalid) as caught:
        services.move(contract=contract, action="propose", actor=make_user(unit=contract.poster))
    assert set(caught.value.fields) == {"starts_on", "ends_on", "milestones"}
    assert Contract.objects.get().state == "drafting"
