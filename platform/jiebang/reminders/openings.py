"""Hears of emergency openings: who decides is told, and once it is open everybody concerned."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from jiebang.accounts import queries as accounts
from jiebang.accounts.models import PlatformRole, User
from jiebang.notifications.services import tell
from jiebang.notifications.states import Kind
from jiebang.openings.models import Opening
from jiebang.openings.signals import opening_moved
from jiebang.openings.states import State
from jiebang.organizations import queries as units
from jiebang.proposals import queries as bids


@receiver(opening_moved)
def tell_of_opening(opening_id: int, state: str, **_: Any) -> None:
    """Tell approvers what waits; bidders, poster and proposer that it is open."""
    made = Opening.objects.select_related("challenge__need", "proposed_by").get(pk=opening_id)
    challenge, desk = made.challenge, reverse("web:officer-openings", args=[made.challenge_id])
    said: dict[str, Any] = {"kind": Kind.CHALLENGE, "about": f"opening:{opening_id}:{state}"}
    proposer = User.objects.filter(pk=made.proposed_by_id)
    match state:
        case State.PROPOSED:
            approvers = accounts.holding(PlatformRole.APPROVER).exclude(pk=made.proposed_by_id)
            subject = f"应急开启待复核：{challenge.title}"
            tell(people=approvers, subject=subject, text=made.reason, link=desk, **said)
        case State.OPENED:
            subject = f"揭榜书已应急开启：{challenge.title}"
            text = (
                f"理由：{made.reason}。经两人同意，两人可以查看已提交的揭榜书，每次查看都有记录；"
                "其他人截止前仍不能查看。截止前您仍可撤回、修改后重新提交。"
            )
            link = f"{reverse('web:challenge', args=[challenge.pk])}#opening"
            people = units.people_of(challenge.need.owner_id, *bids.bidders_of(challenge))
            tell(people=people, subject=subject, text=text, link=link, **said)
            tell(people=proposer, subject=subject, text=made.reason, link=desk, **said)
        case State.DECLINED:
            subject = f"应急开启未获同意：{challenge.title}"
            tell(people=proposer, subject=subject, link=desk, **said)
