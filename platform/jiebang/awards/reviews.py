"""Reviewing solutions: the experts' scores, the poster's opinion, a call's rules and criteria."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.awards import policies, queries
from jiebang.awards.models import BidCriterion, Decision, DecisionRules, Opinion, Review
from jiebang.awards.signals import review_made
from jiebang.awards.states import LIVE, Advice, ReviewMode
from jiebang.challenges.states import State as ChallengeState
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.experts import queries as experts
from jiebang.experts import seats
from jiebang.library.models import Call
from jiebang.proposals.models import Proposal

# What a policy of the panel calls by these codes is no question of who, but of when.
LATE = {"review_closed", "review_done"}


@transaction.atomic
def submit(
    *,
    proposal: Proposal,
    actor: User,
    points: Mapping[str, Decimal],
    comment: str,
    advice: str,
    feedback: str = "",
    mode: str = ReviewMode.PAPER,
    amount: Decimal | None = None,
) -> Review:
    """Hand in one's review, once; with the last one of a panel's seat the seat is done.

    `points`: by criterion, from nothing to its weight. Raises Invalid with a sentence for each
    criterion at fault, RuleBroken when the time is over or it was handed in before.
    """
    if Review.objects.filter(proposal=proposal, reviewer=actor).exists():
        raise RuleBroken("您已提交对这份揭榜书的评审，不能再次提交", code="reviewed_already")
    may = experts.may_review(actor, proposal)
    if may.code in LATE and not may:
        raise RuleBroken(may.reason, code=may.code)
    may.enforce()
    call = proposal.challenge.call
    if faults := _faults(call, points, comment, advice):
        raise Invalid("评审内容需要修改", code="review_invalid", fields=faults)
    try:
        with transaction.atomic():
            made = Review.objects.create(
                proposal=proposal,
                reviewer=actor,
                points={name: str(value) for name, value in points.items()},
                total=sum(points.values(), Decimal(0)),
                comment=comment.strip(),
                feedback=feedback.strip(),
                advice=advice,
                mode=mode,
                amount=amount,
            )
    except IntegrityError as error:
        raise Conflict("您已提交对这份揭榜书的评审", code="reviewed_already") from error
    audit.record(actor=actor, thing=made, action="review", label="提交评审")
    seat = experts.seats_of(actor).filter(challenge=proposal.challenge_id).get()
    given = Review.objects.filter(reviewer=actor, proposal__in=seat.proposals.all()).count()
    if given == seat.assignments.count():
        seats.finish(seat=seat, actor=actor)
    review_made.send(Review, review_id=made.pk)
    return made


@transaction.atomic
def give_opinion(*, proposal: Proposal, actor: User, advice: str, text: str) -> Opinion:
    """Write what the poster thinks of a solution; said anew, the later word counts."""
    policies.may_give_opinion(actor, proposal).enforce()
    if proposal.challenge.is_sealed:
        raise RuleBroken("揭榜尚未截止，截止后才能论证", code="sealed")
    decided = proposal.challenge.state_now != ChallengeState.CLOSED
    if decided or Decision.objects.filter(challenge=proposal.challenge_id, state__in=LIVE).exists():
        raise RuleBroken("定榜建议已经提出或已经定榜，论证不能再修改", code="decision_under_way")
    if not text.strip():
        sentence = "请写明论证意见"
        raise Invalid(sentence, code="opinion_invalid", fields={"text": [sentence]})
    said = {"advice": advice, "text": text.strip(), "given_by": actor}
    made, _ = Opinion.objects.update_or_create(proposal=proposal, defaults=said)
    audit.record(actor=actor, thing=made, action="opinion", label="发榜方论证")
    return made


@transaction.atomic
def set_rules(
    *,
    call: Call,
    actor: User,
    rules: Mapping[str, Any],
    criteria: Sequence[tuple[str, int]] = (),
) -> DecisionRules:
    """Set how a call reviews and decides; criteria, where given, replace the former ones.

    Raises Invalid when the weights do not sum to 100, RuleBroken once something was reviewed.
    """
    policies.may_keep_rules(actor).enforce()
    if Review.objects.filter(proposal__challenge__call=call).exists():
        raise RuleBroken("本批次已有专家提交评审，规则不能再改", code="reviews_begun")
    if not rules.get("in_steps", True) and not str(rules.get("basis", "")).strip():
        sentence = "一次定榜是例外，请写明依据的文件或会议纪要"
        raise Invalid(sentence, code="basis_required", fields={"basis": [sentence]})
    total = sum(weight for _, weight in criteria)
    if criteria and (total != queries.FULL or len(dict(criteria)) != len(criteria)):
        sentence = f"各项分值之和须为 {queries.FULL}，指标不能重名；现在合计 {total}"
        raise Invalid(sentence, code="weights_invalid", fields={"criteria": [sentence]})
    kept, _ = DecisionRules.objects.update_or_create(call=call, defaults=dict(rules))
    if criteria:
        call.bid_criteria.all().delete()
        BidCriterion.objects.bulk_create(
            BidCriterion(call=call, name=name, weight=weight, position=n)
            for n, (name, weight) in enumerate(criteria)
        )
    audit.record(actor=actor, thing=call, action="decision_rules", label="设置评审与定榜规则")
    return kept


def _faults(
    call: Call, points: Mapping[str, Decimal], comment: str, advice: str
) -> dict[str, list[str]]:
    criteria = dict(queries.criteria_of(call))
    faults: dict[str, list[str]] = {}
    for name, most in criteria.items():
        given = points.get(name)
        if given is None:
            faults[f"points-{name}"] = [f"请为“{name}”打分"]
        elif not given.is_finite() or not 0 <= given <= most:
            faults[f"points-{name}"] = [f"“{name}”应在 0 到 {most} 分之间"]
    if unknown := set(points) - set(criteria):
        faults["points"] = [f"没有这些指标：{'、'.join(sorted(unknown))}"]
    least = queries.rules_of(call).comment_least
    if len(comment.strip()) < least:
        faults["comment"] = [f"请写明评审意见，至少 {least} 字"]
    if advice not in Advice.values:
        faults["advice"] = ["请选择结论"]
    return faults
