"""The application for acceptance: opened with the contract, written, handed in, checked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.acceptance import checklist, policies, queries
from jiebang.acceptance.models import Acceptance, AcceptanceRules, Result
from jiebang.acceptance.signals import acceptance_moved
from jiebang.acceptance.states import (
    OPEN,
    WITH_SOLVER,
    Action,
    Paper,
    Satisfaction,
    State,
)
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken, Stale, WrongState
from jiebang.contracts.models import Contract
from jiebang.contracts.states import BROKEN_OFF
from jiebang.contracts.states import State as ContractState
from jiebang.contracts.terms import unconfirmed
from jiebang.files import queries as files
from jiebang.library.models import Call

NUMBERS = (
    "due_months", "panel_size", "most_of_a_unit", "answer_days", "review_days", "pass_share",
    "opinion_least", "recheck_days", "notice_days", "assessment_months", "assessment_days",
)  # fmt: skip
RULES = (*NUMBERS, "papers", "satisfaction_required", "panel_named")
MAY_BE_NONE = ("due_months", "opinion_least", "notice_days")


@transaction.atomic
def set_rules(*, call: Call, actor: User, values: Mapping[str, Any]) -> AcceptanceRules:
    """Set what the call asks of acceptance; applications that are in keep their dates."""
    policies.may_keep_rules(actor).enforce()
    rules = queries.rules_of(call)
    faults: dict[str, list[str]] = {}
    for name in RULES:
        if name in values:
            setattr(rules, name, values[name])
    for name in NUMBERS:
        if getattr(rules, name) < (0 if name in MAY_BE_NONE else 1):
            faults[name] = ["须为 1 或以上的整数"]
    if rules.pass_share > 100:
        faults["pass_share"] = ["同意比例不能超过 100%"]
    if set(rules.papers) - set(Paper.values):
        faults["papers"] = ["没有这种材料，请重新选择"]
    if faults:
        raise Invalid("验收规则需要修改，请按提示处理", code="rules_invalid", fields=faults)
    rules.save()
    audit.record(
        actor=actor,
        thing=call,
        action="acceptance_rules",
        label="设定验收规则",
        detail={name: getattr(rules, name) for name in RULES},
    )
    return rules


@transaction.atomic
def open_for(*, contract: Contract) -> Acceptance:
    """Begin the acceptance of a running contract; asked twice, it returns the same one."""
    known = queries.of_contract(contract)
    if known:
        return known
    if contract.state != ContractState.RUNNING:
        raise WrongState("合同不在实施中，不能申请验收")
    try:
        with transaction.atomic():
            made = Acceptance.objects.create(contract=contract, due_on=due_on(contract))
    except IntegrityError:  # somebody opened it in this moment
        return Acceptance.objects.get(contract=contract)
    audit.record(actor=None, thing=made, action="open", label="建立验收事项", went_to=made.state)
    return made


def due_on(contract: Contract) -> date | None:
    """Return by when the application is due: some months after the contract's end."""
    if contract.ends_on is None:
        return None
    return contract.ends_on + relativedelta(months=queries.rules_of(contract.call).due_months)


@transaction.atomic
def follow(*, contract: Contract) -> None:
    """Keep up with the contract: begin when it runs, be due with its end, end with it."""
    known = Acceptance.objects.filter(contract=contract).first()
    if known is None:
        if contract.state == ContractState.RUNNING:
            open_for(contract=contract)
        return
    if contract.state == ContractState.RUNNING and known.state in WITH_SOLVER:
        Acceptance.objects.filter(pk=known.pk).update(due_on=due_on(contract))
    elif contract.state in BROKEN_OFF and known.state in OPEN:
        audit.advance(thing=known, action=Action.CANCEL, actor=None)
        tell(known)


@transaction.atomic
def write(
    *,
    acceptance: Acceptance,
    actor: User,
    revision: int,
    data: Mapping[str, Any],
    results: Mapping[int, Mapping[str, Any]],
) -> Acceptance:
    """Keep the application as far as it is written; raises Stale over somebody's newer text."""
    policies.may_apply(actor, acceptance.contract).enforce()
    _with_the_solver(acceptance)
    if unknown := sorted(set(data) - set(checklist.WRITABLE)):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    if found := checklist.write_faults(acceptance, data, results):
        raise Invalid("验收申请需要修改，请按提示处理", code="application_invalid", fields=found)
    fresh = Acceptance.objects.filter(pk=acceptance.pk, revision=revision, state=acceptance.state)
    if not fresh.update(revision=F("revision") + 1, **data):
        raise Stale("验收申请刚刚被他人修改，请刷新后再编辑")
    for key, row in results.items():
        Result.objects.update_or_create(acceptance=acceptance, indicator_id=key, defaults=dict(row))
    acceptance.refresh_from_db()
    acceptance.__dict__.pop("_prefetched_objects_cache", None)
    audit.record(actor=actor, thing=acceptance, action="write", label="填写验收申请")
    return acceptance


@transaction.atomic
def submit(*, acceptance: Acceptance, actor: User) -> Acceptance:
    """Hand the application in; raises Invalid with what is missing by field."""
    policies.may(actor, Action.SUBMIT, acceptance).enforce()
    Acceptance.LIFE.target(Action.SUBMIT, acceptance.state)
    if acceptance.contract.state != ContractState.RUNNING:
        raise WrongState("合同不在实施中，不能申请验收")
    if left := unconfirmed(acceptance.contract):
        raise RuleBroken(
            f"还有 {left} 个里程碑没有确认，全部确认后才能申请验收", code="milestones_open"
        )
    if found := checklist.faults(acceptance):
        raise Invalid("验收申请还不完整，请补齐后提交", code="application_incomplete", fields=found)
    also: dict[str, Any] = {"submitted_by": actor, "submitted_at": clock.now()}
    if acceptance.state == State.REVISING:
        also |= {"turn": 2, "conclusion": "", "approved_by": None, "approved_at": None}
    # What was handed in is written down with the step, file by file with its hash.
    detail = {"files": files.manifest(acceptance)}
    audit.advance(thing=acceptance, action=Action.SUBMIT, actor=actor, detail=detail, also=also)
    tell(acceptance)
    return acceptance


@transaction.atomic
def rate(*, acceptance: Acceptance, actor: User, satisfaction: str, text: str) -> Acceptance:
    """Say how content the poster is with the result; said anew, the later word counts."""
    policies.may_say_satisfied(actor, acceptance).enforce()
    if acceptance.state not in (State.SUBMITTED, State.REVIEWING):
        raise WrongState("验收申请提交后、结论提出前才能评价满意度")
    faults: dict[str, list[str]] = {}
    if satisfaction not in Satisfaction.values:
        faults["satisfaction"] = ["请选择满意度"]
    least = queries.rules_of(acceptance.contract.call).opinion_least
    if len(text.strip()) < least:
        faults["satisfaction_text"] = [f"请写明理由，至少 {least} 字"]
    if faults:
        raise Invalid("满意度评价需要补齐", code="satisfaction_invalid", fields=faults)
    said = {
        "satisfaction": satisfaction,
        "satisfaction_text": text.strip(),
        "satisfied_by": actor,
        "satisfied_at": clock.now(),
    }
    fresh = Acceptance.objects.filter(pk=acceptance.pk, state=acceptance.state)
    if not fresh.update(**said):
        raise Stale("验收刚刚有新的进展，请刷新后再评价")
    for name, value in said.items():
        setattr(acceptance, name, value)
    audit.record(
        actor=actor,
        thing=acceptance,
        action="rate",
        label="需求方满意度",
        note=f"{Satisfaction(satisfaction).label}：{text.strip()}",
    )
    return acceptance


@transaction.atomic
def check(*, acceptance: Acceptance, action: str, actor: User, note: str = "") -> Acceptance:
    """Return an application for completion, or take it up for the panel."""
    if action not in (Action.RETURN, Action.CONVENE):
        raise WrongState("这一步须填写完整内容后办理", code="needs_content")
    policies.may(actor, action, acceptance).enforce()
    Acceptance.LIFE.target(action, acceptance.state)
    ready = checklist.may_begin(acceptance)
    if action == Action.CONVENE and not ready:
        raise RuleBroken(ready.reason, code=ready.code)
    audit.advance(thing=acceptance, action=action, actor=actor, note=note)
    tell(acceptance)
    return acceptance


def tell(acceptance: Acceptance) -> None:
    """Tell the floors above where the acceptance stands now."""
    acceptance_moved.send(Acceptance, acceptance_id=acceptance.pk, state=acceptance.state)


def _with_the_solver(acceptance: Acceptance) -> None:
    if acceptance.state not in WITH_SOLVER:
        label = acceptance.get_state_display()
        raise WrongState(f"验收申请{label}，内容已锁定；如需修改请联系科技局退回")
