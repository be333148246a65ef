"""Ways to a challenge whose solutions were reviewed, and to each stage of its decision."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from jiebang.awards import decisions, reviews
from jiebang.awards.models import DecisionRules
from jiebang.awards.services import Chosen
from jiebang.challenges.states import State
from jiebang.experts.models import Assignment, Seat
from jiebang.experts.states import SeatState
from jiebang.proposals.states import State as BidState
from tests.factories import make_approver, make_challenge, make_officer, make_pooled, make_proposal

REASON = "技术路线成熟，指标全部响应，报价合理"
TEXT = "公示的排序与评审情况不符，评分依据不足，请予复核。"
REPLY = "经调阅评审记录并听取双方意见，作出以下处理决定。"
POINTS = {
    "研究基础": Decimal(12),
    "内容目标": Decimal(12),
    "方法路线": Decimal(16),
    "团队": Decimal(12),
    "进度": Decimal(8),
    "成果": Decimal(12),
    "价格": Decimal(8),
}


def at(month, day, hour=10):
    """Return a moment of 2026 in the city."""
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def challenge_in_steps(bids=2, **rules):
    """A closed challenge whose call decides in steps; its solutions, in the order of their keys."""
    challenge = make_challenge(State.CLOSED)
    wanted = {"reviews_least": 0, **rules}
    usual = {"in_steps": True, "basis": "", "notice_days": 5}
    DecisionRules.objects.update_or_create(call=challenge.call, defaults={**usual, **wanted})
    made = [make_proposal(BidState.SUBMITTED, challenge=challenge) for _ in range(bids)]
    return challenge, made


def seat(challenge, bids, expert=None):
    """A signed place on the panel with all the solutions; returns the expert's user."""
    expert = expert or make_pooled()
    soon = timezone.now() + timedelta(days=5)
    made = Seat.objects.create(
        expert=expert,
        challenge=challenge,
        origin="hand",
        state=SeatState.UNDERTAKEN,
        invited_by=make_officer(),
        answer_by=soon,
        review_by=soon,
    )
    Assignment.objects.bulk_create(Assignment(seat=made, proposal=bid) for bid in bids)
    return expert.user


def review(bid, user, less=0, **fields):
    """Hand in a review of 80 points, or of some less."""
    points = {**POINTS, "方法路线": POINTS["方法路线"] - less}
    said = {"comment": "路线清楚，基础扎实，可以支持", "advice": "yes", **fields}
    return reviews.submit(proposal=bid, actor=user, points=said.pop("points", points), **said)


def chosen(*bids, amount=500):
    return [Chosen(bid, Decimal(amount), Decimal(0)) for bid in bids]


def propose(challenge, *bids, actor=None, amount=500, **fields):
    said = {"reason": REASON, **fields}
    return decisions.propose(
        challenge=challenge,
        chosen=chosen(*bids, amount=amount),
        actor=actor or make_officer(),
        **said,
    )


def approve(decision, actor=None):
    return decisions.move(decision=decision, action="approve", actor=actor or make_approver())


def resolve(decision, actor=None, **fields):
    said = {"minutes_number": "东科会〔2026〕12号", "members": ["陈一", "陈二", "陈三"], **fields}
    return decisions.resolve(decision=decision, actor=actor or make_approver(), **said)


def notice(challenge, *bids):
    """A decision under public notice since this moment."""
    return resolve(approve(propose(challenge, *bids)))
