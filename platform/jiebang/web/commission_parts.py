"""The parts of a commission's page: its life, its figures as bars, what the decision sees."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from jiebang.commissions.models import Commission
from jiebang.commissions.snapshots import differences
from jiebang.commissions.states import State
from jiebang.contracts.models import Contract

FULL = Decimal(100)
STEPS = (
    ("拟定", State.DRAFT),
    ("审批", State.PROPOSED),
    ("上级审批", State.ELEVATED),
    ("集体审议", State.APPROVED),
    ("公示", State.NOTICE),
    ("委托生效", State.EFFECTIVE),
    ("完成", State.COMPLETED),
)
STANDS_AT = {
    State.RETURNED: State.DRAFT,
    State.FROZEN: State.NOTICE,
    State.CANCELLED: State.NOTICE,
    State.RELEASED: State.EFFECTIVE,
}
STOPPED = frozenset({State.WITHDRAWN, State.REJECTED, State.CANCELLED, State.RELEASED})


def steps(commission: Commission) -> list[dict[str, Any]]:
    """Return the whole life of a commission and where it stands."""
    order = [
        (label, state)
        for label, state in STEPS
        if state != State.ELEVATED or commission.needs_higher or commission.state == state
    ]
    keys = [state for _, state in order]
    state = State(commission.state)
    if state in (State.WITHDRAWN, State.REJECTED):
        here = keys.index(State.APPROVED) if commission.approved_by_id else 1
        here = here if commission.version else 0
    else:
        here = keys.index(STANDS_AT.get(state, state))
    at_here = "failed" if state in STOPPED else "current"
    if state == State.COMPLETED:
        here = len(keys)
    when = {
        State.PROPOSED: (commission.proposed_at, commission.proposed_by),
        State.APPROVED: (commission.minutes_on, None),
        State.EFFECTIVE: (commission.effective_at, None),
    }
    return [
        {
            "label": commission.get_state_display() if n == here and at_here == "failed" else label,
            "state": "done" if n < here else "todo" if n > here else at_here,
            "when": when.get(key, (None, None))[0] if n < here else None,
        }
        for n, (label, key) in enumerate(order)
    ]


def bars(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the shares against their limits, as bars with words."""
    made = []
    for name, label, part, whole in (
        ("count", "项数", f"{figures['count']} 项", f"{figures['count_all']} 项"),
        ("money", "金额", figures["money"], figures["money_all"]),
    ):
        share, limit = Decimal(figures[f"{name}_share"]), Decimal(figures[f"{name}_limit"])
        made.append(
            {
                "label": label,
                "part": part,
                "whole": whole,
                "share": share,
                "limit": limit,
                "with_this": figures[f"{name}_share_with"],
                "above": share > limit,
                "width": f"{min(share, FULL):f}%",
                "at": f"{min(limit, FULL):f}%",
            }
        )
    return made


def changes(commission: Commission) -> list[dict[str, Any]]:
    """Return what each later version changed, newest first."""
    rows = list(commission.versions.select_related("proposed_by").order_by("number"))
    return [
        {"version": new, "changes": differences(old.content, new.content)}
        for old, new in reversed(list(pairwise(rows)))
    ]


def contract_of(commission: Commission) -> Contract | None:
    """Return the contract that it began, if any."""
    return Contract.objects.filter(commission=commission).first()
