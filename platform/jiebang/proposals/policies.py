"""Who may do what to a solution, and who may read it when."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import registry
from jiebang.proposals.models import LatePermission, Party, Proposal
from jiebang.proposals.states import BY_AWARD, LATE_LIFE, LIFE, Right, State

READERS = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)
NOT_HANDED_IN = frozenset({State.INTENTION, State.DRAFT, State.WITHDRAWN})
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
    if not units.role_in(actor, proposal.lead_id) and partner_of(actor, proposal):
        return Decision("提交、撤回等事项由牵头单位办理，请与牵头单位联系", code="lead_only")
    return may_bid(actor, proposal.challenge, proposal.lead)


def partner_of(actor: User, proposal: Proposal) -> Party | None:
    """Return the partner in whose unit the actor is, or None."""
    return next(
        (p for p in proposal.parties.all() if not p.leads and units.role_in(actor, p.unit_id)),
        None,
    )


def is_party(actor: User, proposal: Proposal) -> bool:
    """Say whether the actor belongs to the lead or to a partner."""
    return bool(units.role_in(actor, proposal.lead_id) or partner_of(actor, proposal))


def may_edit(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may write on it: the lead, and partners with the right to edit."""
    return _with_right(actor, proposal, (Right.EDIT,), "修改")


def may_comment(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may remark on it."""
    return _with_right(actor, proposal, (Right.EDIT, Right.COMMENT), "批注")


def may_lead(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may invite and share out: who writes for the lead."""
    if not units.role_in(actor, proposal.lead_id) and partner_of(actor, proposal):
        return Decision("联合体成员和资金分配由牵头单位办理", code="lead_only")
    return unit_policies.may_write_for(actor, proposal.lead)


def may_confirm(actor: User, party: Party) -> Decision:
    """Say whether the actor may sign for this partner."""
    if party.leads:
        return Decision("牵头单位以提交揭榜书为确认，不必另行签署", code="lead_hands_in")
    return unit_policies.may_write_for(actor, party.unit)


def may_read(actor: User, proposal: Proposal) -> Decision:
    """Say whether the actor may read the content: its units always; poster and bureau once opened.

    Drafts and withdrawn solutions are never anybody else's affair.
    """
    if is_party(actor, proposal):
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
    for rules in (registry.VETOES, registry.READERS):
        if (answer := registry.asked(rules, actor, proposal)) is not None:
            return answer
    return said


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


def may_propose_late(actor: User, challenge: Challenge, unit: Organization | None) -> Decision:
    """Say whether the actor may ask that this unit hand in late: an officer who is no party."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("逾期许可由科技局经办人员提出", code="role_required")
    return _unconcerned(actor, challenge, unit)


def may_decide_late(actor: User, action: str, permission: LatePermission) -> Decision:
    """Say whether the actor may decide on it: somebody else of the bureau, who is no party."""
    if not actor.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER):
        return Decision("逾期许可由科技局复核", code="role_required")
    if permission.proposed_by_id == actor.pk:
        return Decision("提出人不能复核自己提出的逾期许可，请由另一人办理", code="same_person")
    return _unconcerned(actor, permission.challenge, permission.unit)


def late_actions_for(actor: User, permission: LatePermission) -> list[str]:
    """Return what this person can decide now."""
    steps = LATE_LIFE.actions_from(permission.state)
    return [action for action in steps if may_decide_late(actor, action, permission)]


def _unconcerned(actor: User, challenge: Challenge, unit: Organization | None) -> Decision:
    owner = challenge.need.owner_id
    if (owner and units.role_in(actor, owner)) or (unit and units.role_in(actor, unit)):
        return Decision("您是当事单位成员，应当回避，请由其他人员办理", code="recusal")
    return ALLOWED


def _with_right(actor: User, proposal: Proposal, rights: tuple[Right, ...], what: str) -> Decision:
    if units.role_in(actor, proposal.lead_id):
        return unit_policies.may_write_for(actor, proposal.lead)
    party = partner_of(actor, proposal)
    if party is None:
        return Decision("您所在的单位不是这份揭榜书的成员", code="not_member")
    if party.right not in rights:
        return Decision(
            f"您所在的单位只有“{party.get_right_display()}”权限，不能{what}；请联系牵头单位调整权限",
            code="right_required",
        )
    return unit_policies.may_write_for(actor, party.unit)
