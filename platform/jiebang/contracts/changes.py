"""Changing, extending, terminating, revoking: asked, agreed to by the poster, decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.contracts import amending, ending, payments, policies, rules, versions
from jiebang.contracts.models import ChangeRequest, Contract
from jiebang.contracts.signals import request_moved
from jiebang.contracts.states import (
    REASONS,
    REQUEST_PENDING,
    Action,
    RequestAction,
    RequestKind,
    RequestState,
    State,
)
from jiebang.library.states import RuleCode

ENDS = {RequestKind.TERMINATION: Action.TERMINATE, RequestKind.REVOCATION: Action.REVOKE}


@transaction.atomic
def ask(
    *,
    contract: Contract,
    actor: User,
    kind: str,
    reason: str,
    explanation: str,
    ends_on: date | None = None,
    after: Mapping[str, Any] | None = None,
) -> ChangeRequest:
    """Ask for a change, an extension, the termination or the revocation of a running contract.

    `after` holds new values as `versions.take` writes them, milestones by position. What the
    poster or the bureau alone asks for needs no agreement of the poster.
    """
    policies.may_ask(actor, kind, contract).enforce()
    held = _running(contract)
    if pending := of_contract_pending(held):
        raise Conflict(
            f"已有一份{pending.get_kind_display()}申请（{pending.number}）正在办理，"
            "办结或撤回后才能再提",
            code="request_pending",
        )
    _well_formed(kind, reason, explanation)
    wanted: dict[str, Any] = {}
    if kind in (RequestKind.CHANGE, RequestKind.EXTENSION):
        content = versions.take(held)
        wanted = amending.wanted(content, after or {})
        _check(held, kind, wanted, ends_on)
        if kind == RequestKind.EXTENSION:
            wanted["ends_on"] = versions.plain(ends_on)
        before = versions.before_of(content, wanted)
    else:
        before = {}
    agreed = policies.needs_no_agreement(actor, kind, held)
    made = ChangeRequest(
        contract=held,
        kind=kind,
        state=RequestState.AGREED if agreed else RequestState.ASKED,
        reason=reason,
        explanation=explanation.strip(),
        before=before,
        after=wanted,
        ends_on=ends_on if kind == RequestKind.EXTENSION else None,
        version=held.version,
        asked_by=actor,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "已有一份申请正在办理，办结或撤回后才能再提", code="request_pending"
        ) from error
    audit.record(
        actor=actor,
        thing=made,
        action="ask",
        label=f"提出{made.get_kind_display()}申请",
        went_to=made.state,
        note=made.explanation,
        detail={"reason": reason, "after": wanted},
    )
    _tell(made)
    return made


@transaction.atomic
def move(
    *, request: ChangeRequest, action: str, actor: User, note: str = "", version: int | None = None
) -> ChangeRequest:
    """Agree or decline as the poster, withdraw, or decide as the bureau, which makes it happen.

    `version` is the contract's as the decider read it; an older one is refused as stale.
    """
    policies.may_move_request(actor, action, request).enforce()
    held = Contract.objects.select_for_update(of=("self",)).get(pk=request.contract_id)
    ChangeRequest.LIFE.target(action, request.state)
    if version is not None and version != held.version:
        raise Stale(
            f"合同已更新到第 {held.version} 版，您看到的是第 {version} 版，请刷新后再办理",
            code="old_version",
        )
    deciding = action in (RequestAction.APPROVE, RequestAction.REJECT)
    if action == RequestAction.APPROVE:
        _still(request, held)
    also: dict[str, Any] = {"agreed_by": actor} if action == RequestAction.AGREE else {}
    if deciding:
        also = {"decided_by": actor, "decided_at": clock.now(), "answer": note.strip()}
    audit.advance(thing=request, action=action, actor=actor, note=note, also=also)
    if action == RequestAction.APPROVE:
        _carry_out(request, held, actor, note)
    request.contract = held
    _tell(request)
    return request


def of_contract_pending(contract: Contract) -> ChangeRequest | None:
    """Return the contract's request that is under way, if there is one."""
    return ChangeRequest.objects.filter(contract=contract, state__in=REQUEST_PENDING).first()


def _running(contract: Contract) -> Contract:
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.state != State.RUNNING:
        raise WrongState(f"合同{held.get_state_display()}，只有实施中的合同可以提出申请")
    return held


def _well_formed(kind: str, reason: str, explanation: str) -> None:
    found: dict[str, list[str]] = {}
    if reason not in REASONS[kind]:
        found["reason"] = [f"请从{RequestKind(kind).label}的原因中选择一项"]
    if not explanation.strip():
        found["explanation"] = ["请说明具体情况"]
    if found:
        code = "reason_code_required" if "reason" in found else "explanation_required"
        raise Invalid("申请需要补齐", code=code, fields=found)


def _check(contract: Contract, kind: str, wanted: dict[str, Any], ends_on: date | None) -> None:
    if kind == RequestKind.EXTENSION:
        _check_extension(contract, ends_on)
    if kind == RequestKind.CHANGE and not wanted:
        raise Invalid("内容与现在的合同相同，没有需要变更的内容", code="nothing_changed")
    if faults := amending.faults(contract, kind, wanted, ends_on):
        raise Invalid("申请的内容需要修改，请按提示处理", code="change_invalid", fields=faults)


def _check_extension(contract: Contract, ends_on: date | None) -> None:
    limits, end = rules.of(contract), contract.ends_on
    most = int(limits[RuleCode.EXTENSIONS_MOST])
    if not (times := _times_left(contract, most)):
        raise RuleBroken(times.reason, code=times.code)
    if end is None or ends_on is None or ends_on <= end:
        sentence = "新的结束日期须晚于现在的结束日期"
        raise Invalid(sentence, code="extension_invalid", fields={"ends_on": [sentence]})
    months = int(limits[RuleCode.EXTENSION_MAX_MONTHS])
    if ends_on > (latest := amending.months_after(end, months)):
        sentence = f"最长延期 {months} 个月，最迟到 {latest.year}年{latest.month}月{latest.day}日"
        raise RuleBroken(sentence, code="extension_too_long", fields={"ends_on": [sentence]})
    if not (in_time := _in_time(end, int(limits[RuleCode.EXTENSION_NOTICE_MONTHS]))):
        raise RuleBroken(in_time.reason, code=in_time.code)


def may_extend(contract: Contract) -> Decision:
    """Say whether an extension could still be asked for, whoever asks and however long."""
    limits, end = rules.of(contract), contract.ends_on
    times = _times_left(contract, int(limits[RuleCode.EXTENSIONS_MOST]))
    if not times or end is None:
        return times
    return _in_time(end, int(limits[RuleCode.EXTENSION_NOTICE_MONTHS]))


def _times_left(contract: Contract, most: int) -> Decision:
    if contract.extensions < most:
        return ALLOWED
    return Decision(
        f"本合同已延期 {contract.extensions} 次，本批次最多延期 {most} 次", code="extension_used"
    )


def _in_time(end: date, notice: int) -> Decision:
    last = amending.months_after(end, -notice)
    if clock.today() <= last:
        return ALLOWED
    return Decision(
        f"延期须在合同结束前 {notice} 个月提出，已过 {last.year}年{last.month}月{last.day}日",
        code="extension_late",
    )


def _still(request: ChangeRequest, contract: Contract) -> None:
    """See that what was asked can still be done with the contract as it stands."""
    if contract.state != State.RUNNING:
        raise WrongState(f"合同{contract.get_state_display()}，这份申请不能再审定同意")
    if request.version != contract.version:
        raise Stale("合同在申请提出后已有变更，请退回重新申请", code="old_version")
    if request.kind in ENDS and (left := payments.open_of(contract)):
        raise RuleBroken(
            f"还有 {left} 笔拨付没有办结，请先办结或不予支付，再{request.get_kind_display()}合同",
            code="payments_open",
        )
    if faults := amending.faults(contract, request.kind, request.after, request.ends_on):
        sentence = "申请的内容已不符合合同现状，请退回重新申请"
        raise Invalid(sentence, code="change_invalid", fields=faults)


def _carry_out(request: ChangeRequest, contract: Contract, actor: User, note: str) -> None:
    if request.kind in ENDS:
        why = f"{request.get_reason_display()}：{note or request.explanation}"
        detail = {"request": request.number, "reason": request.reason}
        action = ENDS[RequestKind(request.kind)]
        ending.end(contract=contract, action=action, actor=actor, note=why, detail=detail)
        return
    if request.kind == RequestKind.EXTENSION:
        most = int(rules.of(contract)[RuleCode.EXTENSIONS_MOST])
        row = Contract.objects.filter(pk=contract.pk, extensions__lt=most)
        if not row.update(extensions=F("extensions") + 1):
            raise RuleBroken(f"本批次最多延期 {most} 次", code="extension_used")
        contract.extensions += 1
    changed = versions.apply(contract, request.after)
    versions.keep(contract, why=f"{request.get_kind_display()}申请 {request.number}", actor=actor)
    audit.record(
        actor=actor,
        thing=contract,
        action=request.kind,
        label=f"合同{request.get_kind_display()}，第 {contract.version} 版",
        note=request.get_reason_display(),
        detail={"request": request.number, "before": request.before, "after": request.after},
    )
    for stone in changed:
        audit.record(
            actor=actor, thing=stone, action="change", label="里程碑变更", note=request.number
        )


def _tell(request: ChangeRequest) -> None:
    request_moved.send(ChangeRequest, request_id=request.pk, state=request.state)
