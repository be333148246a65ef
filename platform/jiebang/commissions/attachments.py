"""What files a commission holds: grounds, proof of ability, minutes; for the bureau only."""

from typing import Any

from jiebang.accounts.models import User
from jiebang.commissions import policies, queries
from jiebang.commissions.models import Commission
from jiebang.commissions.states import EDITABLE, IN_CHAIN, Action, State
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.files.registry import Held, Holder, Slot, register

SLOTS = (
    Slot("grounds", "论证材料", help="为什么不宜公开张榜：调研、检索、前期成果等。"),
    Slot("ability", "单位能力证明", help="资质、设备、业绩证明；联合体协议也放在这里。"),
    Slot("minutes", "会议纪要", most=3, help="集体审议的会议纪要扫描件。"),
)


def may_write(actor: User, thing: Commission) -> Decision:
    """Say whether the actor adds files: writers to a draft, approvers while it is decided."""
    if thing.state in EDITABLE:
        return policies.may_write(actor, thing)
    if thing.state in IN_CHAIN or thing.state == State.NOTICE:
        action = Action.RETURN if thing.state in IN_CHAIN else Action.TAKE_EFFECT
        return policies.may_move(actor, action, thing)
    return Decision("委托已办结，材料不能再增减", code="closed")


def may_read(actor: User | None, thing: Commission, held: Held) -> Decision:
    """Say whether the actor reads the files: the bureau."""
    if policies.may_read(actor, thing):
        return ALLOWED
    return Decision("定向委托的审批材料只对科技局开放", code="role_required")


def visible(actor: User | None) -> Any:
    """Return the commissions whose files this person may know of."""
    rows = queries.commissions()
    return rows if isinstance(actor, User) and actor.has_role(*policies.READERS) else rows.none()


register(
    Holder(
        name="commission",
        model="commissions.commission",
        slots=lambda thing: SLOTS,
        visible=visible,
        may_read=may_read,
        may_write=may_write,
    )
)
