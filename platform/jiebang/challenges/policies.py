"""Who may do what to a challenge."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import BY_CLOCK, BY_CONTRACT, LIFE, ON_THE_BOARD
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.library.models import TechNeed
from jiebang.library.policies import BUREAU
from jiebang.library.states import Secrecy
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units


def may(actor: User, action: str, challenge: Challenge) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    if action in BY_CLOCK:
        return Decision("张榜和截止由系统按设定时间办理", code="by_clock")
    if action in BY_CONTRACT:
        return Decision("这一步随中榜决定和合同办理，不能单独操作", code="by_contract")
    return may_post(actor, challenge.need)


def may_post(actor: User, need: TechNeed) -> Decision:
    """Say whether the actor may post this need: an officer from outside the owner's unit."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("张榜由科技局经办人员办理", code="role_required")
    if need.owner_id and units.role_in(actor, need.owner_id):
        return Decision("您是需求单位成员，应当回避，请由其他人员办理", code="recusal")
    return ALLOWED


def may_read(actor: User | None, challenge: Challenge) -> bool:
    """Say whether the actor may know of the challenge: everybody, once it is on the board."""
    if challenge.state_now in ON_THE_BOARD:
        return True
    if actor is None or not actor.is_authenticated:
        return False
    return actor.has_role(*BUREAU) or _owns(actor, challenge)


def may_read_details(actor: User | None, challenge: Challenge) -> bool:
    """Say whether the actor reads the full text, which a need may keep from strangers."""
    return may_read_tier(actor, challenge, challenge.need.secrecy)


def may_read_tier(actor: User | None, challenge: Challenge, tier: str) -> bool:
    """Say whether the actor reads what is kept for this tier: a text, or a file."""
    if tier == Secrecy.PUBLIC:
        return True
    if actor is None or not actor.is_authenticated:
        return False
    if actor.has_role(*BUREAU, PlatformRole.EXPERT) or _owns(actor, challenge):
        return True
    mine = units.units_written_by(actor)
    if tier == Secrecy.MATCHED:
        return mine.exists()
    admitted = challenge.admissions.filter(unit__in=mine).exclude(signed_at=None)
    if tier == Secrecy.ADMITTED:
        admitted = admitted.exclude(admitted_at=None)
    return admitted.exists()


def may_speak_for(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may announce in the poster's name: its writers, or an officer."""
    owner = challenge.need.owner
    if owner is not None and units.role_in(actor, owner.pk):
        return unit_policies.may_write_for(actor, owner)
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("此事由本榜题的发榜单位或科技局经办人员办理", code="not_the_poster")


def may_ask(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may ask: who writes for a verified unit that is not the poster."""
    owner = challenge.need.owner_id
    if owner is not None and units.role_in(actor, owner):
        return Decision("您是发榜单位成员，如需说明请发布澄清公告", code="own_challenge")
    if not units.units_written_by(actor).exists():
        return Decision("提问须由已核验单位的管理员或编辑办理", code="no_unit")
    return ALLOWED


def may_read_log(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor sees who read the restricted material: the poster and the bureau."""
    if _owns(actor, challenge) or actor.has_role(*BUREAU):
        return ALLOWED
    return Decision("查看记录只供发榜单位和科技局查阅", code="not_the_poster")


def actions_for(actor: User, challenge: Challenge) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    return [a for a in LIFE.actions_from(challenge.state_now) if may(actor, a, challenge)]


def _owns(actor: User, challenge: Challenge) -> bool:
    owner = challenge.need.owner_id
    return owner is not None and units.role_in(actor, owner) is not None
