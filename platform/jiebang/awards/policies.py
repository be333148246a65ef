"""Who may review, decide, object and answer."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.approvals.hearings import is_running
from jiebang.awards.models import Decision, Objection
from jiebang.awards.states import DECISION, OBJECTION, DecisionAction
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.decisions import ALLOWED
from jiebang.common.decisions import Decision as Answer
from jiebang.library.policies import BUREAU
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals
from jiebang.proposals.models import Proposal
from jiebang.proposals.policies import NEVER_OPENED

BY_OBJECTION = frozenset({DecisionAction.FREEZE, DecisionAction.RESUME})
BY_PROPOSER = frozenset({DecisionAction.RESUBMIT, DecisionAction.CANCEL})


def may_award(actor: User, challenge: Challenge) -> Answer:
    """Say whether the actor may decide: an approver tied to neither the poster nor a bidder."""
    if not actor.has_role(PlatformRole.APPROVER):
        return Answer("中榜由科技局审批人员决定", code="role_required")
    return _untied(actor, challenge)


def may_propose(actor: User, challenge: Challenge) -> Answer:
    """Say whether the actor may propose a decision: an officer tied to no party."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Answer("定榜建议由科技局经办人员提出", code="role_required")
    return _untied(actor, challenge)


def may_move(actor: User, action: str, decision: Decision) -> Answer:
    """Say whether the actor may take the step; the state is the workflow's affair."""
    if action in BY_OBJECTION:
        return Answer("公示随异议的提出和答复暂停、恢复，不能单独操作", code="by_objection")
    if action in BY_PROPOSER:
        return may_propose(actor, decision.challenge)
    if decision.proposed_by_id == actor.pk and action == DecisionAction.APPROVE:
        return Answer("不能审批自己提出的定榜建议，请由其他人员办理", code="own_proposal")
    return may_award(actor, decision.challenge)


def may_keep_rules(actor: User) -> Answer:
    """Say whether the actor sets a call's rules of review and decision."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Answer("评审与定榜规则由科技局经办人员设置", code="role_required")


def may_see_scores(actor: User, challenge: Challenge) -> Answer:
    """Say whether the actor may see all scores: the bureau, once bids are open."""
    if not actor.has_role(*BUREAU):
        return Answer("评审情况只对科技局开放", code="role_required")
    if challenge.is_sealed:
        return Answer("揭榜尚未截止，还没有评审", code="sealed")
    if challenge.state == ChallengeState.WITHDRAWN:
        return Answer(NEVER_OPENED, code="never_opened")
    return ALLOWED


def may_give_opinion(actor: User, proposal: Proposal) -> Answer:
    """Say whether the actor may appraise in the poster's name: its writers."""
    owner = proposal.challenge.need.owner
    if owner is None or not units.role_in(actor, owner.pk):
        return Answer("发榜方论证由发榜单位填写", code="not_the_poster")
    return unit_policies.may_write_for(actor, owner)


def may_inquire(actor: User, proposal: Proposal) -> Answer:
    """Say whether the actor records due diligence and visits: an untied officer, once opened."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Answer("尽职调查和现场考察由科技局经办人员登记", code="role_required")
    if proposal.challenge.is_sealed:
        return Answer("揭榜尚未截止，还不能核查揭榜书", code="sealed")
    return _untied(actor, proposal.challenge)


def may_object(actor: User, decision: Decision) -> Answer:
    """Say whether the actor may object: who writes for a unit that handed in a solution."""
    mine = set(units.units_written_by(actor).values_list("pk", flat=True))
    bidders = proposals.of_challenge(decision.challenge).values_list("lead_id", flat=True)
    if mine & set(bidders):
        return ALLOWED
    return Answer("只有参加本榜题揭榜的单位可以对排序和结果提出异议", code="not_a_bidder")


def may_answer(actor: User, objection: Objection) -> Answer:
    """Say whether the actor may answer: an approver who is no party and proposed nothing."""
    if objection.decision.proposed_by_id == actor.pk:
        return Answer("不能处理对自己所提建议的异议，请由其他人员办理", code="own_proposal")
    return may_award(actor, objection.decision.challenge)


def actions_for(actor: User, decision: Decision) -> list[str]:
    """Return what this person can do with the decision now."""
    possible = DECISION.actions_from(decision.state)
    if is_running(decision):
        possible = [a for a in possible if a != DecisionAction.TAKE_EFFECT]
    return [a for a in possible if may_move(actor, a, decision)]


def answers_for(actor: User, objection: Objection) -> list[str]:
    """Return how this person can answer the objection now."""
    if not may_answer(actor, objection):
        return []
    return OBJECTION.actions_from(objection.state)


def _untied(actor: User, challenge: Challenge) -> Answer:
    bids = challenge.proposals.all()  # fetched at once where many are asked for
    parties: set[int | None] = {bid.lead_id for bid in bids if bid.state in proposals.HANDED_IN}
    parties.add(challenge.need.owner_id)
    if parties & set(units.roles_of(actor)):
        return Answer("您是发榜或揭榜单位成员，应当回避，请由其他人员决定", code="recusal")
    return ALLOWED
