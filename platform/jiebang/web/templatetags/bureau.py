"""What only the bureau's pages say."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template

from jiebang.common import clock
from jiebang.library.models import TechNeed
from jiebang.library.states import RuleCode

register = template.Library()
YES_OR_NO = frozenset(
    {
        RuleCode.REQUIRE_IP_TERMS,
        RuleCode.BID_FILES_LISTED,
        RuleCode.REQUIRE_BID_TABLES,
        RuleCode.REQUIRE_HOST_UNIT,
        RuleCode.ALLOW_RELATED_BIDDERS,
        RuleCode.ALLOW_MANY_CONSORTIA,
    }
)
NEED_TEXTS = (
    "main_problem", "background", "key_technology", "expected_goal", "current_basis",
    "deliverables", "solver_conditions",
)  # fmt: skip


@register.filter
def waited(since: datetime | None) -> str:
    """Say how many whole days something has waited: `35 天`, `不足 1 天`."""
    if since is None:
        return "—"
    days = (clock.now() - since).days
    return f"{days} 天" if days > 0 else "不足 1 天"


@register.filter
def pick(things: dict[Any, Any], key: Any) -> Any:
    """Return one thing of many by its key; None where there is none."""
    return things.get(key)


@register.filter
def minus(whole: int, part: int) -> int:
    """Return what is left of a count."""
    return whole - part


@register.filter
def readable(need: TechNeed) -> list[tuple[str, str]]:
    """Return the texts of a need that say something, each with its name, in reading order."""
    texts = ((_label(name), getattr(need, name)) for name in NEED_TEXTS)
    return [(label, text) for label, text in texts if text]


def _label(name: str) -> str:
    return str(TechNeed._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@register.filter
def rule_value(value: Decimal, code: str) -> str:
    """Write a rule's number; a rule that is a question has yes or no for an answer."""
    if code in YES_OR_NO:
        return "是" if value else "否"
    return f"{value.normalize():,f}"
