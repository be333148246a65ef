"""Seats on panels: invite, answer, sign, leave, and who takes the place of one who left."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.experts import affinity, lottery, policies, queries
from jiebang.experts.models import Assignment, Draw, Expert, Seat
from jiebang.experts.signals import seat_leaving, seat_moved
from jiebang.experts.states import HELD, ON_PANEL, SeatAction, SeatOrigin, SeatState
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.proposals import queries as solutions
from jiebang.proposals.models import Proposal

LEAVING = frozenset(
    {
        SeatAction.DECLINE,
        SeatAction.RECUSE,
        SeatAction.LAPSE,
        SeatAction.BAR,
        SeatAction.REMOVE,
    }
)
UNDERTAKING = (
    "本人承诺：与发榜单位、揭榜单位及其人员没有应当回避的利害关系；独立、客观、公正地评审；"
    "对所接触的材料和评审情况严格保密，不复制、不外传、不用于评审以外的目的；"
    "不与任何一方私下接触；如有违反，愿意承担相应责任。"
)


@transaction.atomic
def invite(*, expert: Expert, challenge: Challenge, actor: User) -> Seat:
    """Ask one expert by hand to judge all solutions of the challenge.

    Raises RuleBroken, naming the edges, for a conflict that no approved exception covers.
    """
    policies.may_seat(actor, challenge).enforce()
    check_open(challenge)
    bids = list(solutions.of_challenge(challenge))
    check(expert, challenge, len(bids))
    return take_seat(
        expert=expert, challenge=challenge, actor=actor, origin=SeatOrigin.HAND, bids=bids
    )


@transaction.atomic
def move(
    *, seat: Seat, action: str, actor: User, note: str = "", signed_name: str = ""
) -> Seat | None:
    """Take one step with a seat; returns the seat of the one who takes the place, if any.

    `signed_name`: who signs the undertaking writes their own name.
    """
    policies.may_move(actor, action, seat).enforce()
    seat.LIFE.target(action, seat.state)
    now = clock.now()
    also: dict[str, object] = {}
    if action in (SeatAction.ACCEPT, SeatAction.DECLINE) and seat.answer_by <= now:
        raise WrongState("答复期限已过，如仍可参加请联系科技局", code="answer_closed")
    if action in (SeatAction.ACCEPT, SeatAction.UNDERTAKE):
        _check_conflicts(seat.expert, seat.challenge)
    if action == SeatAction.UNDERTAKE:
        if signed_name.strip() != str(seat.expert):
            sentence = f"请填写您的姓名“{seat.expert}”作为签名"
            raise Invalid(sentence, code="not_signed", fields={"signed_name": [sentence]})
        also = {"undertaken_at": now, "undertaking": UNDERTAKING}
    return _advance(seat, action, actor, note, also)


@transaction.atomic
def finish(*, seat: Seat, actor: User) -> None:
    """Note that the expert has handed in every score; what the review calls at the end."""
    _advance(seat, SeatAction.FINISH, actor)


@transaction.atomic
def lapse(*, seat: Seat) -> Seat | None:
    """End an invitation that nobody answered in time; returns the one who takes the place."""
    if seat.answer_by > clock.now():
        raise WrongState("答复期限未到", code="not_due")
    return _advance(seat, SeatAction.LAPSE, None, "超过答复期限")


@transaction.atomic
def recheck(*, expert: Expert, actor: User | None) -> list[Seat]:
    """Look again at every panel the expert is on, and end the seats that now have a conflict."""
    barred = []
    for seat in queries.seats().filter(expert=expert, state__in=HELD).order_by("pk"):
        if edges := queries.uncovered(expert, seat.challenge):
            _advance(seat, SeatAction.BAR, actor, "；".join(edge.sentence for edge in edges))
            barred.append(seat)
    return barred


def check_open(challenge: Challenge) -> None:
    """Raise WrongState unless bids are open and nothing is decided."""
    if challenge.is_sealed:
        raise WrongState("揭榜尚未截止，截止后才能确定评审专家", code="sealed")
    if challenge.state_now != ChallengeState.CLOSED:
        raise WrongState(f"榜题“{challenge.state_label}”，不再组织评审", code="wrong_state")


def check(expert: Expert, challenge: Challenge, count: int) -> None:
    """Raise a refusal unless the expert can take `count` more solutions of this challenge."""
    # The row is held: of two who ask the same expert at once the second one sees the first.
    Expert.objects.select_for_update().get(pk=expert.pk)
    if expert.seats.filter(challenge=challenge).exists():
        raise Conflict(f"{expert}已经受邀评审这个榜题", code="seated_already")
    if not expert.is_available:
        raise RuleBroken(
            f"{expert}目前{expert.get_availability_display()}，请另选专家", code="expert_away"
        )
    integrity.check(Gate.REVIEW, expert.user)
    most = queries.rules_of(challenge.call).load_most
    held = queries.load_of(expert, challenge.call)
    if held + count > most:
        sentence = f"{expert}在本批次已有 {held} 件，再加 {count} 件会超过每人 {most} 件的上限"
        raise RuleBroken(sentence, code="over_load", fields={"expert": [sentence]})
    _check_conflicts(expert, challenge)


def take_seat(
    *,
    expert: Expert,
    challenge: Challenge,
    actor: User,
    origin: SeatOrigin,
    bids: Iterable[Proposal],
    draw: Draw | None = None,
    fits: Mapping[int, float] | None = None,
) -> Seat:
    """Write the invitation with its solutions; the caller has checked that it may be."""
    rules, now = queries.rules_of(challenge.call), clock.now()
    seat = Seat.objects.create(
        expert=expert,
        challenge=challenge,
        draw=draw,
        origin=origin,
        invited_by=actor,
        answer_by=now + timedelta(days=rules.answer_days),
        review_by=now + timedelta(days=rules.answer_days + rules.review_days),
    )
    known = fits or {}
    Assignment.objects.bulk_create(
        Assignment(seat=seat, proposal=bid, affinity=_places(known.get(bid.pk))) for bid in bids
    )
    audit.record(
        actor=actor,
        thing=seat,
        action="invite",
        label="邀请评审",
        went_to=SeatState.INVITED,
        note=f"{SeatOrigin(origin).label}：{expert}",
    )
    seat_moved.send(Seat, seat_id=seat.pk, action="invite")
    return seat


def _advance(
    seat: Seat,
    action: str,
    actor: User | None,
    note: str = "",
    also: Mapping[str, object] | None = None,
) -> Seat | None:
    if action in LEAVING:
        seat_leaving.send(Seat, seat_id=seat.pk, action=action)
    audit.advance(thing=seat, action=action, actor=actor, note=note, also=also)
    seat_moved.send(Seat, seat_id=seat.pk, action=action)
    return _substitute(seat) if action in LEAVING else None


def _substitute(left: Seat) -> Seat | None:
    """Invite who takes the place: the next of the draw, or the best fit after an assignment."""
    challenge = left.challenge
    if challenge.state_now != ChallengeState.CLOSED:
        return None
    bids = [each.proposal for each in left.assignments.select_related("proposal")]
    fits = _fits(left) if left.origin == SeatOrigin.ASSIGNMENT else {}
    coming = _next_best(fits) if fits else _next_drawn(left)
    for expert in coming:
        try:
            check(expert, challenge, len(bids))
        except (Conflict, RuleBroken):
            continue
        return take_seat(
            expert=expert,
            challenge=challenge,
            actor=left.invited_by,
            origin=SeatOrigin.ASSIGNMENT if fits else SeatOrigin.SUBSTITUTE,
            bids=bids,
            draw=left.draw,
            fits={bid.pk: fits[expert.pk] for bid in bids} if fits else None,
        )
    return None


def _next_drawn(left: Seat) -> Iterator[Expert]:
    """Go on down the order of the draw; each who is passed over makes room for the next."""
    draw = left.draw
    if draw is None:
        return
    seats = list(draw.seats.select_related("expert"))
    kept = [draw.label_of(seat.expert) for seat in seats if seat.state in ON_PANEL]
    gone = {draw.label_of(seat.expert) for seat in seats if seat.state not in ON_PANEL}
    by_number = {each.number: each for each in queries.pool()}
    while True:
        drawn = lottery.draw(
            draw.seed, draw.pool, draw.quotas, draw.most_of_a_unit, kept=kept, gone=gone
        )
        coming = [label for label in drawn if label not in kept]
        if not coming:
            return
        yield by_number[draw.key[coming[0]]]
        gone.add(coming[0])


def _next_best(fits: Mapping[int, float]) -> list[Expert]:
    """Return the pool, best fit first."""
    return sorted(queries.pool(), key=lambda each: (-fits[each.pk], each.pk))


def _fits(left: Seat) -> dict[int, float]:
    """Return by expert how well each fits the need."""
    experts, need = list(queries.pool()), left.challenge.need
    known = affinity.fits(experts, [need])[need.pk]
    return {expert.pk: known.get(expert.pk, 0.0) for expert in experts}


def _check_conflicts(expert: Expert, challenge: Challenge) -> None:
    if edges := queries.uncovered(expert, challenge):
        sentences = [edge.sentence for edge in edges]
        raise RuleBroken(
            f"{expert}应当回避：{'；'.join(sentences)}。请另选专家，或由两名工作人员办理回避例外",
            code="conflict_of_interest",
            fields={"expert": sentences},
        )


def _places(fit: float | None) -> Decimal | None:
    return None if fit is None else Decimal(f"{fit:.4f}")
