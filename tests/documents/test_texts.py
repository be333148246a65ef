"""Texts of contracts: made from templates, fixed when sent for signing, signed with their hash."""

import io

import docx
import pytest

from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import Side, State
from jiebang.documents import services
from jiebang.documents.models import ContractText, SignedCopy
from jiebang.documents.registry import Sealed
from jiebang.jobs.models import Job
from jiebang.ledger.models import Record
from tests import factories as make
from tests.documents.steps import bytes_of, text_of
from tests.files import made

pytestmark = pytest.mark.django_db


def test_word_and_pdf_say_the_amount_in_words_and_name_the_parties(contract):
    text = services.make(contract=contract)
    printed = text_of(bytes_of(text.pdf))
    for said in (
        contract.poster.name,
        contract.solver.uscc,
        "123,456.789 万元（人民币壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元整）",
        "2026年12月1日至2028年11月30日",
        contract.indicators[0].name,
        f"{contract.number} 第 1 版",
    ):
        assert said in printed, said
    word = docx.Document(io.BytesIO(bytes_of(text.word)))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert contract.poster.name in cells
    assert [cell for cell in cells if "{{" in cell or "{%" in cell] == []


def test_the_text_of_a_version_is_made_once(contract):
    first = services.make(contract=contract)
    assert services.make(contract=contract).pk == first.pk
    assert Record.objects.filter(about_type="documents.contracttext").count() == 1
    Contract.objects.filter(pk=contract.pk).update(version=2, title="改名的合同")
    contract.refresh_from_db()
    second = services.make(contract=contract)
    assert (second.version, second.digest != first.digest) == (2, True)
    assert ContractText.objects.count() == 2


def test_a_draft_has_no_fixed_text(contract):
    Contract.objects.filter(pk=contract.pk).update(state=State.DRAFTING, version=0)
    contract.refresh_from_db()
    with pytest.raises(WrongState) as refusal:
        services.make(contract=contract)
    assert refusal.value.code == "not_proposed"
    assert ContractText.objects.count() == 0
    assert contract.title in text_of(services.as_pdf(services.draft(contract)))


def test_sending_for_signing_queues_the_text(contract):
    contract_moved.send(Contract, contract_id=contract.pk, state=State.SIGNING)
    contract_moved.send(Contract, contract_id=contract.pk, state=State.RUNNING)
    assert Job.objects.filter(name="documents.make").count() == 1


def test_a_signed_copy_keeps_its_hash_and_each_side_hands_in_one(contract):
    signer = make.make_user(unit=contract.solver)
    copy = services.deposit(
        contract=contract,
        side=Side.SOLVER,
        actor=signer,
        upload=io.BytesIO(made.pdf_file("已盖章")),
        name="乙方盖章.pdf",
    )
    assert copy.digest == copy.content.digest
    assert copy.text.version == 1
    with pytest.raises(Conflict) as refusal:
        services.deposit(
            contract=contract,
            side=Side.SOLVER,
            actor=signer,
            upload=io.BytesIO(made.pdf_file("又一份")),
            name="b.pdf",
        )
    assert refusal.value.code == "copy_there_already"
    assert SignedCopy.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "upload", "error", "code"),
    [
        ("poster", made.pdf_file(), NotAllowed, "not_a_signatory"),
        ("solver", None, Invalid, "file_required"),
        ("solver", made.docx_file(), Invalid, "file_name_lies"),
    ],
)
def test_a_copy_that_cannot_be_taken_is_refused(who, upload, error, code, contract):
    actor = make.make_user(unit=getattr(contract, who))
    with pytest.raises(error) as refusal:
        services.deposit(
            contract=contract,
            side=Side.SOLVER,
            actor=actor,
            upload=io.BytesIO(upload) if upload else None,
            name="a.pdf",
        )
    assert refusal.value.code == code
    assert SignedCopy.objects.count() == 0


class Sealer:
    """A provider of seals that there is not."""

    name = "样例签章"

    def seal(self, pdf, *, side, unit, uscc, signer):
        return Sealed(made.pdf_file(f"{unit} 章"), {"serial": "S-1", "uscc": uscc})


def test_an_electronic_seal_makes_the_copy(contract, settings):
    settings.SEALER = "tests.documents.test_texts.Sealer"
    copy = services.deposit(
        contract=contract, side=Side.SOLVER, actor=make.make_user(unit=contract.solver)
    )
    assert (copy.sealed_with, copy.certificate["uscc"]) == ("样例签章", contract.solver.uscc)
