"""Files of a bid that several units write: what counts, what is frozen, who gets a marked copy."""

import io

import pytest
from pypdf import PdfReader

from jiebang.common.errors import Invalid
from jiebang.files import policies as files
from jiebang.files import services as filing
from jiebang.files.models import Download
from jiebang.openings import queries as readers
from jiebang.proposals import services
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import State
from tests.factories import make_proposal
from tests.files import made
from tests.proposals.made import make_file, make_partner

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "said"), [("pending", "请稍候再提交"), ("infected", "请移除后重新提交")]
)
def test_nothing_is_handed_in_with_a_file_that_does_not_count(state, said):
    proposal = make_proposal()
    make_file(proposal, "plan", state)
    with pytest.raises(Invalid) as caught:
        services.submit(proposal=proposal, actor=proposal.author)
    ((sentence,),) = caught.value.fields.values()
    assert (list(caught.value.fields), sentence.endswith(said)) == (["files"], True)
    assert Proposal.objects.get().state == State.DRAFT


def test_the_receipt_names_every_file_by_its_hash_and_the_list_is_locked():
    proposal = make_proposal()
    row = make_file(proposal, "plan")
    receipt = services.submit(proposal=proposal, actor=proposal.author)
    assert [f["sha256"] for f in receipt.content["files"]] == [row.content.digest]
    submitted = Proposal.objects.get()
    assert files.may_write(proposal.author, submitted).code == "not_in_progress"


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_who_opens_a_file_of_another_unit_of_the_consortium_gets_a_marked_copy_and_is_logged(
    state, settings, tmp_path
):
    settings.FILES_DIR, settings.CLAMD = tmp_path, ""
    proposal = make_proposal()
    party = make_partner(proposal, right="edit")
    partner, lead = party.joined_by, proposal.author

    def hand_in(actor, name):
        return filing.attach(
            thing=proposal, slot="plan", upload=io.BytesIO(made.pdf_file(name)),
            name=f"{name}.pdf", actor=actor, is_confidential=True, reason="含工艺参数",
        )  # fmt: skip

    of_lead, of_partner = hand_in(lead, "牵头单位方案"), hand_in(partner, "成员单位方案")
    Proposal.objects.update(state=state)

    seen = {}
    for row in (of_lead, of_partner):
        for reader in (lead, partner):
            opened = filing.open_for(thing=proposal, attachment=row, reader=reader)
            with opened.stream as stream:
                text = PdfReader(stream).pages[0].extract_text()
            seen[row.name, reader] = reader.display_name in text

    assert seen == {
        ("牵头单位方案.pdf", lead): False,
        ("牵头单位方案.pdf", partner): True,
        ("成员单位方案.pdf", lead): True,
        ("成员单位方案.pdf", partner): False,
    }
    log = Download.objects.order_by("pk").values_list("reader_name", "unit_name", "marked")
    assert list(log) == [
        (partner.display_name, party.unit.name, True),
        (lead.display_name, proposal.lead.name, True),
    ]
    told = [row.reader_name for row in readers.readings_of(proposal)]
    assert told == [lead.display_name, partner.display_name]
