"""Who may see what was matched with what."""

from typing import Any

from jiebang.accounts.models import PlatformRole, User
from jiebang.achievements.models import Achievement
from jiebang.challenges.models import Challenge
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.library import policies as library
from jiebang.library.models import TechNeed
from jiebang.organizations import queries as units
from jiebang.organizations.models import Organization
from jiebang.proposals import policies as proposals
from jiebang.recommendations.models import Kind


def may_see_matches(actor: User | None, subject: Any, object_kind: str) -> Decision:
    """Say whether the actor may see what of this kind was found for the subject.

    What solves a need is its readers' to know, also once it is posted; which challenges suit an
    achievement everybody may know, and which suit a unit its members and the bureau.
    """
    if isinstance(subject, Achievement) and subject.on_offer:
        return ALLOWED
    if actor is None or not actor.is_authenticated:
        return Decision("请登录后查看匹配结果", code="sign_in")
    match subject:
        case Challenge() if object_kind == Kind.PROPOSAL:
            return proposals.may_list(actor, subject)
        case Challenge():
            return _reads(actor, subject.need)
        case TechNeed():
            return _reads(actor, subject)
        case Organization() if units.role_in(actor, subject) or actor.has_role(*library.BUREAU):
            return ALLOWED
    return Decision("匹配结果只对本单位成员和科技局开放", code="not_a_party")


def may_judge(actor: User | None) -> Decision:
    """Say whether the actor may say what a match is worth."""
    if actor is None or not actor.is_authenticated:
        return Decision("请登录后评价", code="sign_in")
    return ALLOWED


def may_see_settings(actor: User) -> Decision:
    """Say whether the actor may see how scores are weighed and worded, and with what success."""
    if actor.has_role(*library.BUREAU):
        return ALLOWED
    return Decision("匹配口径由科技局维护，只有科技局人员可以查看")


def may_tune(actor: User) -> Decision:
    """Say whether the actor may have the matcher refitted, apply it and take it back."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("匹配口径由科技局经办人员维护，您没有这一角色")


def _reads(actor: User, need: TechNeed) -> Decision:
    if library.may_read(actor, need):
        return ALLOWED
    return Decision("匹配结果只对需求单位和办理人员开放", code="not_a_party")
