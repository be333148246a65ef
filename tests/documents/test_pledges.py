"""Pledges stand in the text; the registration pack holds what is to be handed in."""

import io
import zipfile
from decimal import Decimal

import pytest

from jiebang.common.errors import Invalid, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import Side, State
from jiebang.documents import facts, pack, pledges, services
from jiebang.documents.models import Pledge, Registration
from tests import factories as make
from tests.documents.steps import text_of
from tests.files import made

pytestmark = pytest.mark.django_db


def pledge(contract, **more):
    row = {
        "indicator": contract.indicators[0].pk,
        "liability": "refund",
        "share": Decimal(30),
        "signatory": "周敏",
    }
    return {**row, **more}


def drafting(contract):
    Contract.objects.filter(pk=contract.pk).update(state=State.DRAFTING)
    contract.refresh_from_db()
    return make.make_user(unit=contract.poster)


def test_pledges_stand_in_the_text(contract):
    writer = drafting(contract)
    pledges.write(contract=contract, actor=writer, rows=[pledge(contract)])
    printed = text_of(services.as_pdf(services.draft(contract)))
    assert "退回已拨财政资金，合同金额的 30%" in printed
    assert facts.of(contract).keys() == facts.NAMES.keys()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"share": None}, "pledges-0-share"),
        ({"share": Decimal(101)}, "pledges-0-share"),
        ({"liability": "bar"}, "pledges-0-years"),
        ({"indicator": 0}, "pledges-0-indicator"),
        ({"liability": "other"}, "pledges-0-liability"),
        ({"signatory": ""}, "pledges-0-signatory"),
    ],
)
def test_a_faulty_pledge_is_refused_at_its_field(row, field, contract):
    writer = drafting(contract)
    with pytest.raises(Invalid) as refusal:
        pledges.write(contract=contract, actor=writer, rows=[pledge(contract, **row)])
    assert (refusal.value.code, list(refusal.value.fields)) == ("pledges_invalid", [field])
    assert Pledge.objects.count() == 0


def test_pledges_are_fixed_once_the_contract_is_sent(contract):
    with pytest.raises(WrongState):
        pledges.write(
            contract=contract,
            actor=make.make_user(unit=contract.poster),
            rows=[pledge(contract)],
        )
    assert Pledge.objects.count() == 0


def test_the_registration_pack_holds_form_text_and_copies(contract):
    services.make(contract=contract)
    Contract.objects.filter(pk=contract.pk).update(state=State.RUNNING)
    contract.refresh_from_db()
    solver = make.make_user(unit=contract.solver)
    services.deposit(
        contract=contract,
        side=Side.SOLVER,
        actor=solver,
        upload=io.BytesIO(made.pdf_file("已盖章")),
        name="盖章.pdf",
    )
    with pytest.raises(WrongState) as refusal:
        pack.of(contract)
    assert refusal.value.code == "registration_missing"
    pledges.register(
        contract=contract, actor=solver, category="commissioned", technical_amount=Decimal(100)
    )
    with zipfile.ZipFile(io.BytesIO(pack.of(contract))) as package:
        assert package.namelist() == [
            "01-技术合同登记表.docx",
            "01-技术合同登记表.pdf",
            "02-合同文本.docx",
            "02-合同文本.pdf",
            "03-乙方（揭榜方）签署件.pdf",
        ]
        form = text_of(package.read("01-技术合同登记表.pdf"))
    assert "人民币壹佰万元整" in form


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"technical_amount": Decimal(10) ** 7}, "registration_invalid"),
        ({"number": "2026-1"}, "registration_invalid"),
        ({"registered_on": "2026-12-01"}, "registration_invalid"),
    ],
)
def test_a_faulty_registration_is_refused(more, code, contract):
    Contract.objects.filter(pk=contract.pk).update(state=State.RUNNING)
    contract.refresh_from_db()
    typed = {"category": "commissioned", "technical_amount": Decimal(1), **more}
    with pytest.raises(Invalid) as refusal:
        pledges.register(contract=contract, actor=make.make_user(unit=contract.solver), **typed)
    assert refusal.value.code == code
    assert Registration.objects.count() == 0
