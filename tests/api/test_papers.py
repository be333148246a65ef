"""Papers through the interface: the pages' own files, for the same readers, in both forms."""

import io

import docx
import pytest
from pypdf import PdfReader

from jiebang.acceptance.models import AcceptanceRules
from tests.acceptance import steps as acceptances
from tests.commissions import steps as commissions
from tests.factories import make_approver

pytestmark = pytest.mark.django_db
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def text_of(answer, form):
    """Return what a file says, lines and cells run together."""
    assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA[form])
    assert answer["Cache-Control"] == "private, no-store"
    content = io.BytesIO(b"".join(answer.streaming_content))
    if form == "pdf":
        return "".join(page.extract_text() for page in PdfReader(content).pages).replace("\n", "")
    made = docx.Document(content)
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "".join([*(line.text for line in made.paragraphs), *cells])


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("form", MEDIA)
def test_the_certificate_names_panel_and_deciders_with_their_days(client_for, form):
    case = acceptances.make_case()
    acceptances.to_votes(case)
    at = f"/api/v1/acceptances/{acceptances.fresh(case).pk}/papers"
    solver = client_for(case.solver)
    refused(solver.get(f"{at}/certificate/{form}/"), 409, "not_concluded")
    acceptances.propose(case)
    acceptances.approve(case)
    thing = acceptances.fresh(case)

    said = text_of(solver.get(f"{at}/certificate/{form}/"), form)
    day = f"{thing.approved_at:%Y}年"
    for name in [*(str(m.expert) for m in thing.members.filter(state="done")), str(case.officer)]:
        assert name in said
    for words in (str(case.approver), str(case.poster), "表决结果：通过 3 人", "提出结论", day):
        assert words in said

    AcceptanceRules.objects.update(panel_named=False)
    said = text_of(solver.get(f"{at}/certificate/{form}/"), form)
    assert [str(m.expert) in said for m in thing.members.filter(state="done")] == [False] * 3
    assert "专家1" in said
    assert "表决结果：通过 3 人" in said


@pytest.mark.parametrize("form", MEDIA)
def test_the_dossier_has_the_votes_for_whom_they_are_open(client_for, form):
    case = acceptances.make_case()
    acceptances.to_votes(case)
    thing = acceptances.fresh(case)
    at = f"/api/v1/acceptances/{thing.pk}/papers/dossier/{form}/"
    assert acceptances.TEXT in text_of(client_for(case.officer).get(at), form)
    assert "专家意见" not in text_of(client_for(case.solver).get(at), form)


@pytest.mark.parametrize("form", MEDIA)
def test_the_file_of_a_commission_is_the_bureaus(client_for, form):
    made = commissions.propose()
    at = f"/api/v1/commissions/{made.pk}/paper/"
    said = text_of(client_for(make_approver()).get(at, {"form": form}), form)
    assert commissions.REASON in said
    assert "第 1 版提交时" in said
    refused(client_for(acceptances.make_user()).get(at), 403, "role_required")
    refused(client_for(make_approver()).get(at, {"form": "odt"}), 422, "invalid")


@pytest.mark.parametrize(
    "path", ["acceptances/{}/papers/dossier/odt/", "acceptances/{}/papers/letter/pdf/"]
)
def test_there_is_no_other_paper_and_no_other_form(client_for, path):
    case = acceptances.make_case()
    acceptances.submit(case)
    address = f"/api/v1/{path.format(acceptances.fresh(case).pk)}"
    refused(client_for(case.officer).get(address), 404, "not_found")
