"""The files of a solution: written by its units while it is a draft, read as its content is."""

from django.db.models import Q, QuerySet

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import Decision
from jiebang.files.registry import Held, Holder, Slot, register
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import policies, queries
from jiebang.proposals.checks import AGREEMENT
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import EDITABLE

PLAN = Slot("plan", "方案正文", most=3, help="盖章的实施方案，与网页填写的内容一致")
TOGETHER = Slot(
    AGREEMENT, "联合体协议", most=3, needed=True, help="写明方式、任务、资金、收益和知识产权"
)
REST = (
    Slot("readiness", "就绪度证据", help="样品、小试、中试、检测或应用证明"),
    Slot("qualification", "单位资质", help="资质证书、平台认定、相关业绩"),
    Slot("other", "其他材料"),
)


def _slots(proposal: Proposal) -> tuple[Slot, ...]:
    together = proposal.parties.filter(leads=False).exists()
    return (PLAN, *((TOGETHER,) if together else ()), *REST)


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
        return Decision("揭榜书的附件只对有权查看揭榜书的人员开放", code="not_a_party")
    return policies.may_open(actor, proposal)


def _may_read(actor: User | None, proposal: Proposal, held: Held) -> Decision:
    return _gate(actor, proposal)


def _may_write(actor: User, proposal: Proposal) -> Decision:
    decision = policies.may_edit(actor, proposal)
    if decision and proposal.state not in EDITABLE:
        return Decision("揭榜书已提交，附件已锁定；截止前可先撤回再调整", code="not_in_progress")
    return decision


def _unit(actor: User, proposal: Proposal) -> Organization:
    """Return for which unit the file is handed in: the lead wherever the actor is of it."""
    partner = policies.partner_of(actor, proposal)
    if partner is None or units.role_in(actor, proposal.lead_id):
        return proposal.lead
    return partner.unit


register(
    Holder(
        name="proposal",
        model="proposals.proposal",
        slots=_slots,
        visible=_visible,
        gate=_gate,
        may_read=_may_read,
        may_write=_may_write,
        marked=lambda proposal, held: True,
        unit=_unit,
    )
)
