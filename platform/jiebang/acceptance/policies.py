"""Who may apply, say whether they are content, judge, vote, conclude, assess and answer."""

from jiebang.acceptance.models import Acceptance, Assessment, Member, TrackItem
from jiebang.acceptance.states import (
    ASSESSMENT_LIFE,
    LIFE,
    OPEN,
    Action,
    AssessmentAction,
    State,
)
from jiebang.accounts.models import PlatformRole, User
from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts.models import Contract
from jiebang.contracts.policies import READERS
from jiebang.experts.policies import BY_EXPERT, BY_SYSTEM
from jiebang.experts.states import SEAT, SeatState
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization

OPENED = (SeatState.UNDERTAKEN, SeatState.DONE)
# What follows an approved conclusion; the approver starts it once a notice has ended.
EFFECTS = frozenset({Action.PASS, Action.CLOSE, Action.FAIL, Action.REVISE})
BY_SYSTEM_ALONE = frozenset({Action.ANNOUNCE, Action.CANCEL})
BY_APPROVER = frozenset({Action.APPROVE, Action.SEND_BACK}) | EFFECTS


def may(actor: User, action: str, acceptance: Acceptance) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    contract = acceptance.contract
    if action in BY_SYSTEM_ALONE:
        return Decision("这一步随审批和合同办理，不能单独操作", code="system_only")
    if action == Action.SUBMIT:
        return unit_policies.may_write_for(actor, contract.solver)
    if action in BY_APPROVER:
        if action == Action.APPROVE and acceptance.proposed_by_id == actor.pk:
            sentence = "不能审批自己提出的验收结论，请由其他人员办理"
            return Decision(sentence, code="own_proposal")
        return _bureau(actor, contract, PlatformRole.APPROVER)
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_apply(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may write the application: the solver's writers."""
    return unit_policies.may_write_for(actor, contract.solver)


def may_say_satisfied(actor: User, acceptance: Acceptance) -> Decision:
    """Say whether the actor may say how content the poster is: its writers."""
    poster = acceptance.contract.poster
    if poster is None:
        return Decision("这份合同没有发榜单位，不作满意度评价", code="no_poster")
    if not units.role_in(actor, poster):
        return Decision("需求方满意度由发榜单位填写", code="not_the_poster")
    return unit_policies.may_write_for(actor, poster)


def may_convene(actor: User, acceptance: Acceptance) -> Decision:
    """Say whether the actor may draw the panel: an officer tied to neither party."""
    return _bureau(actor, acceptance.contract, PlatformRole.OFFICER)


def may_move_member(actor: User, action: str, member: Member) -> Decision:
    """Say whether the actor may take the step with a seat; the state is the workflow's affair."""
    if action in BY_SYSTEM:
        return Decision("这一步由系统办理，不能单独操作", code="system_only")
    if action in BY_EXPERT:
        if member.expert.user_id != actor.pk:
            return Decision("这份验收邀请不是发给您的", code="not_invited")
        return ALLOWED
    return may_convene(actor, member.acceptance)


def may_vote(actor: User, member: Member) -> Decision:
    """Say whether the actor may give this vote: the member, once the undertaking is signed."""
    if member.expert.user_id != actor.pk:
        return Decision("这份验收意见由受邀专家本人填写", code="not_invited")
    if member.state not in OPENED:
        return Decision("请先接受邀请并签署承诺，再填写意见", code="undertaking_missing")
    return ALLOWED


def may_read(actor: User | None, acceptance: Acceptance) -> bool:
    """Say whether the actor may read it: the parties, the bureau, members who have signed."""
    if actor is None or not actor.is_authenticated:
        return False
    contract = acceptance.contract
    if actor.has_role(*READERS):
        return True
    if {contract.poster_id, contract.solver_id} & set(units.roles_of(actor)):
        return True
    return acceptance.members.filter(expert__user=actor, state__in=OPENED).exists()


def may_see_votes(actor: User, acceptance: Acceptance) -> Decision:
    """Say whether the actor may read the members' votes: the bureau; the parties at the end."""
    if actor.has_role(*READERS):
        return ALLOWED
    if acceptance.state in OPEN:
        return Decision("专家意见在结论生效后公开给合同各方", code="votes_closed")
    return ALLOWED


def hidden_steps(actor: User, acceptance: Acceptance) -> tuple[str, ...]:
    """Return the steps whose record the actor may not read yet: a conclusion not in effect."""
    if may_see_votes(actor, acceptance):
        return ()
    return (Action.PROPOSE, Action.SEND_BACK, Action.APPROVE)


def may_keep_rules(actor: User) -> Decision:
    """Say whether the actor sets a call's rules of acceptance."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("验收规则由科技局经办人员设置", code="role_required")


def may_settle_integrity(actor: User, acceptance: Acceptance) -> Decision:
    """Say whether the actor may enter or drop the proposed record: an untied officer."""
    return _bureau(actor, acceptance.contract, PlatformRole.OFFICER)


def may_assess(actor: User, action: str, assessment: Assessment) -> Decision:
    """Say whether the actor may take the step: the unit reports and replies, an officer scores."""
    if action in (AssessmentAction.REPORT, AssessmentAction.REPLY):
        return unit_policies.may_write_for(actor, assessment.contract.solver)
    return _bureau(actor, assessment.contract, PlatformRole.OFFICER)


def may_note_dispute(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may note a dispute about the contract: an untied officer."""
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_answer(actor: User, item: TrackItem) -> Decision:
    """Say whether the actor may answer an item of the track record: the unit's writers."""
    return unit_policies.may_write_for(actor, item.organization)


def may_answer_for(actor: User | None, organization: Organization) -> bool:
    """Say whether the person may answer items of this unit; asked once for a whole page."""
    return actor is not None and bool(unit_policies.may_write_for(actor, organization))


def notice_runs(acceptance: Acceptance) -> bool:
    """Say whether the conclusion is under notice and the notice has not ended."""
    end = acceptance.notice_ends_on
    return acceptance.state == State.NOTICE and end is not None and clock.today() <= end


def actions_for(actor: User, acceptance: Acceptance) -> list[str]:
    """Return what this person can do with the acceptance now."""
    possible = LIFE.actions_from(acceptance.state)
    if notice_runs(acceptance):
        return []
    if acceptance.state in (State.APPROVED, State.NOTICE):
        possible = [a for a in possible if a == acceptance.conclusion]
    return [a for a in possible if may(actor, a, acceptance)]


def member_actions_for(actor: User, member: Member) -> list[str]:
    """Return what this person can do with the seat now."""
    return [a for a in SEAT.actions_from(member.state) if may_move_member(actor, a, member)]


def assessment_actions_for(actor: User, assessment: Assessment) -> list[str]:
    """Return what this person can do with the assessment now."""
    possible = ASSESSMENT_LIFE.actions_from(assessment.state)
    return [a for a in possible if may_assess(actor, a, assessment)]


def _bureau(actor: User, contract: Contract, role: PlatformRole) -> Decision:
    if not actor.has_role(role):
        return Decision(f"此事由{role.label}人员办理", code="role_required")
    if {contract.poster_id, contract.solver_id} & set(units.roles_of(actor)):
        return Decision("您是合同一方单位的成员，应当回避", code="recusal")
    return ALLOWED
