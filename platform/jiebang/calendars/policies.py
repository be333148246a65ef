"""Who keeps the calendar."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision


def may_correct(actor: User) -> Decision:
    """Say whether the actor may correct the calendar: an officer of the bureau."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("工作日历由科技局经办人员维护", code="role_required")
