"""Deciding who solves a challenge."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards import policies, queries
from jiebang.awards.models import Award
from jiebang.awards.signals import award_made
from jiebang.challenges import services as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import LIFE, State
from jiebang.challenges.states import Action as ChallengeAction
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.common.money import in_wan
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.library import queries as library
from jiebang.library.states import RuleCode
from jiebang.proposals import queries as proposals
from jiebang.proposals import services as proposal_services
from jiebang.proposals.models import Proposal
from jiebang.proposals.states import Action as ProposalAction
from jiebang.proposals.states import State as ProposalState


class Chosen(NamedTuple):
    """A solution to award, with its money in 万元."""

    proposal: Proposal
    amount: Decimal
    grant: Decimal = Decimal(0)


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
    """Award the challenge to a solution in one step and tell the others no; money in 万元.

    Raises Conflict when it was awarded already, RuleBroken where the call decides in steps,
    Invalid where money or reason break the call's rules.
    """
    policies.may_award(actor, challenge).enforce()
    challenges.settle(challenge=challenge)
    if queries.rules_of(challenge.call).in_steps:
        raise RuleBroken(
            "本批次须先提出定榜建议，经审批、集体审议和公示后定榜", code="decision_in_steps"
        )
    choice = Chosen(proposal, amount, grant)
    if challenge.state != State.AWARDED:
        check(challenge, [choice], reason)
    return make(challenge=challenge, chosen=[choice], reason=reason, actor=actor)[0]


def check(challenge: Challenge, chosen: Sequence[Chosen], reason: str) -> None:
    """Raise a refusal unless these solutions can be awarded with this money and reason."""
    LIFE.target(ChallengeAction.AWARD, challenge.state)
    for each in chosen:
        bid = each.proposal
        if bid.challenge_id != challenge.pk or bid.state != ProposalState.SUBMITTED:
            raise Invalid(
                "这份揭榜书不在本榜题的有效揭榜书之内",
                fields={"proposal": ["请从已提交的揭榜书中选择"]},
            )
        check_integrity(bid)
    faults: dict[str, list[str]] = {}
    for each in chosen:
        faults |= _faults(challenge, each.amount, each.grant, reason)
    total = sum((each.amount for each in chosen), Decimal(0))
    if not faults and challenge.bounty is not None and total > challenge.bounty:
        faults["amount"] = [f"各中榜金额之和不得超过榜单金额 {in_wan(challenge.bounty)}"]
    if faults:
        raise Invalid("定榜内容需要修改", code="award_invalid", fields=faults)


def check_integrity(proposal: Proposal) -> None:
    """Raise RuleBroken where an integrity record bars the bidder from awards."""
    integrity.check(Gate.AWARD, proposal.lead)


@transaction.atomic
def make(
    *, challenge: Challenge, chosen: Sequence[Chosen], reason: str, actor: User
) -> list[Award]:
    """Write the awards of one decision, a lane each; the caller has checked that they may be."""
    if challenge.state == State.AWARDED:
        raise Conflict("这个榜题已经定榜，不能重复定榜", code="awarded_already")
    challenges.follow(challenge=challenge, action=ChallengeAction.AWARD, actor=actor, note=reason)
    made = []
    try:
        with transaction.atomic():
            for lane, each in enumerate(chosen, 1):
                row = Award(challenge=challenge, lane=lane, decided_by=actor, reason=reason.strip())
                row.proposal, row.amount, row.grant = each
                row.save(force_insert=True)
                made.append(row)
    except IntegrityError as error:
        raise Conflict("这个榜题已经定榜，不能重复定榜", code="awarded_already") from error
    won = {each.proposal.pk for each in chosen}
    for bid in proposals.of_challenge(challenge):
        action = ProposalAction.AWARD if bid.pk in won else ProposalAction.DECLINE
        proposal_services.decide(proposal=bid, action=action, actor=actor)
    for row in made:
        row.proposal.refresh_from_db()
        audit.record(
            actor=actor,
            thing=row,
            action="award",
            label="作出中榜决定",
            note=reason,
            detail={
                "amount": str(row.amount),
                "grant": str(row.grant),
                "solver": row.proposal.lead_id,
            },
        )
        award_made.send(Award, award_id=row.pk)
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
