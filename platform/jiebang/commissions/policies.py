"""Who may draft, approve, resolve, object and answer; nobody approves what they proposed."""

from collections.abc import Iterable

from jiebang.accounts.models import PlatformRole, User
from jiebang.approvals.hearings import is_running
from jiebang.commissions.models import Commission, Objection, Opinion
from jiebang.commissions.states import LIFE, PUBLIC, Action, State
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units

READERS = (*BUREAU, PlatformRole.DIRECTOR)
BY_OTHERS = {
    Action.FREEZE: "公示随异议的提出和答复暂停、恢复，不能单独操作",
    Action.RESUME: "公示随异议的提出和答复暂停、恢复，不能单独操作",
    Action.CANCEL: "只有异议成立时才撤销公示中的委托",
    Action.COMPLETE: "委托随合同验收完成，不能单独操作",
    Action.RELEASE: "委托随合同终止解除，不能单独操作",
}
OWN = Decision("不能审批自己提出的定向委托，请由其他人员办理", code="own_proposal")


def may_read(actor: User | None, commission: Commission) -> bool:
    """Say whether the actor may read the whole file, and not only the notice."""
    return isinstance(actor, User) and actor.has_role(*READERS)


def may_draft(actor: User, parties: Iterable[int | None]) -> Decision:
    """Say whether the actor may draft a commission among these units: an officer of none."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("定向委托由科技局经办人员提出", code="role_required")
    return _untied(actor, parties)


def may_write(actor: User, commission: Commission) -> Decision:
    """Say whether the actor may write it, ask experts, propose and withdraw."""
    return may_draft(actor, parties_of(commission))


def may_move(actor: User, action: str, commission: Commission) -> Decision:
    """Say whether the actor may take the step; the state is the workflow's affair."""
    if sentence := BY_OTHERS.get(Action(action)):
        return Decision(sentence, code="by_event")
    if action in (Action.PROPOSE, Action.WITHDRAW):
        return may_write(actor, commission)
    higher = action == Action.CONFIRM or commission.state == State.ELEVATED
    role = PlatformRole.DIRECTOR if higher else PlatformRole.APPROVER
    if not actor.has_role(role):
        return Decision(f"这一步由{role.label}人员办理", code="role_required")
    if commission.proposed_by_id == actor.pk:
        return OWN
    if action == Action.CONFIRM and commission.approved_by_id == actor.pk:
        return Decision("审批和上级审批不能由同一人办理", code="same_person")
    decision = _untied(actor, parties_of(commission))
    if not decision:
        return decision
    if action == Action.APPROVE and commission.needs_higher:
        why = "；".join(commission.higher_reasons)
        return Decision(f"{why}，须报上级审批", code="higher_approver_needed")
    if action == Action.ELEVATE and not commission.needs_higher:
        return Decision("没有超过上限的情形，不必报上级审批", code="no_higher_needed")
    return ALLOWED


def may_answer_opinion(actor: User, opinion: Opinion) -> Decision:
    """Say whether this is the actor's opinion to give."""
    if opinion.expert.user_id != actor.pk:
        return Decision("这项意见征询的是其他专家", code="not_asked")
    return ALLOWED


def may_object(actor: User, commission: Commission) -> Decision:
    """Say whether the actor may object: who writes for a verified unit outside the consortium."""
    mine = set(units.units_written_by(actor).values_list("pk", flat=True))
    if not mine:
        return Decision("异议须以已核验单位的名义实名提出", code="not_a_unit")
    if not mine - bidders_of(commission):
        return Decision("拟受托单位不对自己的公示提出异议", code="own_notice")
    return ALLOWED


def may_answer(actor: User, objection: Objection) -> Decision:
    """Say whether the actor may answer: an approver who is no party and proposed nothing."""
    commission = objection.commission
    if not actor.has_role(PlatformRole.APPROVER):
        return Decision("异议由科技局审批人员答复", code="role_required")
    if commission.proposed_by_id == actor.pk:
        return Decision("不能处理对自己所提委托的异议，请由其他人员办理", code="own_proposal")
    return _untied(actor, {*parties_of(commission), objection.unit_id})


def actions_for(actor: User, commission: Commission) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    possible = LIFE.actions_from(commission.state)
    if is_running(commission):
        possible = [a for a in possible if a != Action.TAKE_EFFECT]
    return [a for a in possible if may_move(actor, a, commission)]


def takes_next(actor: User, commission: Commission) -> bool:
    """Say whether the next step forward waits for this person; a draft for who drafted it."""
    forward = {
        State.DRAFT: Action.PROPOSE,
        State.RETURNED: Action.PROPOSE,
        State.PROPOSED: Action.ELEVATE if commission.needs_higher else Action.APPROVE,
        State.ELEVATED: Action.CONFIRM,
        State.APPROVED: Action.RESOLVE,
    }
    action = forward.get(State(commission.state))
    if commission.state == State.DRAFT and commission.drafted_by_id != actor.pk:
        return False
    return action is not None and bool(may_move(actor, action, commission))


def answers_for(actor: User, objection: Objection) -> list[str]:
    """Return how this person can answer the objection now."""
    if not may_answer(actor, objection):
        return []
    return objection.LIFE.actions_from(objection.state)


def is_public(commission: Commission) -> bool:
    """Say whether everybody may read its notice."""
    return commission.state in PUBLIC


def bidders_of(commission: Commission) -> set[int]:
    """Return the keys of the units that would do the work."""
    members = (row.unit_id for row in commission.consortium.all())
    parts = (row.unit_id for row in commission.parts.all())
    return {commission.candidate_id, *members, *parts}


def parties_of(commission: Commission) -> set[int | None]:
    """Return the keys of every unit with a stake: who works, whose needs, who applied."""
    owners = (need.owner_id for need in commission.needs)
    return {*bidders_of(commission), *owners, commission.applicant_id}


def _untied(actor: User, parties: Iterable[int | None]) -> Decision:
    if set(parties) & set(units.roles_of(actor)):
        return Decision("您是申请、需求或拟受托单位的成员，应当回避", code="recusal")
    return ALLOWED
