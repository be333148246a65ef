"""Who may do what with a contract and its milestones."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts.models import Contract, Milestone, Payment
from jiebang.contracts.states import (
    LIFE,
    Action,
    MilestoneAction,
    PaymentAction,
    PaymentKind,
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
            return Decision("合同在各方签署后自动生效", code="by_signatures")
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
    if payment.kind == PaymentKind.TRANCHE and payment.contract.state == State.TERMINATED:
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
    """Return what this person can do now: the buttons of a page, by the rules themselves."""
    return [a for a in LIFE.actions_from(contract.state) if may(actor, a, contract)]


def milestone_actions_for(actor: User, milestone: Milestone) -> list[str]:
    """Return what this person can do with the milestone now."""
    if milestone.contract.state != State.RUNNING:
        return []
    rules = {MilestoneAction.REPORT: may_report}
    possible = milestone.LIFE.actions_from(milestone.state)
    return [a for a in possible if rules.get(MilestoneAction(a), may_judge)(actor, milestone)]


def _bureau(actor: User, contract: Contract, role: PlatformRole) -> Decision:
    if not actor.has_role(role):
        return Decision(f"此事由{role.label}人员办理", code="role_required")
    if {contract.poster_id, contract.solver_id} & set(units.roles_of(actor)):
        return Decision("您是合同一方单位的成员，应当回避", code="recusal")
    return ALLOWED


def _not_a_party() -> Decision:
    return Decision("只有合同各方的签署人可以办理", code="not_a_signatory")
