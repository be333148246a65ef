"""Seats on the panel of an acceptance: invited, answered, signed, left, and who follows."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db import transaction

from jiebang.acceptance import policies, queries
from jiebang.acceptance.models import Acceptance, Member, PanelDraw
from jiebang.acceptance.signals import panel_moved
from jiebang.acceptance.states import State
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Invalid, RuleBroken, WrongState
from jiebang.experts import conflicts as graph
from jiebang.experts import lottery
from jiebang.experts import queries as experts
from jiebang.experts.models import Expert
from jiebang.experts.seats import LEAVING, UNDERTAKING
from jiebang.experts.states import ON_PANEL, SeatAction, SeatOrigin
from jiebang.library.models import Call


@transaction.atomic
def move(
    *, member: Member, action: str, actor: User, note: str = "", signed_name: str = ""
) -> Member | None:
    """Take one step with a seat; returns the seat of the one who takes the place, if any."""
    policies.may_move_member(actor, action, member).enforce()
    member.LIFE.target(action, member.state)
    now = clock.now()
    also: dict[str, object] = {}
    if action in (SeatAction.ACCEPT, SeatAction.DECLINE) and member.answer_by <= now:
        raise WrongState("答复期限已过，如仍可参加请联系科技局", code="answer_closed")
    if action in LEAVING and member.votes.exists():
        raise WrongState("该专家已提交验收意见，不能再退出或撤换", code="voted_already")
    if action in (SeatAction.ACCEPT, SeatAction.UNDERTAKE):
        _check_conflicts(member)
    if action == SeatAction.UNDERTAKE:
        if signed_name.strip() != str(member.expert):
            sentence = f"请填写您的姓名“{member.expert}”作为签名"
            raise Invalid(sentence, code="not_signed", fields={"signed_name": [sentence]})
        also = {"undertaken_at": now, "undertaking": UNDERTAKING}
    return advance(member, action, actor, note, also)


@transaction.atomic
def lapse(*, member: Member) -> Member | None:
    """End an invitation that nobody answered in time; returns the one who takes the place."""
    if member.answer_by > clock.now():
        raise WrongState("答复期限未到", code="not_due")
    return advance(member, SeatAction.LAPSE, None, "超过答复期限")


def advance(
    member: Member,
    action: str,
    actor: User | None,
    note: str = "",
    also: Mapping[str, object] | None = None,
) -> Member | None:
    """Write one step of a seat; who leaves is followed by the next of the draw."""
    audit.advance(thing=member, action=action, actor=actor, note=note, also=also)
    panel_moved.send(Member, member_id=member.pk, action=action)
    return _substitute(member) if action in LEAVING else None


def take(
    *, acceptance: Acceptance, expert: Expert, actor: User, draw: PanelDraw, origin: SeatOrigin
) -> Member:
    """Write the invitation; the caller has checked that it may be."""
    rules, now = queries.rules_of(acceptance.contract.call), clock.now()
    member = Member.objects.create(
        acceptance=acceptance,
        expert=expert,
        draw=draw,
        origin=origin,
        invited_by=actor,
        answer_by=now + timedelta(days=rules.answer_days),
        review_by=now + timedelta(days=rules.answer_days + rules.review_days),
    )
    audit.record(
        actor=actor,
        thing=member,
        action="invite",
        label="邀请验收",
        went_to=member.state,
        note=f"{origin.label}：{expert}",
    )
    panel_moved.send(Member, member_id=member.pk, action="invite")
    return member


def edges(expert: Expert, acceptance: Acceptance) -> list[graph.Edge]:
    """Return what bars the expert from this acceptance."""
    contract = acceptance.contract
    world = experts.world_of(contract.call or Call())
    return graph.edges(experts.profile_of(expert), queries.parties_of(contract), world)


def _check_conflicts(member: Member) -> None:
    expert = experts.pool().get(pk=member.expert_id)
    if found := edges(expert, member.acceptance):
        sentences = "；".join(edge.sentence for edge in found)
        raise RuleBroken(f"您应当回避：{sentences}", code="conflict_of_interest")


def _substitute(left: Member) -> Member | None:
    """Invite the next of the draw; nobody once the panel's work is over."""
    acceptance = left.acceptance
    if acceptance.state != State.REVIEWING:
        return None
    for expert in _coming(left.draw):
        seated = acceptance.members.filter(expert=expert).exists()
        if not seated and expert.is_available and not edges(expert, acceptance):
            return take(
                acceptance=acceptance,
                expert=expert,
                actor=left.invited_by,
                draw=left.draw,
                origin=SeatOrigin.SUBSTITUTE,
            )
    return None


def _coming(draw: PanelDraw) -> Iterator[Expert]:
    """Go on down the order of the draw, past whoever cannot come."""
    seats = list(draw.members.select_related("expert"))
    labels = {str(number): str(label) for label, number in draw.key.items()}
    seated = [(labels[seat.expert.number], seat) for seat in seats if seat.expert.number in labels]
    kept = [label for label, seat in seated if seat.state in ON_PANEL]
    gone = {label for label, seat in seated if seat.state not in ON_PANEL}
    by_number = {each.number: each for each in experts.pool()}
    while True:
        drawn = lottery.draw(
            draw.seed, draw.pool, draw.quotas, draw.most_of_a_unit, kept=kept, gone=gone
        )
        coming = [label for label in drawn if label not in kept]
        if not coming:
            return
        yield by_number[draw.key[coming[0]]]
        gone.add(coming[0])
