"""The files of solutions: sealed with them, and afterwards for those who may read the solution."""

from django.db.models import Q, QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import Decision
from jiebang.files.registry import Held, Holder, Slot, register
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import policies, queries
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import EDITABLE, Action

SLOTS = (
    Slot("solution", "技术方案", help="揭榜书正文之外的详细方案、图纸"),
    Slot("proof", "证明材料", help="业绩、知识产权、检测报告等"),
    Slot("other", "其他材料"),
)


def _visible(actor: User | None) -> QuerySet[Proposal]:
    """Return what the person may know of: a sealed one, too, if they know how many there are.

    What they may not read is refused by `_gate`, with the reason; a rival finds nothing at all.
    """
    rows = queries.with_parts(Proposal.objects.all())
    if actor is None or not actor.is_authenticated:
        return rows.none()
    handed_in = Q(state__in=queries.HANDED_IN)
    which = Q(pk__in=queries.visible_to(actor).order_by().values("pk"))
    if actor.has_role(*policies.READERS) or actor.is_superuser:
        which |= handed_in
    which |= handed_in & Q(challenge__need__owner__in=units.roles_of(actor))
    if actor.has_role(PlatformRole.EXPERT):
        which |= handed_in & Q(challenge__state__in=queries.OPENED)
    return rows.filter(which)


def _gate(actor: User | None, proposal: Proposal) -> Decision:
    if actor is None:
        return Decision("请先登录", code="sign_in")
    return policies.may_open(actor, proposal)


def _may_read(actor: User | None, proposal: Proposal, held: Held) -> Decision:
    return _gate(actor, proposal)


def _may_write(actor: User, proposal: Proposal) -> Decision:
    if proposal.state not in EDITABLE:
        return Decision("揭榜书已提交，附件不能再改；截止前可先撤回再调整", code="not_in_progress")
    return policies.may(actor, Action.SUBMIT, proposal)


def _unit(actor: User, proposal: Proposal) -> Organization:
    return proposal.lead


register(
    Holder(
        name="proposal",
        model="proposals.proposal",
        slots=lambda proposal: SLOTS,
        visible=_visible,
        gate=_gate,
        may_read=_may_read,
        may_write=_may_write,
        marked=lambda proposal, held: True,
        unit=_unit,
    )
)
