"""Who may see and change the dictionary."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision

BUREAU = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)


def may_see(actor: User) -> Decision:
    """Say whether the actor may read the dictionary."""
    if actor.has_role(*BUREAU):
        return ALLOWED
    return Decision("词典由科技局维护，只有科技局人员可以查看")


def may_change(actor: User) -> Decision:
    """Say whether the actor may change, publish and take back."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("词典由科技局经办人员维护，您没有这一角色")
