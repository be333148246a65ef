"""Who may propose an emergency opening, decide on it, and look."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.library.policies import BUREAU
from jiebang.openings.models import Opening
from jiebang.openings.states import LIFE, Action, State
from jiebang.organizations import queries as units
from jiebang.proposals import queries as bids


def may_propose(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may propose to open: an officer tied to no party."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("应急开启由科技局经办人员提出", code="role_required")
    return _untied(actor, challenge)


def may_move(actor: User, action: str, opening: Opening) -> Decision:
    """Say whether the actor may take the step: the proposer withdraws, another person decides."""
    proposed = opening.proposed_by_id == actor.pk
    if action == Action.WITHDRAW:
        return ALLOWED if proposed else Decision("只有提出人可以撤回", code="not_the_proposer")
    if not actor.has_role(PlatformRole.APPROVER):
        return Decision("应急开启由科技局审批人员复核", code="role_required")
    if proposed:
        said = "提出人不能复核自己提出的应急开启，请由另一名审批人员办理"
        return Decision(said, code="same_person")
    return _untied(actor, opening.challenge)


def may_list(actor: User) -> Decision:
    """Say whether the actor may read what was proposed and why: the bureau."""
    if actor.has_role(*BUREAU):
        return ALLOWED
    return Decision("应急开启的办理情况只对科技局开放", code="role_required")


def may_look(actor: User, opening: Opening) -> Decision:
    """Say whether the actor may look into the solutions: the two people, once both agreed."""
    if opening.state != State.OPENED:
        return Decision("应急开启须经另一人同意，现在不能查看", code="sealed")
    if actor.pk not in (opening.proposed_by_id, opening.decided_by_id):
        return Decision("应急开启的内容只供提出人和复核人查看", code="sealed")
    return ALLOWED


def actions_for(actor: User, opening: Opening) -> list[str]:
    """Return what this person can do with it now; after closing nothing."""
    if not opening.challenge.is_sealed:
        return []
    return [a for a in LIFE.actions_from(opening.state) if may_move(actor, a, opening)]


def _untied(actor: User, challenge: Challenge) -> Decision:
    parties = {challenge.need.owner_id, *bids.bidders_of(challenge)}
    if parties & set(units.roles_of(actor)):
        return Decision("您是发榜或揭榜单位成员，应当回避，请由其他人员办理", code="recusal")
    return ALLOWED
