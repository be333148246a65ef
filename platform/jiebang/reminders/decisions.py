"""Hears of decisions and objections, and tells those whom they concern."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole, User
from jiebang.awards import queries as awards
from jiebang.awards.models import Decision, Objection, Review
from jiebang.awards.signals import decision_moved, objection_moved, review_made
from jiebang.awards.states import DecisionState, ObjectionState
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals

# What the parties are told, and what the bureau's approvers are.
OF_THE_PARTIES = {
    DecisionState.NOTICE: "中榜公示",
    DecisionState.FROZEN: "中榜公示因异议暂停",
    DecisionState.CANCELLED: "定榜建议已撤销，将重新评定",
}
OF_THE_APPROVERS = {
    DecisionState.PROPOSED: "定榜建议待审批",
    DecisionState.APPROVED: "定榜建议待集体审议",
}


@receiver(decision_moved)
def tell_of_decision(decision_id: int, state: str, **_: Any) -> None:
    """Tell poster and bidders what was published or fell, and the bureau what waits for it."""
    decision = Decision.objects.select_related("challenge__need").get(pk=decision_id)
    challenge, made = decision.challenge, DecisionState(state)
    # A step is taken anew when a decision is proposed again or a notice goes on.
    turn = f"{decision.proposed_at:%Y%m%d%H%M%S}:{decision.notice_ends_on}"
    about = f"decision:{decision_id}:{state}:{turn}"
    said: dict[str, Any] = {"kind": Kind.AWARD, "about": about}
    desk = reverse("web:officer-decision", args=[challenge.pk])
    if subject := OF_THE_APPROVERS.get(made):
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"{subject}：{challenge}", link=desk, **said)
    elif made == DecisionState.RETURNED:
        proposer = User.objects.filter(pk=decision.proposed_by_id)
        tell(people=proposer, subject=f"定榜建议被退回修改：{challenge}", link=desk, **said)
    elif decision.published_at and (subject := OF_THE_PARTIES.get(made)):
        bidders = proposals.of_challenge(challenge).values_list("lead", flat=True)
        link = reverse("web:notice", args=[decision_id])
        if made == DecisionState.CANCELLED:
            link = reverse("web:challenge", args=[challenge.pk])
        people = units.people_of(*bidders, challenge.need.owner_id)
        tell(people=people, subject=f"{subject}：{challenge}", link=link, **said)


@receiver(review_made)
def tell_of_spread(review_id: int, **_: Any) -> None:
    """Ask the officers for another expert where the scores lie too far apart."""
    challenge = Review.objects.get(pk=review_id).proposal.challenge
    if awards.disputed().filter(pk=challenge.pk).exists():
        tell(
            people=accounts.holding(PlatformRole.OFFICER),
            kind=Kind.REVIEW,
            subject=f"评分分歧过大，请增加评审专家：{challenge}",
            link=reverse("web:officer-panel", args=[challenge.pk]),
            about=f"spread:{challenge.pk}",
        )


@receiver(objection_moved)
def tell_of_objection(objection_id: int, state: str, **_: Any) -> None:
    """Tell the approvers that one came, and who objected, nobody else, how it was answered."""
    made = Objection.objects.select_related("decision__challenge").get(pk=objection_id)
    said: dict[str, Any] = {
        "kind": Kind.AWARD,
        "about": f"objection:{objection_id}:{state}",
        "link": reverse("web:objection", args=[objection_id]),
    }
    title = made.decision.challenge
    if state == ObjectionState.RECEIVED:
        people = accounts.holding(PlatformRole.APPROVER)
        tell(people=people, subject=f"异议待答复：{title}", **said)
    else:
        objector = User.objects.filter(pk=made.objector_id)
        label = ObjectionState(state).label
        tell(people=objector, subject=f"{label}：{title}", text=made.reply, **said)
