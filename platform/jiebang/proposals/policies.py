"""Who may do what to a solution, and who may read it when."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import registry
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import BY_AWARD, LIFE, State

READERS = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)
NOT_HANDED_IN = frozenset({State.DRAFT, State.WITHDRAWN})
NEVER_OPENED = "榜题已撤榜，揭榜书不再开启，任何人都不能查看他人的揭榜书"


def may_bid(actor: User, challenge: Challenge, lead: Organization) -> Decision:
    """Say whether the actor may bid in this unit's name; the poster itself may not."""
    if challenge.need.owner_id == lead.pk:
        return Decision("发榜单位不能揭自己的榜", code="own_challenge")
    return unit_policies.may_write_for(actor, lead)


def may(actor: User, action: str, proposal: Proposal) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    if action in BY_AWARD:
        return Decision("这一步随定榜办理，不能单独操作", code="by_award")
    return may_bid(actor, proposal.challenge, proposal.lead)


def may_read(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may read the content: its unit always; poster and bureau once opened.

    Drafts and withdrawn solutions are never anybody else's affair.
    """
    if units.role_in(actor, proposal.lead_id):
        return ALLOWED
    if proposal.challenge.is_sealed:
        early = proposal.state not in NOT_HANDED_IN and registry.asked(
            registry.EARLY, actor, proposal
        )
        return early or Decision("揭榜截止前，任何人都不能查看他人的揭榜书", code="sealed")
    if proposal.challenge.state == ChallengeState.WITHDRAWN:
        return Decision(NEVER_OPENED, code="never_opened")
    if proposal.state in NOT_HANDED_IN:
        return Decision("这份揭榜书没有提交", code="not_submitted")
    owner = proposal.challenge.need.owner_id
    if actor.has_role(*READERS) or (owner and units.role_in(actor, owner)):
        return ALLOWED
    return Decision("揭榜书只对发榜单位和科技局开放", code="not_a_party")


def may_open(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may open the solution's files: its readers, and its reviewers."""
    said = may_read(actor, proposal)
    if said or said.code != "not_a_party":
        return said
    return registry.asked(registry.READERS, actor, proposal) or said


def may_list(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may see who bid: poster and bureau, once opened."""
    owner = challenge.need.owner_id
    insider = actor.has_role(*READERS) or (owner and units.role_in(actor, owner))
    if not insider and not (actor.is_superuser and challenge.is_sealed):
        return Decision("揭榜情况只对发榜单位和科技局开放", code="not_a_party")
    if challenge.is_sealed:
        return Decision("揭榜截止前只显示数量，不显示揭榜单位和内容", code="sealed")
    if challenge.state == ChallengeState.WITHDRAWN:
        return Decision(NEVER_OPENED, code="never_opened")
    return ALLOWED


def actions_for(actor: User, proposal: Proposal) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    return [a for a in LIFE.actions_from(proposal.state) if may(actor, a, proposal)]
