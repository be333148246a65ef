"""Who may read what a record says; that it stands is for everybody to check."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.ledger.models import Record
from jiebang.ledger.states import Kind

READERS = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)


def may_read_facts(actor: User | None, record: Record) -> Decision:
    """Say whether the actor reads the facts: the bureau, but neither bids nor scores."""
    if actor is None or not actor.has_role(*READERS):
        return Decision("存证的具体内容只供科技局查阅，任何人都可以核验哈希", code="role_required")
    if record.kind in (Kind.BID, Kind.SCORE):
        return Decision("揭榜和评分的存证内容为保密不予显示，可以核验哈希", code="sealed")
    return ALLOWED
