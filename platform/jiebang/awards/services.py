"""Deciding who solves a challenge."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards import policies
from jiebang.awards.models import Award
from jiebang.awards.signals import award_made
from jiebang.challenges import services as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import LIFE, State
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.common.errors import Conflict, Invalid
from jiebang.common.money import in_wan
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.proposals import queries as proposals
from jiebang.proposals import services as proposal_services
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import Action as ProposalAction
from jiebang.proposals.states import State as ProposalState


@transaction.atomic
def award(
    *,
    challenge: Challenge,
    proposal: Proposal,
    actor: User,
    amount: Decimal,
    grant: Decimal = Decimal(0),
    reason: str,
) -> Award:
    """Award the challenge to a solution and tell the others no; money in 万元.

    Raises Conflict when it was awarded already, Invalid where money or reason break the call's
    rules.
    """
    policies.may_award(actor, challenge).enforce()
    challenges.settle(challenge=challenge)
    if challenge.state == State.AWARDED:
        raise Conflict("这个榜题已经定榜，不能重复定榜", code="awarded_already")
    LIFE.target(ChallengeAction.AWARD, challenge.state)
    if proposal.challenge_id != challenge.pk or proposal.state != ProposalState.SUBMITTED:
        raise Invalid(
            "这份揭榜书不在本榜题的有效揭榜书之内",
            fields={"proposal": ["请从已提交的揭榜书中选择"]},
        )
    if faults := _faults(challenge, amount, grant, reason):
        raise Invalid("定榜内容需要修改", code="award_invalid", fields=faults)
    challenges.follow(challenge=challenge, action=ChallengeAction.AWARD, actor=actor, note=reason)
    try:
        with transaction.atomic():
            made = Award.objects.create(
                challenge=challenge,
                proposal=proposal,
                amount=amount,
                grant=grant,
                reason=reason.strip(),
                decided_by=actor,
            )
    except IntegrityError as error:
        raise Conflict("这个榜题已经定榜，不能重复定榜", code="awarded_already") from error
    for bid in proposals.of_challenge(challenge):
        won = bid.pk == proposal.pk
        action = ProposalAction.AWARD if won else ProposalAction.DECLINE
        proposal_services.decide(proposal=bid, action=action, actor=actor)
    proposal.refresh_from_db()
    audit.record(
        actor=actor,
        thing=made,
        action="award",
        label="作出中榜决定",
        note=reason,
        detail={"amount": str(amount), "grant": str(grant), "solver": proposal.lead_id},
    )
    award_made.send(Award, award_id=made.pk)
    return made


def _faults(
    challenge: Challenge, amount: Decimal, grant: Decimal, reason: str
) -> dict[str, list[str]]:
    rules = library.rules_of(challenge.call)
    faults: dict[str, list[str]] = {}
    if amount <= 0:
        faults["amount"] = ["中榜金额须大于零"]
    elif challenge.bounty is not None and amount > challenge.bounty:
        faults["amount"] = [f"中榜金额不得超过榜单金额 {in_wan(challenge.bounty)}"]
    cap = rules.get(RuleCode.MAX_GRANT)
    share = rules.get(RuleCode.MAX_GRANT_SHARE)
    if grant < 0 or grant > amount:
        faults["grant"] = ["财政补助应在零与中榜金额之间"]
    elif cap is not None and grant > cap:
        faults["grant"] = [f"财政补助超过本批次上限 {in_wan(cap)}"]
    elif share is not None and grant * 100 > amount * share:
        most = in_wan(amount * share / 100)
        faults["grant"] = [f"财政补助不得超过中榜金额的 {share.normalize():f}%（即 {most}）"]
    least = int(rules.get(RuleCode.AWARD_REASON_MIN_LENGTH, 10))
    if len(reason.strip()) < least:
        faults["reason"] = [f"请写明中榜理由，至少 {least} 字，定榜后将对外公开"]
    return faults
