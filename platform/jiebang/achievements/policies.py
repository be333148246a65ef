"""Who may write an achievement."""

from jiebang.accounts.models import User
from jiebang.achievements.models import Achievement
from jiebang.common.decisions import Decision
from jiebang.organizations import policies as unit_policies


def may_edit(actor: User, achievement: Achievement) -> Decision:
    """Say whether the actor may write it in its unit's name."""
    if achievement.owner is None:
        return Decision("这项成果由公开来源导入，没有登记单位", code="no_owner")
    return unit_policies.may_write_for(actor, achievement.owner)
