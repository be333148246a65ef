"""What the pages of an acceptance show, made from the rows."""

from typing import Any

from jiebang.acceptance import checklist, policies, queries
from jiebang.acceptance.models import Acceptance, Member, Vote
from jiebang.acceptance.states import (
    WITH_SOLVER,
    Action,
    Conclusion,
    Integrity,
    State,
    TrackKind,
)
from jiebang.accounts.models import User
from jiebang.contracts.models import Contract
from jiebang.contracts.states import State as ContractState
from jiebang.experts.models import Expert
from jiebang.experts.states import SeatState
from jiebang.web.buttons import Button, buttons, link
from jiebang.web.listing import address
from jiebang.web.wording import day

STEPS = (
    ("申请", frozenset({State.DRAFT, State.RETURNED, State.REVISING})),
    ("形式审查", frozenset({State.SUBMITTED})),
    ("专家评议", frozenset({State.REVIEWING})),
    ("结论审批", frozenset({State.PROPOSED, State.APPROVED})),
    ("公示", frozenset({State.NOTICE})),
    ("结论", frozenset({State.PASSED, State.CLOSED, State.FAILED})),
)
TONES = {
    Conclusion.PASS: "green",
    Conclusion.REVISE: "amber",
    Conclusion.CLOSE: "grey",
    Conclusion.FAIL: "red",
}
CONFIRM: dict[str, str] = {
    Action.SUBMIT: "提交后内容锁定，由科技局进行形式审查。",
    Action.APPROVE: "同意后结论公示或立即生效，合同随之办结。",
}


def steps(acceptance: Acceptance) -> list[dict[str, Any]]:
    """Return the life of the acceptance for the stepper; an end without a pass is a failed one."""
    noticed = queries.rules_of(acceptance.contract.call).notice_days
    noticed = noticed or acceptance.state == State.NOTICE
    shown = [each for each in STEPS if noticed or each[0] != "公示"]
    if acceptance.state == State.CANCELLED:
        return [{"label": "合同已终止", "state": "failed"}]
    here = next(n for n, (_, at) in enumerate(shown) if acceptance.state in at)
    whens = {
        "申请": acceptance.submitted_at,
        "结论审批": acceptance.approved_at,
        "结论": acceptance.concluded_at,
    }
    ends = {State.PASSED: "done", State.CLOSED: "done", State.FAILED: "failed"}
    at_here = ends.get(State(acceptance.state), "current")
    return [
        {
            "label": acceptance.get_state_display() if n == here and label == "结论" else label,
            "state": "done" if n < here else at_here if n == here else "todo",
            "when": whens.get(label) if n <= here else None,
        }
        for n, (label, _) in enumerate(shown)
    ]


def indicator_rows(acceptance: Acceptance) -> list[dict[str, Any]]:
    """Return what was asked, promised and measured, a row an indicator."""
    return [
        {
            "name": line.indicator.name,
            "target": line.indicator.target,
            "core": line.indicator.core,
            "promised": line.promised,
            "measured": line.result.measured if line.result else "",
            "met": line.met,
            "evidence": line.result.evidence if line.result else "",
        }
        for line in checklist.lines(acceptance)
    ]


def named_panel(acceptance: Acceptance) -> list[Expert]:
    """Return the experts who judged, where the call lets everybody read their names."""
    if not queries.rules_of(acceptance.contract.call).panel_named:
        return []
    return [member.expert for member in queries.panel(acceptance).filter(state=SeatState.DONE)]


def tallies(given: list[Vote]) -> list[dict[str, Any]]:
    """Return for each turn how many advise what."""
    return [
        {
            "turn": turn,
            "counts": [(c.label, n, TONES[c]) for c, n in queries.tally(given, turn).items() if n],
        }
        for turn in sorted({vote.turn for vote in given})
    ]


def actions(user: User, acceptance: Acceptance) -> list[Button]:
    """Return the page's buttons; the one that moves things on comes first."""
    can = [a for a in policies.actions_for(user, acceptance) if _not_yet(acceptance, a) is None]
    made: list[Button] = []
    pk = acceptance.pk
    if acceptance.state in WITH_SOLVER and policies.may_apply(user, acceptance.contract):
        made.append(link("填写申请", address("acceptance-edit", pk)))
    in_time = acceptance.state in (State.SUBMITTED, State.REVIEWING)
    if in_time and policies.may_say_satisfied(user, acceptance):
        label = "修改满意度评价" if acceptance.satisfaction else "评价满意度"
        unsaid = not acceptance.satisfaction
        made.append(link(label, address("acceptance-satisfaction", pk), primary=unsaid))
    if acceptance.state == State.REVIEWING and policies.may_convene(user, acceptance):
        made.append(link("验收专家", address("acceptance-panel", pk)))
    if Action.PROPOSE in can:
        made.append(link("提出结论", address("acceptance-conclusion", pk), primary=True))
    proposed = acceptance.integrity == Integrity.PROPOSED
    if proposed and policies.may_settle_integrity(user, acceptance):
        made.append(link("处理诚信记录建议", address("acceptance-integrity", pk), primary=True))
    rest = [action for action in can if action != Action.PROPOSE]
    first = next((a for a in rest if a in (Action.SUBMIT, Action.CONVENE, Action.APPROVE)), "")
    url = address("acceptance-move", pk)
    return made + buttons(Acceptance.LIFE, rest, url, primary=first, confirm=CONFIRM)


def hints(user: User, acceptance: Acceptance) -> list[str]:
    """Return what this person could do here but not yet, and what it waits for."""
    if acceptance.notice_ends_on and policies.notice_runs(acceptance):
        return [f"结论公示至{day(acceptance.notice_ends_on)}，期满后自动生效"]
    possible = policies.actions_for(user, acceptance)
    return [why for why in (_not_yet(acceptance, action) for action in possible) if why]


def _not_yet(acceptance: Acceptance, action: str) -> str | None:
    """Return what keeps an action that is this person's from being taken now."""
    asked = {Action.CONVENE: checklist.may_begin, Action.PROPOSE: checklist.may_conclude}
    ready = asked.get(Action(action))
    return (ready(acceptance).reason or None) if ready else None


def of_contract(user: User, contract: Contract) -> dict[str, Any]:
    """Return what the contract's page says of its acceptance and of a dispute."""
    known = queries.of_contract(contract)
    running = contract.state == ContractState.RUNNING
    begun = contract.state not in (ContractState.DRAFTING, ContractState.SIGNING)
    items = queries.track_items_of([contract.pk])
    return {
        "acceptance": known,
        "may_apply": known is None and running and bool(policies.may_apply(user, contract)),
        "disputed": items.filter(kind=TrackKind.DISPUTED).first(),
        "may_dispute": begun and bool(policies.may_note_dispute(user, contract)),
    }


def member_buttons(user: User, member: Member) -> list[Button]:
    """Return what an officer can do with a seat."""
    mine = [a for a in policies.member_actions_for(user, member) if a == "remove"]
    if member.votes.all():
        mine = []
    return buttons(Member.LIFE, mine, address("acceptance-member-move", member.pk))
