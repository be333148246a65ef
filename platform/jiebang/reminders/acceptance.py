"""Hears of acceptances, panels and assessments, and tells those whom they concern."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.acceptance import queries
from jiebang.acceptance.models import Acceptance, Member
from jiebang.acceptance.signals import acceptance_moved, assessment_moved, panel_moved
from jiebang.acceptance.states import AssessmentState, State
from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole
from jiebang.audit import queries as audit
from jiebang.common import clock
from jiebang.experts.states import SeatAction
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units

INVITED = "invite"
OF_THE_PARTIES = {
    State.SUBMITTED: "验收申请已提交",
    State.RETURNED: "验收申请被退回补正",
    State.REVIEWING: "验收申请已受理，组织专家评议",
    State.REVISING: "验收要求限期修改后复核",
    State.NOTICE: "验收结论公示",
    State.PASSED: "验收通过",
    State.CLOSED: "项目已结题",
    State.FAILED: "验收不通过",
}
TOLD_WHY = (State.RETURNED, State.REVISING, State.PASSED, State.CLOSED, State.FAILED)
TO_THE_EXPERT = {
    SeatAction.LAPSE: "验收邀请逾期未答复，已失效",
    SeatAction.REMOVE: "您的验收席位已由科技局撤换",
}


@receiver(acceptance_moved)
def tell_of_acceptance(acceptance_id: int, state: str, **_: Any) -> None:
    """Tell the parties where their acceptance stands, and the bureau what waits for it."""
    made = Acceptance.objects.select_related("contract").get(pk=acceptance_id)
    contract = made.contract
    link = reverse("web:acceptance", args=[acceptance_id])
    moment = clock.now().isoformat(timespec="seconds")
    said: dict[str, Any] = {
        "kind": Kind.CONTRACT,
        "link": link,
        "about": f"acceptance:{acceptance_id}:{state}:{moment}",
    }
    again = state == State.REVIEWING and made.conclusion  # a proposal was sent back to the officer
    if not again and (subject := OF_THE_PARTIES.get(State(state))):
        people = units.people_of(contract.poster_id, contract.solver_id)
        entry = audit.history(made).exclude(went_to="").last()
        # Why, where the parties may know: a return's reason, or an approved conclusion's.
        text = entry.note if entry and state in TOLD_WHY else ""
        tell(people=people, subject=f"{subject}：{contract.title}", text=text, **said)
    if state == State.SUBMITTED:
        people = accounts.holding(PlatformRole.OFFICER)
        tell(people=people, subject=f"验收申请待审查：{contract.title}", **said)
    elif state == State.PROPOSED:
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"验收结论待审批：{contract.title}", **said)
    elif state == State.FAILED:
        people = accounts.holding(PlatformRole.OFFICER)
        tell(people=people, subject=f"请处理诚信记录建议：{contract.title}", **said)


@receiver(panel_moved)
def tell_of_member(member_id: int, action: str, **_: Any) -> None:
    """Tell the expert of an invitation and of its end."""
    member = Member.objects.select_related("expert__user", "acceptance__contract").get(pk=member_id)
    said: dict[str, Any] = {
        "people": [member.expert.user],
        "kind": Kind.REVIEW,
        "link": reverse("web:acceptance-member", args=[member_id]),
        "about": f"member:{member_id}:{action}",
    }
    title = member.acceptance.contract.title
    if action == INVITED:
        tell(subject=f"邀请您参加验收：{title}", due=member.answer_by, **said)
    elif action in TO_THE_EXPERT:
        tell(subject=f"{TO_THE_EXPERT[SeatAction(action)]}：{title}", **said)


@receiver(assessment_moved)
def tell_of_assessment(assessment_id: int, state: str, **_: Any) -> None:
    """Tell the officers that effects were reported, and the unit how they were taken."""
    made = queries.assessments().get(pk=assessment_id)
    moment = clock.now().isoformat(timespec="seconds")
    said: dict[str, Any] = {
        "kind": Kind.CONTRACT,
        "link": reverse("web:assessment", args=[assessment_id]),
        "about": f"assessment:{assessment_id}:{state}:{moment}",
    }
    title = made.contract.title
    if state in (AssessmentState.REPORTED, AssessmentState.REPLIED):
        people = accounts.holding(PlatformRole.OFFICER)
        tell(people=people, subject=f"绩效评价{made.get_state_display()}：{title}", **said)
    else:
        people = units.people_of(made.contract.solver_id)
        tell(people=people, subject=f"绩效评价{made.get_state_display()}：{title}", **said)
