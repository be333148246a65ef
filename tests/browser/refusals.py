"""What is refused in a browser: by its status and code, and with nothing written."""

from jiebang.acceptance.models import Acceptance, Assessment
from jiebang.audit.models import Entry
from jiebang.awards.models import Award, BidCriterion, Decision, Review
from jiebang.awards.models import Objection as AwardObjection
from jiebang.challenges.models import Amendment, Challenge, Question
from jiebang.commissions.models import Commission, Objection, Opinion, Version
from jiebang.contracts.models import (
    ChangeRequest,
    Contract,
    Milestone,
    MilestoneReport,
    Payment,
    Settlement,
    Signature,
)
from jiebang.experts.models import Draw, Seat, Waiver
from jiebang.files.models import Attachment, Download
from jiebang.library.models import NeedVersion, TechNeed
from jiebang.openings.models import Look, Opening
from jiebang.proposals.models import PartnerInvitation, Party, Proposal, Receipt

KINDS = (
    *(Commission, Opinion, Version, Objection, TechNeed, Entry),
    *(NeedVersion, Challenge, Amendment, Question, Proposal, Receipt, Party, PartnerInvitation),
    *(Attachment, Download, Opening, Look, Draw, Seat, Waiver),
    *(BidCriterion, Review, Decision, AwardObjection, Award),
    *(Acceptance, Assessment),
    *(Contract, Milestone, MilestoneReport, Signature, Payment, ChangeRequest, Settlement),
)


def standing():
    """Return every row that a refusal must leave as it was."""
    return [list(kind.objects.order_by("pk").values()) for kind in KINDS]


def refused(person, path, status, code="", **data):
    """See that what is posted there is refused so; a form's own answer has no code."""
    before = standing()
    answer = person.forge(path, **data)
    told = answer.status, answer.headers.get("refusal", "")
    assert told == (status, code), f"{path} answered {told}"
    assert standing() == before
    return answer.text()


def closed(person, path, status, code):
    """See that a page or file is not for this person, and that trying leaves no trace."""
    before = standing()
    answer = person.page.request.get(path, max_redirects=0)
    told = answer.status, answer.headers.get("refusal", "")
    assert told == (status, code), f"{path} answered {told}"
    assert standing() == before


def refused_form(person, label, status, code=""):
    """See that the form as it is filled in is refused so, also where the browser would hold it."""
    before = standing()
    person.page.evaluate("for (const form of document.forms) form.noValidate = true")
    with person.page.expect_response(lambda r: r.request.method == "POST") as answer:
        person.page.get_by_role("button", name=label, exact=True).click()
    person.page.wait_for_load_state()
    assert (answer.value.status, answer.value.headers.get("refusal", "")) == (status, code)
    assert standing() == before
