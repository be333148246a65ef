"""What can be done with contracts: draw up, sign, report, confirm, accept, terminate."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards.models import Award
from jiebang.challenges import services as challenges
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.commissions import queries as commissions
from jiebang.commissions import services as commission_services
from jiebang.commissions.states import Action as CommissionAction
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.contracts import payments, policies, terms
from jiebang.contracts.models import (
    Contract,
    Measurement,
    Milestone,
    MilestoneReport,
    Signature,
)
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import Action, MilestoneAction, Side, State
from jiebang.library.models import TechNeed
from jiebang.organizations.models import Organization

COMMISSION_ENDS = {
    Action.ACCEPT: CommissionAction.COMPLETE,
    Action.TERMINATE: CommissionAction.RELEASE,
}
ENDS = {Action.ACCEPT: ChallengeAction.COMPLETE, Action.TERMINATE: ChallengeAction.RELEASE}


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
        title=f"{award.challenge.title}合同"[:80],
        amount=award.amount,
        grant=award.grant,
        ip_terms=need.ip_terms,
    )
    audit.record(
        actor=None, thing=contract, action="draw_up", label="生成合同", went_to=contract.state
    )
    return contract


@transaction.atomic
def open_for_commission(
    *,
    commission_number: str,
    needs: Sequence[TechNeed],
    poster: Organization | None,
    solver: Organization,
    title: str,
    amount: Decimal,
    grant: Decimal = Decimal(0),
    actor: User | None = None,
) -> Contract:
    """Begin the contract of a decided commission; asked twice, it returns the same one.

    Whoever calls has checked the decision and its notice. `contract_moved` tells of its end.
    """
    if not commission_number or not needs:
        raise Invalid("合同须有委托编号和委托攻关的需求", code="origin_required")
    known = Contract.objects.filter(commission_number=commission_number).first()
    if known:
        return known
    contract = Contract.objects.create(
        commission_number=commission_number,
        poster=poster,
        solver=solver,
        title=title[:80],
        amount=amount,
        grant=grant,
        ip_terms=needs[0].ip_terms,
    )
    contract.commissioned.set(needs)
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
    Contract.objects.filter(pk=contract.pk).update(**data)
    contract.milestones.all().delete()
    for n, row in enumerate(milestones, 1):
        values = {name: row[name] for name in terms.MILESTONE if name in row}
        milestone = Milestone.objects.create(contract=contract, position=n, **values)
        milestone.indicators.set(row.get("indicators", ()))
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
    if action == Action.TERMINATE:
        _settled(contract)
    audit.advance(thing=contract, action=action, actor=actor, note=note)
    if action == Action.REOPEN:
        contract.signatures.all().delete()
    award = contract.award
    if action in COMMISSION_ENDS and (made := commissions.of_number(contract.commission_number)):
        ends = COMMISSION_ENDS[Action(action)]
        commission_services.follow(commission=made, action=ends, actor=actor, note=note)
    if action in ENDS and award and (step := _step_of_challenge(award, Action(action))):
        challenges.follow(challenge=award.challenge, action=step, actor=actor, note=note)
    _tell(contract)
    return contract


def _step_of_challenge(award: Award, action: Action) -> ChallengeAction | None:
    """Return what becomes of the challenge; of a race (赛马) the last contract to end says it."""
    rest = Contract.objects.filter(award__challenge=award.challenge_id)
    others = set(rest.exclude(award=award).values_list("state", flat=True))
    if others - {State.ACCEPTED, State.TERMINATED}:
        return None
    return ChallengeAction.COMPLETE if State.ACCEPTED in others else ENDS[action]


@transaction.atomic
def sign(*, contract: Contract, actor: User, side: str) -> Contract:
    """Sign for one side; with the last signature the contract takes effect."""
    policies.may_sign(actor, contract, side).enforce()
    _holding(contract, State.SIGNING, "合同不在签署阶段")
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
        detail={"side": side},
    )
    wanted = set(Side) if contract.poster_id else {Side.SOLVER, Side.BUREAU}
    signed = set(contract.signatures.values_list("side", flat=True))
    contract.__dict__.pop("_prefetched_objects_cache", None)
    if wanted <= signed:
        also = {"signed_at": clock.now()}
        audit.advance(thing=contract, action=Action.ACTIVATE, actor=None, also=also)
        _tell(contract)
    return contract


@transaction.atomic
def report(
    *,
    milestone: Milestone,
    actor: User,
    summary: str,
    measurements: Mapping[int, Mapping[str, Any]],
    problems: str = "",
    next_plan: str = "",
    spent: Decimal | None = None,
) -> MilestoneReport:
    """Report progress: a measured value or text for every indicator the milestone carries."""
    policies.may_report(actor, milestone).enforce()
    _holding(milestone.contract, State.RUNNING, "合同不在实施中，不能提交进展")
    Milestone.LIFE.target(MilestoneAction.REPORT, milestone.state)
    if faults := terms.report_faults(milestone, summary, measurements, spent):
        raise Invalid("进展报告需要补齐", code="report_incomplete", fields=faults)
    audit.advance(thing=milestone, action=MilestoneAction.REPORT, actor=actor, note=summary)
    made = MilestoneReport.objects.create(
        milestone=milestone,
        summary=summary.strip(),
        problems=problems.strip(),
        next_plan=next_plan.strip(),
        spent=spent,
        reported_by=actor,
    )
    Measurement.objects.bulk_create(
        Measurement(report=made, indicator_id=key, **row) for key, row in measurements.items()
    )
    _tell(milestone.contract)
    return made


@transaction.atomic
def judge(*, milestone: Milestone, action: str, actor: User, note: str = "") -> Milestone:
    """Confirm a reported milestone, which releases its tranche, or return it with a reason."""
    if action == MilestoneAction.REPORT:
        raise WrongState("提交进展请填写进展报告", code="report_needed")
    policies.may_judge(actor, milestone).enforce()
    _holding(milestone.contract, State.RUNNING, "合同不在实施中，不能确认进展")
    audit.advance(thing=milestone, action=action, actor=actor, note=note)
    newest = milestone.reports.latest("pk")
    MilestoneReport.objects.filter(pk=newest.pk).update(opinion=note.strip())
    _tell(milestone.contract)
    return milestone


def _holding(contract: Contract, state: str, sentence: str) -> None:
    """Hold the contract's row until commit, and see that it stands where it must."""
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.state != state:
        if contract.state == state:
            raise Stale("合同状态刚刚发生了变化，请刷新后再办理")
        raise WrongState(sentence)


def _settled(contract: Contract) -> None:
    """Hold the contract's row, and see that no payment is under way when it ends."""
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if left := payments.open_of(contract):
        raise RuleBroken(
            f"还有 {left} 笔拨付没有办结，请先办结或不予支付，再终止合同", code="payments_open"
        )


def _tell(contract: Contract) -> None:
    contract_moved.send(Contract, contract_id=contract.pk, state=contract.state)
