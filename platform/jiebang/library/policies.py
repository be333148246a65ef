"""Who may do what to a need."""

from collections.abc import Mapping

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.states import BY_CHALLENGE, LIFE, Action, State
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units

OWNERS = frozenset({Action.SUBMIT, Action.WITHDRAW})
BUREAU = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)


def may(actor: User, action: str, need: TechNeed) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    if action == Action.LAPSE:
        return Decision("到期失效由系统按有效期办理", code="system_only")
    if action in BY_CHALLENGE:
        return Decision("这一步随榜题或定向委托办理，不能单独操作", code="by_challenge")
    if action in OWNERS:
        return may_edit(actor, need)
    if need.owner_id and units.role_in(actor, need.owner_id):
        return Decision("您是需求单位成员，应当回避，请由其他人员办理", code="recusal")
    if action == Action.ENDORSE or (action == Action.RETURN and need.state == State.SUBMITTED):
        return _endorses(actor, need)
    if action == Action.ADMIT:
        return _role(actor, PlatformRole.APPROVER)
    return _role(actor, PlatformRole.OFFICER)


def may_edit(actor: User, need: TechNeed) -> Decision:
    """Say whether the actor may write the need in its unit's name."""
    if need.owner is None:
        return Decision("这条需求由科技局从公开榜单归集，没有登记单位", code="no_owner")
    return unit_policies.may_write_for(actor, need.owner)


def may_read(actor: User | None, need: TechNeed) -> bool:
    """Say whether the actor may read the need itself, before or without posting."""
    if actor is None or not actor.is_authenticated:
        return False
    if actor.has_role(*BUREAU) and need.state not in (State.DRAFT, State.WITHDRAWN):
        return True
    if need.owner_id and units.role_in(actor, need.owner_id):
        return True
    if need.state != State.DRAFT and _endorses(actor, need):
        return True
    return need.appraisals.filter(expert=actor).exists()


def may_appraise(actor: User, appraisal: Appraisal) -> Decision:
    """Say whether this is the actor's appraisal to write."""
    if appraisal.expert_id != actor.pk:
        return Decision("这项论证分派给了其他专家", code="not_assigned")
    return ALLOWED


def may_be_appraiser(expert: User, need: TechNeed, barred: Mapping[int, str]) -> Decision:
    """Say whether this person may appraise the need: an expert with no tie to its owner.

    `barred` says by user whom the graph of conflicts bars, and why (`queries.barred`).
    """
    if not expert.has_role(PlatformRole.EXPERT):
        return Decision(f"{expert.display_name}不在专家库中", code="not_an_expert")
    if need.owner_id and units.role_in(expert, need.owner_id):
        return Decision(f"{expert.display_name}是需求单位成员，应当回避", code="recusal")
    if why := barred.get(expert.pk):
        return Decision(f"{expert.display_name}{why}，应当回避", code="conflict_of_interest")
    return ALLOWED


def actions_for(actor: User, need: TechNeed) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    return [a for a in LIFE.actions_from(need.state) if may(actor, a, need)]


def _endorses(actor: User, need: TechNeed) -> Decision:
    district = need.owner.district if need.owner else None
    if district is None or district.code not in actor.scopes(PlatformRole.ENDORSER):
        where = district.name if district else "所在镇街（园区）"
        return Decision(f"由{where}的归口推荐人员办理", code="not_endorser")
    return ALLOWED


def _role(actor: User, role: PlatformRole) -> Decision:
    if actor.has_role(role):
        return ALLOWED
    return Decision(f"此事由{role.label}人员办理", code="role_required")
