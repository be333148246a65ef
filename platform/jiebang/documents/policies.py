"""Who may do what with templates, texts, pledges and the registration."""

from jiebang.accounts.models import PlatformRole, User
from jiebang.common.decisions import ALLOWED, Decision
from jiebang.contracts import policies as contracts
from jiebang.contracts.models import Contract
from jiebang.organizations import policies as units


def may_edit_templates(actor: User) -> Decision:
    """Say whether the actor may give and choose templates."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return Decision("合同模板由科技局经办人员维护", code="role_required")


def may_see_templates(actor: User) -> Decision:
    """Say whether the actor sees the templates: the bureau."""
    if actor.has_role(*contracts.READERS):
        return ALLOWED
    return Decision("合同模板只供科技局人员查阅", code="role_required")


def may_pledge(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may write the pledges: who draws the contract up."""
    return contracts.may_draft(actor, contract)


def may_deposit(actor: User, contract: Contract, side: str) -> Decision:
    """Say whether the actor may hand in this side's signed copy."""
    if side in contracts.sides_of(actor, contract):
        return ALLOWED
    return Decision("签署件由签署方的管理员提交", code="not_a_signatory")


def may_register(actor: User, contract: Contract) -> Decision:
    """Say whether the actor may enter the registration: the solver, who sells, or an officer."""
    if actor.has_role(PlatformRole.OFFICER):
        return ALLOWED
    return units.may_write_for(actor, contract.solver)
