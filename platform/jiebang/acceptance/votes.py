"""What the panel's members say: one opinion with one vote a turn, never changed."""

from django.db import IntegrityError, transaction

from jiebang.acceptance import policies, queries, seats
from jiebang.acceptance.models import Member, Vote
from jiebang.acceptance.states import Conclusion, State
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.experts.states import SeatAction, SeatState


@transaction.atomic
def give(*, member: Member, actor: User, advice: str, text: str) -> Vote:
    """Give one's opinion and vote; with it the seat is done."""
    policies.may_vote(actor, member).enforce()
    acceptance = member.acceptance
    if acceptance.state != State.REVIEWING:
        raise WrongState("本项验收不在专家评议中，不能提交意见")
    if member.review_by <= clock.now():
        moment = clock.local(member.review_by)
        raise RuleBroken(
            f"评议已于{moment:%Y年%-m月%-d日 %H:%M}截止，不能再提交", code="review_closed"
        )
    faults: dict[str, list[str]] = {}
    if advice not in Conclusion.values:
        faults["advice"] = ["请选择表决意见"]
    least = queries.rules_of(acceptance.contract.call).opinion_least
    if len(text.strip()) < least:
        faults["text"] = [f"请写明意见，至少 {least} 字"]
    if faults:
        raise Invalid("验收意见需要补齐", code="vote_invalid", fields=faults)
    try:
        with transaction.atomic():
            made = Vote.objects.create(
                member=member, turn=acceptance.turn, advice=advice, text=text.strip()
            )
    except IntegrityError as error:
        raise Conflict("您已提交本次评议的意见，不能再次提交", code="voted_already") from error
    label = Conclusion(advice).label
    audit.record(actor=actor, thing=made, action="vote", label="提交验收意见", note=label)
    if member.state == SeatState.UNDERTAKEN:
        seats.advance(member, SeatAction.FINISH, actor)
    return made
