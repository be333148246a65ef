"""How a contract ends, whoever decides it: state, challenge or commission, message."""

from collections.abc import Mapping
from typing import Any

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards.models import Award
from jiebang.challenges import services as challenges
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.commissions import services as commission_services
from jiebang.commissions.states import Action as CommissionAction
from jiebang.contracts import lanes
from jiebang.contracts.models import Contract
from jiebang.contracts.signals import contract_moved
from jiebang.contracts.states import BROKEN_OFF, ENDED, REACHED, Action

# What an end of the contract means for the challenge it came from.
ENDS = {
    Action.ACCEPT: ChallengeAction.COMPLETE,
    Action.CONCLUDE: ChallengeAction.COMPLETE,
    Action.FAIL: ChallengeAction.RELEASE,
    Action.TERMINATE: ChallengeAction.RELEASE,
    Action.REVOKE: ChallengeAction.RELEASE,
}
OF_A_COMMISSION = {
    ChallengeAction.COMPLETE: CommissionAction.COMPLETE,
    ChallengeAction.RELEASE: CommissionAction.RELEASE,
}


def end(
    *,
    contract: Contract,
    action: Action,
    actor: User | None,
    note: str,
    detail: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """End the contract; the caller has checked that it may and holds its row."""
    audit.advance(thing=contract, action=action, actor=actor, note=note, detail=detail, also=also)
    if contract.state in BROKEN_OFF:
        lanes.free(contract)
    award = contract.award
    if award and (step := _step_of_challenge(award, action)):
        challenges.follow(challenge=award.challenge, action=step, actor=actor, note=note)
    if made := contract.commission:
        ends = OF_A_COMMISSION[ENDS[action]]
        commission_services.follow(commission=made, action=ends, actor=actor, note=note)
    tell(contract)


def tell(contract: Contract) -> None:
    """Let the floors above know where the contract stands."""
    contract_moved.send(Contract, contract_id=contract.pk, state=contract.state)


def _step_of_challenge(award: Award, action: Action) -> ChallengeAction | None:
    """Return what becomes of the challenge; of a race (赛马) the last contract to end says it."""
    rest = Contract.objects.filter(award__challenge=award.challenge_id)
    others = set(rest.exclude(award=award).values_list("state", flat=True))
    if others - ENDED:
        return None
    return ChallengeAction.COMPLETE if others & REACHED else ENDS[action]
