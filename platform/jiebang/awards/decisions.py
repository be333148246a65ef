"""From proposal to effect: approval, collective decision, public notice, award."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.approvals import hearings
from jiebang.audit import services as audit
from jiebang.awards import policies, queries, services
from jiebang.awards.models import Award, Choice, Decision, Review
from jiebang.awards.services import Chosen
from jiebang.awards.signals import decision_moved
from jiebang.awards.states import DecisionAction, DecisionState
from jiebang.challenges import services as challenges
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.experts import queries as experts


@transaction.atomic
def propose(
    *,
    challenge: Challenge,
    chosen: Sequence[Chosen],
    reason: str,
    actor: User,
    departure: str = "",
) -> Decision:
    """Propose who solves the challenge: one solution, or some for a race, best lane first.

    Raises Conflict when a decision is under way or made, RuleBroken while reviews are missing,
    Invalid when the ranking is departed from without a reason.
    """
    policies.may_propose(actor, challenge).enforce()
    challenges.settle(challenge=challenge)
    if challenge.state == ChallengeState.AWARDED:
        raise Conflict("这个榜题已经定榜，不能重复定榜", code="awarded_already")
    _check(challenge, chosen, reason, departure)
    try:
        with transaction.atomic():
            made = Decision.objects.create(
                challenge=challenge,
                reason=reason.strip(),
                departure=departure.strip(),
                standing=_standing(challenge),
                panel=_panel(challenge),
                proposed_by=actor,
            )
    except IntegrityError as error:
        sentence = "这个榜题已有定榜建议在办理，不能重复提出"
        raise Conflict(sentence, code="decision_under_way") from error
    _write_choices(made, chosen)
    audit.record(
        actor=actor,
        thing=made,
        action="propose",
        label="提出定榜建议",
        went_to=made.state,
        note=reason,
        detail=_detail(chosen),
    )
    _tell(made)
    return made


@transaction.atomic
def revise(
    *,
    decision: Decision,
    chosen: Sequence[Chosen],
    reason: str,
    actor: User,
    departure: str = "",
) -> Decision:
    """Propose a returned decision anew; whoever proposes it now cannot approve it."""
    policies.may_move(actor, DecisionAction.RESUBMIT, decision).enforce()
    Decision.LIFE.target(DecisionAction.RESUBMIT, decision.state)
    _check(decision.challenge, chosen, reason, departure)
    also = {
        "reason": reason.strip(),
        "departure": departure.strip(),
        "standing": _standing(decision.challenge),
        "panel": _panel(decision.challenge),
        "proposed_by": actor,
        "proposed_at": clock.now(),
        "approved_by": None,
        "approved_at": None,
    }
    audit.advance(
        thing=decision,
        action=DecisionAction.RESUBMIT,
        actor=actor,
        note=reason,
        detail=_detail(chosen),
        also=also,
    )
    decision.choices.all().delete()
    _write_choices(decision, chosen)
    _tell(decision)
    return decision


@transaction.atomic
def move(*, decision: Decision, action: str, actor: User, note: str = "") -> Decision:
    """Approve, return, cancel, or let a notice that has ended take effect."""
    policies.may_move(actor, action, decision).enforce()
    if action in (DecisionAction.RESUBMIT, DecisionAction.RESOLVE):
        raise WrongState("这一步须填写完整内容后办理", code="needs_content")
    if action == DecisionAction.TAKE_EFFECT:
        conclude(decision=decision, actor=actor)
        return decision
    also: dict[str, Any] = {}
    if action == DecisionAction.APPROVE:
        _check_integrity(decision)
        also = {"approved_by": actor, "approved_at": clock.now()}
    elif action == DecisionAction.RETURN:
        also = {"approved_by": None, "approved_at": None}
    elif decision.state in (DecisionState.NOTICE, DecisionState.FROZEN):
        raise WrongState("公示已经开始，只有异议成立才能撤销", code="notice_begun")
    audit.advance(thing=decision, action=action, actor=actor, note=note, also=also)
    _tell(decision)
    return decision


@transaction.atomic
def resolve(
    *, decision: Decision, actor: User, minutes_number: str, members: Sequence[str]
) -> Decision:
    """Record the collective decision and publish it; its notice starts today."""
    policies.may_move(actor, DecisionAction.RESOLVE, decision).enforce()
    Decision.LIFE.target(DecisionAction.RESOLVE, decision.state)
    rules = queries.rules_of(decision.challenge.call)
    kept = hearings.checked_minutes(minutes_number, members, least=rules.members_least)
    _check_integrity(decision)
    also = {
        **kept,
        "resolved_by": actor,
        "published_at": clock.now(),
        "notice_ends_on": hearings.notice_end(rules.notice_days, clock.today()),
    }
    audit.advance(thing=decision, action=DecisionAction.RESOLVE, actor=actor, also=also)
    _tell(decision)
    return decision


@transaction.atomic
def conclude(*, decision: Decision, actor: User | None = None) -> list[Award]:
    """Award what the notice announced, once it has ended; without an actor it is the clock's.

    Raises RuleBroken with the end date while it runs: until then nothing can be signed.
    """
    hearings.check_over(decision, "定榜和签订合同")
    Decision.LIFE.target(DecisionAction.TAKE_EFFECT, decision.state)
    _check_integrity(decision)
    audit.advance(thing=decision, action=DecisionAction.TAKE_EFFECT, actor=actor)
    chosen = [Chosen(c.proposal, c.amount, c.grant) for c in decision.choices.all()]
    signer = actor or decision.resolved_by
    if signer is None:
        raise WrongState("定榜建议没有集体审议记录", code="minutes_missing")
    made = services.make(
        challenge=decision.challenge, chosen=chosen, reason=decision.reason, actor=signer
    )
    _tell(decision)
    return made


def _check(challenge: Challenge, chosen: Sequence[Chosen], reason: str, departure: str) -> None:
    rules = queries.rules_of(challenge.call)
    if not chosen or len({each.proposal.pk for each in chosen}) != len(chosen):
        sentence = "请选择拟中榜的揭榜书，不能重复"
        raise Invalid(sentence, code="choice_invalid", fields={"chosen": [sentence]})
    if len(chosen) > rules.winners:
        sentence = f"本批次每个榜题最多 {rules.winners} 家中榜"
        raise Invalid(sentence, code="too_many_winners", fields={"chosen": [sentence]})
    services.check(challenge, chosen, reason)
    if lacking := queries.unready(challenge):
        raise RuleBroken("评审还没有完成", code="review_incomplete", fields={"chosen": lacking})
    if rules.diligence_required:
        _check_inquiries(chosen)
    if _departs(challenge, chosen) and not departure.strip():
        sentence = "拟中榜的揭榜书不是评审排序靠前的，请写明理由"
        raise Invalid(sentence, code="departure_reason_required", fields={"departure": [sentence]})


def _check_inquiries(chosen: Sequence[Chosen]) -> None:
    if lacking := queries.not_inquired([each.proposal for each in chosen]):
        sentence = f"{'、'.join(lacking)}还没有尽职调查或现场考察记录，请登记后再提出"
        raise RuleBroken(sentence, code="inquiry_missing", fields={"chosen": [sentence]})


def _departs(challenge: Challenge, chosen: Sequence[Chosen]) -> bool:
    """Say whether somebody left out stands strictly before somebody chosen."""
    places = {s.proposal.pk: s.ranked.place for s in queries.standings(challenge) if s.ranked}
    picked = {each.proposal.pk for each in chosen}
    last = max((places.get(key, len(places) + 1) for key in picked), default=0)
    return any(place < last for key, place in places.items() if key not in picked)


def _check_integrity(decision: Decision) -> None:
    for choice in decision.choices.select_related("proposal__lead"):
        services.check_integrity(choice.proposal)


def _standing(challenge: Challenge) -> list[dict[str, Any]]:
    return [
        {
            "place": row.ranked.place,
            "tied": row.ranked.tied,
            "lead": row.proposal.lead.name,
            "score": str(row.ranked.score),
            "reviews": row.ranked.reviews,
            "late": row.proposal.late,
        }
        for row in queries.standings(challenge)
        if row.ranked
    ]


def _panel(challenge: Challenge) -> list[dict[str, str]]:
    """Return the experts who reviewed, with their units."""
    reviewers = Review.objects.filter(proposal__challenge=challenge).values("reviewer")
    seats = experts.seats().filter(challenge=challenge, expert__user__in=reviewers)
    return [{"name": str(s.expert), "unit": s.expert.unit_name} for s in seats.order_by("pk")]


def _write_choices(decision: Decision, chosen: Sequence[Chosen]) -> None:
    Choice.objects.bulk_create(
        Choice(
            decision=decision,
            lane=lane,
            proposal=each.proposal,
            amount=each.amount,
            grant=each.grant,
        )
        for lane, each in enumerate(chosen, 1)
    )


def _detail(chosen: Sequence[Chosen]) -> dict[str, Any]:
    return {"chosen": [[c.proposal.pk, str(c.amount), str(c.grant)] for c in chosen]}


def _tell(decision: Decision) -> None:
    decision_moved.send(Decision, decision_id=decision.pk, state=decision.state)
