"""Who may decide on an award."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals


def may_award(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may decide: an approver tied to neither the poster nor a bidder."""
    if not actor.has_role(PlatformRole.APPROVER):
        return Decision("中榜由科技局审批人员决定", code="role_required")
    parties: set[int | None] = set(
        proposals.of_challenge(challenge).values_list("lead_id", flat=True)
    )
    parties.add(challenge.need.owner_id)
    if parties & set(units.roles_of(actor)):
        return Decision("您是发榜或揭榜单位成员，应当回避，请由其他人员决定", code="recusal")
    return ALLOWED
