"""Files of a consortium: who opens another unit's gets a marked copy, and its owner sees it."""

import io

import pytest
from pypdf import PdfReader

from jiebang.files import services as filing
from jiebang.files.models import Download
from jiebang.openings import queries as readers
from jiebang.proposals.models import Proposal
from tests.factories import make_proposal
from tests.files import made
from tests.proposals.made import make_partner

pytestmark = pytest.mark.django_db


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
