"""Hears of commissions, and tells those whom they concern."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole, User
from jiebang.approvals.states import ObjectionState
from jiebang.commissions import policies
from jiebang.commissions.models import Commission, Objection, Opinion
from jiebang.commissions.signals import commission_moved, objection_moved, opinion_asked
from jiebang.commissions.states import State
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units

# Who of the bureau is told, and of what; what the parties are told of; what the proposer.
OF_A_ROLE = {
    State.PROPOSED: (PlatformRole.APPROVER, "定向委托待审批"),
    State.ELEVATED: (PlatformRole.DIRECTOR, "定向委托待上级审批"),
    State.APPROVED: (PlatformRole.APPROVER, "定向委托待集体审议"),
}
OF_THE_PROPOSER = {
    State.RETURNED: "定向委托被退回修改",
    State.REJECTED: "定向委托未获同意",
}
OF_THE_PARTIES = {
    State.NOTICE: "定向委托公示",
    State.FROZEN: "定向委托公示因异议暂停",
    State.CANCELLED: "定向委托因异议成立撤销",
    State.EFFECTIVE: "定向委托生效，请办理合同",
}


@receiver(commission_moved)
def tell_of_commission(commission_id: int, state: str, **_: Any) -> None:
    """Tell who has the next step, the proposer of a no, and the parties of what is public."""
    made = Commission.objects.get(pk=commission_id)
    about = f"commission:{made.pk}:{state}:{made.version}:{made.notice_ends_on}"
    said: dict[str, Any] = {"kind": Kind.AWARD, "about": about}
    desk = reverse("web:officer-commission", args=[made.pk])
    standing = State(state)
    if standing in OF_A_ROLE:
        role, subject = OF_A_ROLE[standing]
        tell(people=accounts.holding(role), subject=f"{subject}：{made}", link=desk, **said)
    elif standing in OF_THE_PROPOSER and made.proposed_by_id:
        proposer = User.objects.filter(pk=made.proposed_by_id)
        subject = OF_THE_PROPOSER[standing]
        tell(people=proposer, subject=f"{subject}：{made}", link=desk, **said)
    elif standing in OF_THE_PARTIES:
        subject = OF_THE_PARTIES[standing]
        people = units.people_of(*policies.parties_of(made))
        gone = standing == State.CANCELLED
        link = reverse("web:commissions") if gone else reverse("web:commission", args=[made.pk])
        tell(people=people, subject=f"{subject}：{made}", link=link, **said)


@receiver(opinion_asked)
def tell_of_opinion(opinion_id: int, **_: Any) -> None:
    """Tell the expert who is asked."""
    asked = Opinion.objects.select_related("commission", "expert__user").get(pk=opinion_id)
    tell(
        people=[asked.expert.user],
        kind=Kind.REVIEW,
        subject=f"请您就定向委托发表意见：{asked.commission}",
        link=reverse("web:commission-opinion", args=[asked.pk]),
        about=f"opinion:{asked.pk}",
    )


@receiver(objection_moved)
def tell_of_objection(objection_id: int, state: str, **_: Any) -> None:
    """Tell the approvers that one came, and who objected, nobody else, how it was answered."""
    made = Objection.objects.select_related("commission").get(pk=objection_id)
    said: dict[str, Any] = {
        "kind": Kind.AWARD,
        "about": f"commission-objection:{objection_id}:{state}",
        "link": reverse("web:commission-objection", args=[objection_id]),
    }
    if state == ObjectionState.RECEIVED:
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"定向委托异议待答复：{made.commission}", **said)
    else:
        label = ObjectionState(state).label
        objector = User.objects.filter(pk=made.objector_id)
        tell(people=objector, subject=f"{label}：{made.commission}", text=made.reply, **said)
