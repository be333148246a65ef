"""What can be done with contracts: draw up, write, sign, conclude, terminate before effect."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards.models import Award
from jiebang.commissions.models import Commission
from jiebang.commissions.states import State as CommissionState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.contracts import changes, ending, lanes, payments, policies, terms, versions
from jiebang.contracts.models import BudgetLine, Contract, Milestone, Signature
from jiebang.contracts.progress import judge, report
from jiebang.contracts.states import Action, Outcome, Side, State
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate

__all__ = [
    "activate",
    "conclude",
    "draw_up",
    "judge",
    "move",
    "open_for_commission",
    "report",
    "sign",
    "write",
]
CONCLUSIONS = {
    Outcome.PASSED: Action.ACCEPT,
    Outcome.CLOSED: Action.CONCLUDE,
    Outcome.FAILED: Action.FAIL,
}


@transaction.atomic
def draw_up(*, award: Award) -> Contract:
    """Begin the contract that an award calls for; asked twice, it returns the same one."""
    known = Contract.objects.filter(award=award).first()
    if known:
        return known
    need, bid = award.challenge.need, award.proposal
    contract = Contract.objects.create(
        award=award,
        poster=need.owner,
        solver=bid.lead,
        title=_title_of(award),
        amount=award.amount,
        grant=award.grant,
        self_raised=bid.self_raised or 0,
        ip_terms=need.ip_terms,
    )
    lanes.begin(award.challenge)
    audit.record(
        actor=None, thing=contract, action="draw_up", label="生成合同", went_to=contract.state
    )
    return contract


def _title_of(award: Award) -> str:
    """Return what the contract is called; in a race (赛马) by whose it is, to tell them apart."""
    raced = award.challenge.awards.count() > 1
    whose = f"（{award.proposal.lead}）" if raced else ""
    return f"{award.challenge.title[: 78 - len(whose)]}合同{whose}"


@transaction.atomic
def open_for_commission(*, commission: Commission, actor: User | None = None) -> Contract:
    """Begin the contract of a commission in effect; asked twice, it returns the same one."""
    known = Contract.objects.filter(commission=commission).first()
    if known:
        return known
    if commission.state != CommissionState.EFFECTIVE:
        raise WrongState("定向委托公示期满生效后才能订立合同", code="not_in_effect")
    contract = Contract.objects.create(
        commission=commission,
        poster=commission.poster,
        solver=commission.candidate,
        title=f"{commission.title}合同"[:80],
        amount=commission.amount,
        grant=commission.grant,
        ip_terms=commission.needs[0].ip_terms,
    )
    audit.record(
        actor=actor, thing=contract, action="draw_up", label="生成合同", went_to=contract.state
    )
    return contract


@transaction.atomic
def write(
    *,
    contract: Contract,
    actor: User,
    data: Mapping[str, Any],
    milestones: Sequence[Mapping[str, Any]],
) -> Contract:
    """Write dates, clauses and milestones; see `terms.check` for what they must keep to."""
    policies.may_draft(actor, contract).enforce()
    _holding(contract, State.DRAFTING, "合同已送签，内容已锁定；如需修改请先退回重拟")
    if unknown := sorted(set(data) - terms.WRITABLE):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    if faults := terms.faults(contract, data, milestones):
        raise Invalid("合同内容需要修改，请按提示处理", code="contract_invalid", fields=faults)
    columns = {name: value for name, value in data.items() if name != "budget"}
    Contract.objects.filter(pk=contract.pk).update(**columns)
    if "budget" in data:
        _plan(contract, data["budget"])
    contract.milestones.all().delete()
    for n, row in enumerate(milestones, 1):
        values = {name: row[name] for name in terms.MILESTONE if name in row}
        milestone = Milestone.objects.create(contract=contract, position=n, **values)
        milestone.indicators.set(row.get("indicators") or ())
    contract.refresh_from_db()
    contract.__dict__.pop("_prefetched_objects_cache", None)
    audit.record(actor=actor, thing=contract, action="write", label="拟定合同")
    return contract


@transaction.atomic
def move(*, contract: Contract, action: str, actor: User, note: str = "") -> Contract:
    """Send for signing, reopen, accept or terminate."""
    policies.may(actor, action, contract).enforce()
    Contract.LIFE.target(action, contract.state)
    if action == Action.PROPOSE and (faults := terms.missing(contract)):
        raise Invalid("合同还不完整，不能送签", code="contract_incomplete", fields=faults)
    if action == Action.ACCEPT and (left := terms.unconfirmed(contract)):
        raise RuleBroken(f"还有 {left} 个里程碑没有确认，不能验收", code="milestones_open")
    if action == Action.ACTIVATE:
        return activate(contract=contract, actor=actor)
    if action == Action.TERMINATE and contract.state == State.RUNNING:
        raise WrongState("实施中的合同须先提出终止申请，甲方同意后由科技局审定", code="by_request")
    if action in ending.ENDS:
        Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        _nothing_pending(contract)
        ending.end(contract=contract, action=Action(action), actor=actor, note=note)
        return contract
    audit.advance(thing=contract, action=action, actor=actor, note=note)
    if action == Action.PROPOSE:
        versions.keep(contract, why="送签", actor=actor)
    if action == Action.REOPEN:
        contract.signatures.all().delete()
    ending.tell(contract)
    return contract


@transaction.atomic
def conclude(
    *,
    contract: Contract,
    outcome: str,
    actor: User | None,
    acceptance_number: str,
    note: str = "",
) -> Contract:
    """End a running contract as its acceptance concluded; the number is the acceptance record's.

    Whoever calls has checked who may conclude. Refused while a payment, a change request or,
    for a pass, a milestone is open.
    """
    if not acceptance_number.strip():
        raise Invalid(
            "须有验收结论的编号",
            code="acceptance_required",
            fields={"acceptance_number": ["请填写验收结论编号"]},
        )
    action = CONCLUSIONS[Outcome(outcome)]
    _holding(contract, State.RUNNING, "合同不在实施中，不能作出验收结论")
    if outcome == Outcome.PASSED and (left := terms.unconfirmed(contract)):
        raise RuleBroken(f"还有 {left} 个里程碑没有确认，不能验收", code="milestones_open")
    _nothing_pending(contract)
    if outcome == Outcome.FAILED and (left := payments.open_of(contract)):
        raise RuleBroken(f"还有 {left} 笔拨付没有办结，请先办结或不予支付", code="payments_open")
    ending.end(
        contract=contract,
        action=action,
        actor=actor,
        note=note or f"验收结论：{Outcome(outcome).label}",
        detail={"acceptance_number": acceptance_number},
        also={"acceptance_number": acceptance_number.strip()},
    )
    return contract


@transaction.atomic
def sign(
    *,
    contract: Contract,
    actor: User,
    side: str,
    version: int | None = None,
    contract_no: str = "",
    dated_on: date | None = None,
) -> Contract:
    """Sign for one side; with the last signature the contract takes effect.

    `version` is the contract's as the signer read it; an older one is refused as stale. The
    bureau signs with the contract's number and date; it gets its own number and today's date
    where none are given.
    """
    policies.may_sign(actor, contract, side).enforce()
    held = _holding(contract, State.SIGNING, "合同不在签署阶段")
    if version is not None and version != held.version:
        raise Stale(
            f"合同已更新到第 {held.version} 版，您看到的是第 {version} 版，请刷新后再签署",
            code="old_version",
        )
    # Another side may have signed, and the bureau given the number, since the caller read it.
    contract.contract_no, contract.dated_on = held.contract_no, held.dated_on
    integrity.check(Gate.CONTRACT, contract.solver)
    if side == Side.BUREAU:
        _register(contract, contract_no, dated_on)
    try:
        with transaction.atomic():
            Signature.objects.create(contract=contract, side=side, signer=actor)
    except IntegrityError as error:
        raise Conflict(f"{Side(side).label}已经签署", code="signed_already") from error
    audit.record(
        actor=actor,
        thing=contract,
        action="sign",
        label="签署合同",
        note=Side(side).label,
        detail={"side": side, "version": held.version},
    )
    contract.__dict__.pop("_prefetched_objects_cache", None)
    if not _unsigned(contract) and contract.contract_no and contract.dated_on:
        return activate(contract=contract, actor=None)
    return contract


@transaction.atomic
def activate(*, contract: Contract, actor: User | None) -> Contract:
    """Let the contract take effect; refused without number, date or a side's signature."""
    if actor is not None:
        policies.may(actor, Action.ACTIVATE, contract).enforce()
    held = _holding(contract, State.SIGNING, "合同不在签署阶段，不能生效")
    found: dict[str, list[str]] = {}
    if not held.contract_no:
        found["contract_no"] = ["请填写合同文号"]
    if not held.dated_on:
        found["dated_on"] = ["请填写签订日期"]
    if left := _unsigned(held):
        found["signatures"] = [f"{'、'.join(side.label for side in left)}还没有签署"]
    if found:
        raise Invalid("合同还不能生效", code="activation_incomplete", fields=found)
    audit.advance(
        thing=contract, action=Action.ACTIVATE, actor=actor, also={"signed_at": clock.now()}
    )
    ending.tell(contract)
    return contract


def _unsigned(contract: Contract) -> list[Side]:
    """Return the sides that have still to sign."""
    signed = set(contract.signatures.values_list("side", flat=True))
    sides = [side for side in Side if side != Side.POSTER or contract.poster_id]
    return [side for side in sides if side not in signed]


def _register(contract: Contract, contract_no: str, dated_on: date | None) -> None:
    """Give the contract its number and date."""
    number = contract_no.strip() or contract.contract_no or contract.number
    values = {"contract_no": number, "dated_on": dated_on or contract.dated_on or clock.today()}
    try:
        with transaction.atomic():
            Contract.objects.filter(pk=contract.pk).update(**values)
    except IntegrityError as error:
        sentence = f"合同文号 {number} 已经用过"
        fields = {"contract_no": [sentence]}
        raise Conflict(sentence, code="contract_no_known", fields=fields) from error
    for name, value in values.items():
        setattr(contract, name, value)


def _plan(contract: Contract, lines: Mapping[str, Decimal]) -> None:
    """Write the budget by item; items without money are left out."""
    contract.budget.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(contract=contract, item=item, amount=amount)
        for item, amount in lines.items()
        if amount
    )


def _nothing_pending(contract: Contract) -> None:
    """See that no request is under way when the contract ends."""
    if pending := changes.of_contract_pending(contract):
        raise Conflict(
            f"{pending.get_kind_display()}申请 {pending.number} 正在办理，办结或撤回后再办理",
            code="request_pending",
        )


def _holding(contract: Contract, state: str, sentence: str) -> Contract:
    """Hold the contract's row until commit, and see that it stands where it must."""
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.state != state:
        if contract.state == state:
            raise Stale("合同状态刚刚发生了变化，请刷新后再办理")
        raise WrongState(sentence)
    return held
