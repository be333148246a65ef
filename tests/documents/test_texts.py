"""Texts of contracts: made from templates, fixed when sent for signing, signed with their hash."""

import io
import zipfile
from decimal import Decimal

import docx
import pytest
from pypdf import PdfReader

from jiebang.common.errors import Conflict, Invalid, NotAllowed, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import Side, State
from jiebang.documents import facts, pack, pledges, queries, services
from jiebang.documents.models import ContractText, Pledge, Registration, SignedCopy, Template
from jiebang.documents.registry import Sealed
from jiebang.jobs.models import Job
from jiebang.ledger.models import Record
from tests import factories as make
from tests.files import made
from tests.files.conftest import _own_folder  # noqa: F401 -- every test here wants it

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract():
    thing = make.make_contract("signing")
    amount = Decimal("123456.789")
    days = {"starts_on": "2026-12-01", "ends_on": "2028-11-30"}
    Contract.objects.filter(pk=thing.pk).update(version=1, amount=amount, ceiling=amount, **days)
    thing.refresh_from_db()
    return thing


def bytes_of(content):
    with services.content_file(content) as file:
        return file.read()


def text_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def template(*lines):
    document, out = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(out)
    return io.BytesIO(out.getvalue())


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


def test_a_bureau_gives_its_own_template_and_goes_back(contract):
    officer = make.make_officer()
    given = services.give_template(
        kind="contract",
        upload=template("{{ title }}", "总额 {{ amount_words }}"),
        name="本市合同.docx",
        why="换成本市范本",
        actor=officer,
    )
    assert (given.number, given.is_used) == (1, True)
    text = services.make(contract=contract)
    assert text.template == given
    assert "总额 人民币" in text_of(bytes_of(text.pdf))
    services.use_builtin(kind="contract", actor=officer)
    assert queries.used("contract") is None
    services.use_template(template=Template.objects.get(), actor=officer)
    assert queries.used("contract") == given


@pytest.mark.parametrize(
    ("upload", "why", "code"),
    [
        (lambda: template("{{ nobody }}"), "改", "template_faulty"),
        (lambda: template("{% for x in %}"), "改", "template_faulty"),
        (lambda: template("{{ title.__class__.__mro__ }}"), "改", "template_faulty"),
        (lambda: template("{{ title }}"), " ", "reason_required"),
        (lambda: io.BytesIO(made.pdf_file()), "改", "file_name_lies"),
    ],
)
def test_a_faulty_template_is_refused_and_nothing_changes(upload, why, code):
    with pytest.raises(Invalid) as refusal:
        services.give_template(
            kind="contract", upload=upload(), name="a.docx", why=why, actor=make.make_officer()
        )
    assert refusal.value.code == code
    assert Template.objects.count() == 0


def test_the_sample_knows_every_name():
    assert facts.sample().keys() == facts.NAMES.keys()


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
