"""Who may see, keep, draw and judge."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.challenges.models import Challenge
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.experts.models import Expert, Seat, Waiver
from jiebang.experts.states import SEAT, SeatAction
from jiebang.library.policies import BUREAU
from jiebang.organizations import queries as units
from jiebang.proposals import queries as proposals

BY_EXPERT = frozenset(
    {SeatAction.ACCEPT, SeatAction.UNDERTAKE, SeatAction.DECLINE, SeatAction.RECUSE}
)
BY_SYSTEM = frozenset({SeatAction.LAPSE, SeatAction.BAR, SeatAction.FINISH})


def may_read(actor: User, expert: Expert) -> Decision:
    """Say whether the actor may read this profile: the bureau, and the expert."""
    if expert.user_id == actor.pk or actor.has_role(*BUREAU):
        return ALLOWED
    return Decision("专家信息仅供科技局和专家本人查看", code="role_required")


def may_edit(actor: User, expert: Expert) -> Decision:
    """Say whether the actor may write this profile: an officer, or the expert."""
    if expert.user_id == actor.pk and actor.has_role(PlatformRole.EXPERT):
        return ALLOWED
    return may_keep_pool(actor)


def may_keep_pool(actor: User) -> Decision:
    """Say whether the actor keeps the pool, its rules and the related units."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("专家库由科技局经办人员维护", code="role_required")


def may_seat(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may fill the panel: an officer tied to none of the parties."""
    if not actor.has_role(PlatformRole.OFFICER):
        return Decision("评审专家由科技局经办人员抽取和分派", code="role_required")
    parties: set[int | None] = {challenge.need.owner_id}
    bids = challenge.proposals.all()  # none to ask where a list has fetched them
    if "proposals" not in getattr(challenge, "_prefetched_objects_cache", {}):
        bids = bids.prefetch_related("parties")
    for bid in bids:
        if bid.state in proposals.HANDED_IN:
            parties |= {bid.lead_id, *(party.unit_id for party in bid.parties.all())}
    if parties & set(units.roles_of(actor)):
        return Decision("您是发榜或揭榜单位成员，应当回避，请由其他人员办理", code="recusal")
    return ALLOWED


def may_weigh(actor: User, challenge: Challenge) -> Decision:
    """Say whether the actor may see who has a conflict; it tells who bids, so not yet if sealed."""
    if challenge.is_sealed:
        return Decision("揭榜尚未截止，截止后才能核对利害关系", code="sealed")
    return may_seat(actor, challenge)


def may_decide(actor: User, waiver: Waiver) -> Decision:
    """Say whether the actor may decide on an exception: another officer than its proposer."""
    if not actor.has_role(PlatformRole.OFFICER, PlatformRole.APPROVER):
        return Decision("回避例外由科技局人员复核", code="role_required")
    if waiver.proposed_by_id == actor.pk:
        return Decision("回避例外须由另一名工作人员复核，不能自己复核", code="second_officer")
    return may_seat(actor, waiver.challenge) if actor.has_role(PlatformRole.OFFICER) else ALLOWED


def may_move(actor: User, action: str, seat: Seat) -> Decision:
    """Say whether the actor may take this step; the state is the workflow's affair."""
    if action in BY_SYSTEM:
        return Decision("这一步由系统办理，不能单独操作", code="system_only")
    if action in BY_EXPERT:
        if seat.expert.user_id != actor.pk:
            return Decision("这份评审邀请不是发给您的", code="not_invited")
        return ALLOWED
    return may_seat(actor, seat.challenge)


def actions_for(actor: User, seat: Seat) -> list[str]:
    """Return what this person can do with the seat now."""
    return [a for a in SEAT.actions_from(seat.state) if may_move(actor, a, seat)]
