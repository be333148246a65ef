"""Who may do what with a contract and its milestones."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts.models import (
    ChangeRequest,
    Checkpoint,
    Contract,
    Milestone,
    Payment,
    Settlement,
    StageOpinion,
)
from jiebang.contracts.states import (
    BROKEN_OFF,
    LIFE,
    Action,
    CheckpointAction,
    MilestoneAction,
    PaymentAction,
    PaymentKind,
    RequestAction,
    RequestKind,
    SettlementAction,
    Side,
    State,
)
from jiebang.organizations import policies as unit_policies
from jiebang.organizations import queries as units

READERS = (PlatformRole.OFFICER, PlatformRole.APPROVER, PlatformRole.AUDITOR)


def may(actor: User, action: str, contract: Contract) -> Decision:
    """Say whether the actor may take the action; the state is the workflow's affair."""
    match action:
        case Action.ACTIVATE:
            return _bureau(actor, contract, PlatformRole.OFFICER, PlatformRole.APPROVER)
        case Action.ACCEPT | Action.CONCLUDE | Action.FAIL:
            return Decision("验收结论由验收环节作出", code="by_acceptance")
        case Action.REVOKE:
            return Decision("撤销须先提出撤销申请", code="by_request")
        case Action.PROPOSE:
            return may_draft(actor, contract)
        case Action.REOPEN:
            return ALLOWED if sides_of(actor, contract) else _not_a_party()
        case _:
            return _bureau(actor, contract, PlatformRole.APPROVER)


def may_draft(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may write the contract: the poster, or the bureau if there is none."""
    if contract.poster is None:
        return _bureau(actor, contract, PlatformRole.OFFICER)
    return unit_policies.may_write_for(actor, contract.poster)


def may_sign(actor: User, contract: Contract, side: str) -> Decision:
    """Say whether the actor may sign for this side; nobody signs for two."""
    if side not in sides_of(actor, contract):
        return Decision(f"您不能代表{Side(side).label}签署", code="not_a_signatory")
    if contract.signatures.filter(signer=actor).exclude(side=side).exists():
        return Decision("同一人不能代表两方签署", code="signed_for_another")
    return ALLOWED


def sides_of(actor: User, contract: Contract) -> list[Side]:
    """Return the sides for which the actor may sign: units by their administrators."""
    sides = []
    if contract.poster and unit_policies.may_administer(actor, contract.poster):
        sides.append(Side.POSTER)
    if unit_policies.may_administer(actor, contract.solver):
        sides.append(Side.SOLVER)
    if _bureau(actor, contract, PlatformRole.APPROVER):
        sides.append(Side.BUREAU)
    return sides


def may_report(actor: User, milestone: Milestone) -> Decision:
    """Say whether the actor may report progress: the solver's writers, while it runs."""
    return unit_policies.may_write_for(actor, milestone.contract.solver)


def may_judge(actor: User, milestone: Milestone) -> Decision:
    """Say whether the actor may confirm or return a report: the poster's writers."""
    poster = milestone.contract.poster
    if poster is None:
        return _bureau(actor, milestone.contract, PlatformRole.OFFICER)
    return unit_policies.may_write_for(actor, poster)


def may_request(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may ask for a tranche: the solver's writers."""
    return unit_policies.may_write_for(actor, contract.solver)


def may_recall(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may call money back after a termination."""
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_settle(actor: User, action: str, payment: Payment) -> Decision:
    """Say whether the actor may take the step: approver decides, officer registers the voucher.

    Three steps, and nobody takes two that follow each other.
    """
    paying = action == PaymentAction.PAY
    role = PlatformRole.OFFICER if paying else PlatformRole.APPROVER
    before = payment.approved_by_id if paying else payment.requested_by_id
    decision = _bureau(actor, payment.contract, role)
    if decision and before == actor.pk:
        return Decision("前后两步不能由同一人办理，请由他人办理", code="same_person")
    return decision


def payment_actions_for(actor: User, payment: Payment) -> list[str]:
    """Return what this person can do with the payment now."""
    if payment.kind == PaymentKind.TRANCHE and payment.contract.state in BROKEN_OFF:
        possible = [PaymentAction.DECLINE.value]
    else:
        possible = payment.LIFE.actions_from(payment.state)
    known = payment.LIFE.actions_from(payment.state)
    return [a for a in possible if a in known and may_settle(actor, a, payment)]


def may_read(actor: User | None, contract: Contract) -> bool:
    """Say whether the actor may read the contract: its parties and the bureau."""
    if actor is None or not actor.is_authenticated:
        return False
    parties = {contract.poster_id, contract.solver_id}
    return actor.has_role(*READERS) or bool(parties & set(units.roles_of(actor)))


def actions_for(actor: User, contract: Contract) -> list[str]:
    """Return what this person can do now: the buttons of a page, by the rules themselves.

    A contract takes effect by itself with the last signature; a running one ends on request.
    """
    by_itself = {Action.TERMINATE if contract.state == State.RUNNING else Action.ACTIVATE}
    possible = [a for a in LIFE.actions_from(contract.state) if a not in by_itself]
    return [a for a in possible if may(actor, a, contract)]


def milestone_actions_for(actor: User, milestone: Milestone) -> list[str]:
    """Return what this person can do with the milestone now."""
    if milestone.contract.state != State.RUNNING:
        return []
    rules = {MilestoneAction.REPORT: may_report}
    possible = milestone.LIFE.actions_from(milestone.state)
    return [a for a in possible if rules.get(MilestoneAction(a), may_judge)(actor, milestone)]


def may_ask(actor: User, kind: str, contract: Contract) -> Decision:
    """Say whether the actor may ask for this: the parties; the bureau to end a contract."""
    if kind == RequestKind.REVOCATION:
        return _bureau(actor, contract, PlatformRole.OFFICER)
    parties = (contract.solver, contract.poster)
    for unit in filter(None, parties):
        if unit_policies.may_write_for(actor, unit):
            return ALLOWED
    if kind == RequestKind.TERMINATION or contract.poster is None:
        return _bureau(actor, contract, PlatformRole.OFFICER)
    return Decision("变更和延期由合同双方提出", code="not_a_party")


def needs_no_agreement(actor: User, kind: str, contract: Contract) -> bool:
    """Say whether the poster need not be asked: there is none, it asks itself, or misconduct."""
    if kind == RequestKind.REVOCATION or contract.poster is None:
        return True
    return bool(unit_policies.may_write_for(actor, contract.poster))


def may_move_request(actor: User, action: str, request: ChangeRequest) -> Decision:
    """Say whether the actor may take the step: poster agrees, a second person decides."""
    contract = request.contract
    match action:
        case RequestAction.WITHDRAW:
            own = request.asked_by_id == actor.pk
            return ALLOWED if own else Decision("申请由提出的人撤回", code="not_the_asker")
        case RequestAction.AGREE | RequestAction.DECLINE:
            if contract.poster is None:
                return Decision("本合同没有甲方，由科技局直接审定", code="no_poster")
            return unit_policies.may_write_for(actor, contract.poster)
    decision = _bureau(actor, contract, PlatformRole.APPROVER)
    if decision and request.asked_by_id == actor.pk:
        return Decision("自己提出的申请由他人审定", code="same_person")
    return decision


def request_actions_for(actor: User, request: ChangeRequest) -> list[str]:
    """Return what this person can do with the request now."""
    possible = request.LIFE.actions_from(request.state)
    return [a for a in possible if may_move_request(actor, a, request)]


def kinds_to_ask(actor: User, contract: Contract) -> list[RequestKind]:
    """Return what this person could ask of the contract now, leaving aside what is pending."""
    if contract.state != State.RUNNING:
        return []
    return [kind for kind in RequestKind if may_ask(actor, kind, contract)]


def may_settle_up(actor: User, action: str, settlement: Settlement) -> Decision:
    """Say whether the actor may confirm or return a settlement, or propose it anew."""
    contract = settlement.contract
    if action == SettlementAction.RESUBMIT:
        return _bureau(actor, contract, PlatformRole.OFFICER)
    decision = _bureau(actor, contract, PlatformRole.APPROVER)
    if decision and settlement.proposed_by_id == actor.pk:
        return Decision("结算由提出人以外的人核定", code="same_person")
    return decision


def settlement_actions_for(actor: User, settlement: Settlement) -> list[str]:
    """Return what this person can do with the settlement now."""
    if settlement.contract.closed_at:
        return []
    possible = settlement.LIFE.actions_from(settlement.state)
    return [a for a in possible if may_settle_up(actor, a, settlement)]


def may_propose_settlement(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may reckon what is to be returned."""
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_close(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may close the contract's file."""
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_arrange_check(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may ask experts for a stage check."""
    return _bureau(actor, contract, PlatformRole.OFFICER)


def may_give_opinion(actor: User, opinion: StageOpinion) -> Decision:
    """Say whether the opinion is the actor's to give."""
    own = opinion.expert_id == actor.pk
    return ALLOWED if own else Decision("这项阶段检查没有请您", code="not_asked")


def may_run_race(actor: User, action: str, checkpoint: Checkpoint) -> Decision:
    """Say whether the actor may rank, or decide as a second person."""
    if action == CheckpointAction.RANK:
        return may_plan_race(actor)
    decision = _of_the_bureau(actor, PlatformRole.APPROVER)
    if decision and checkpoint.ranked_by_id == actor.pk:
        return Decision("名次和去留不能由同一人办理", code="same_person")
    return decision


def may_plan_race(actor: User) -> Decision:
    """Say whether the actor may set a checkpoint."""
    return _of_the_bureau(actor, PlatformRole.OFFICER)


def _of_the_bureau(actor: User, *roles: PlatformRole) -> Decision:
    if not actor.has_role(*roles):
        labels = "或".join(str(role.label) for role in roles)
        return Decision(f"此事由{labels}人员办理", code="role_required")
    return ALLOWED


def _bureau(actor: User, contract: Contract, *roles: PlatformRole) -> Decision:
    if not (decision := _of_the_bureau(actor, *roles)):
        return decision
    if {contract.poster_id, contract.solver_id} & set(units.roles_of(actor)):
        return Decision("您是合同一方单位的成员，应当回避", code="recusal")
    return ALLOWED


def _not_a_party() -> Decision:
    return Decision("只有合同各方的签署人可以办理", code="not_a_signatory")
