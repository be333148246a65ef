"""The files of decisions: evidence of an objection, minutes, what an inquiry brought home."""

from typing import Any

from django.db.models import QuerySet

from jiebang.accounts.models import User
from jiebang.awards import policies, queries
from jiebang.awards.models import Decision, Inquiry, Objection
from jiebang.awards.states import LIVE, DecisionState, ObjectionState
from jiebang.common.decisions import ALLOWED
from jiebang.common.decisions import Decision as Answer
from jiebang.files.registry import Held, Holder, Slot, register
from jiebang.library.policies import BUREAU
from jiebang.organizations.models import Organization

EVIDENCE = (Slot("evidence", "异议证据", help="检测报告、往来函件等；只有处理异议的人员可以打开"),)
MINUTES = (Slot("minutes", "会议纪要", most=3, help="集体审议的会议纪要，只供科技局查阅"),)
FINDINGS = (Slot("findings", "核查材料", help="现场照片、财务和资质材料的复印件"),)


def _objections(actor: User | None) -> QuerySet[Objection]:
    return Objection.objects.none() if actor is None else queries.objections_visible_to(actor)


def _adds_evidence(actor: User, objection: Objection) -> Answer:
    if objection.objector_id != actor.pk:
        return Answer("证据由提出异议的本人提交", code="not_the_objector")
    if objection.state != ObjectionState.RECEIVED:
        return Answer("异议已经答复，不能再补充证据", code="answered")
    return ALLOWED


def _reads_objection(actor: User | None, objection: Objection, held: Held) -> Answer:
    """Whom `visible` lets through may read: who objected, and who handles it."""
    return ALLOWED


def _unit(actor: User, objection: Objection) -> Organization | None:
    return objection.unit


def _decisions(actor: User | None) -> QuerySet[Decision]:
    known = actor is not None and actor.has_role(*BUREAU)
    return queries.decisions() if known else Decision.objects.none()


def _adds_minutes(actor: User, decision: Decision) -> Answer:
    if decision.state not in (DecisionState.APPROVED, DecisionState.NOTICE, DecisionState.FROZEN):
        return Answer("会议纪要在集体审议和公示期间提交", code="not_in_progress")
    may = policies.may_award(actor, decision.challenge)
    return may or policies.may_propose(actor, decision.challenge)


def _inquiries(actor: User | None) -> QuerySet[Inquiry]:
    rows = Inquiry.objects.select_related("proposal__challenge__need__owner", "proposal__lead")
    return rows if actor is not None and actor.has_role(*BUREAU) else rows.none()


def _adds_findings(actor: User, inquiry: Inquiry) -> Answer:
    if inquiry.noted_by_id != actor.pk:
        return Answer("核查材料由登记核查的人员提交", code="not_yours")
    if inquiry.proposal.challenge.decisions.filter(state__in=LIVE).exists():
        return Answer("定榜建议已经提出，核查材料不能再改", code="decision_under_way")
    return ALLOWED


def _bureau(actor: User | None, thing: Any, held: Held) -> Answer:
    """Whom `visible` lets through is of the bureau."""
    return ALLOWED


register(
    Holder(
        name="objection",
        model="awards.objection",
        slots=lambda objection: EVIDENCE,
        visible=_objections,
        may_read=_reads_objection,
        may_write=_adds_evidence,
        marked=lambda objection, held: True,
        unit=_unit,
    )
)
register(
    Holder(
        name="decision",
        model="awards.decision",
        slots=lambda decision: MINUTES,
        visible=_decisions,
        may_read=_bureau,
        may_write=_adds_minutes,
    )
)
register(
    Holder(
        name="inquiry",
        model="awards.inquiry",
        slots=lambda inquiry: FINDINGS,
        visible=_inquiries,
        may_read=_bureau,
        may_write=_adds_findings,
    )
)
