"""What waits for a person of acceptance and after."""

from django.urls import reverse

from jiebang.acceptance import policies, queries
from jiebang.acceptance.models import Acceptance, Assessment, Member
from jiebang.acceptance.states import Action, Integrity, State
from jiebang.accounts.models import PlatformRole, User
from jiebang.desks.items import Todo
from jiebang.experts.states import SeatState
from jiebang.organizations import queries as units

MOST = 50  # of one kind; the lists themselves show all
SOLVER_VERBS: dict[str, str] = {
    State.DRAFT: "申请验收",
    State.RETURNED: "补正验收申请",
    State.REVISING: "修改后申请复核",
}
OFFICER_VERBS: dict[str, str] = {
    State.SUBMITTED: "审查验收申请",
    State.REVIEWING: "组织验收评议",
}
MEMBER_VERBS: dict[str, str] = {
    SeatState.INVITED: "答复验收邀请",
    SeatState.ACCEPTED: "签署验收承诺",
}


def of(user: User) -> list[Todo]:
    """Return what waits for this person."""
    found: list[Todo] = []
    if units.roles_of(user):
        found += [_apply(row) for row in queries.to_apply(user)[:MOST]]
        found += [_acceptance("评价满意度", row) for row in queries.to_rate(user)[:MOST]]
        found += [_assessment("填报成效", row) for row in queries.to_report(user)[:MOST]]
    if user.has_role(PlatformRole.EXPERT):
        found += [_seat(row) for row in queries.seats_waiting_for(user)[:MOST]]
    if user.has_role(PlatformRole.OFFICER):
        for row in queries.in_state(State.SUBMITTED, State.REVIEWING)[:MOST]:
            found.append(_acceptance(OFFICER_VERBS[row.state], row))
        proposed = queries.acceptances().filter(integrity=Integrity.PROPOSED)
        found += [_acceptance("处理诚信记录建议", row) for row in proposed[:MOST]]
        scoring = queries.to_score()[:MOST]
        found += [_assessment("绩效评分", row, dated=False) for row in scoring]
    if user.has_role(PlatformRole.APPROVER):
        found += [
            _acceptance("审批验收结论", row)
            for row in queries.in_state(State.PROPOSED)[:MOST]
            if policies.may(user, Action.APPROVE, row)
        ]
    return found


def _apply(row: Acceptance) -> Todo:
    due = row.revise_by if row.state == State.REVISING else row.due_on
    url = reverse("web:acceptance", args=[row.pk])
    return Todo(SOLVER_VERBS[row.state], row.contract.title, url, row.number, due=due)


def _acceptance(verb: str, row: Acceptance) -> Todo:
    url = reverse("web:acceptance", args=[row.pk])
    return Todo(verb, row.contract.title, url, row.number, row.contract.solver.name)


def _assessment(verb: str, row: Assessment, *, dated: bool = True) -> Todo:
    url = reverse("web:assessment", args=[row.pk])
    who, due = row.contract.solver.name, row.due_on if dated else None
    return Todo(verb, row.contract.title, url, row.number, who, due=due)


def _seat(row: Member) -> Todo:
    due = row.answer_by if row.state == SeatState.INVITED else row.review_by
    url = reverse("web:acceptance-member", args=[row.pk])
    verb = MEMBER_VERBS.get(row.state, "填写验收意见")
    return Todo(verb, row.acceptance.contract.title, url, row.acceptance.number, due=due)
