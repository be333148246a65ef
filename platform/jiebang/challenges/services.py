"""What can be done to a challenge."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges import policies
from jiebang.challenges.models import Challenge
from jiebang.challenges.signals import challenge_moved
from jiebang.challenges.states import Action, State
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken
from jiebang.common.text import fold
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.library import queries as library
from jiebang.library.models import Call, TechNeed
from jiebang.library.states import Action as NeedAction
from jiebang.library.states import RuleCode, Secrecy

# Whoever writes "now" into a form needs a while to read it through and press the button.
FILLING_IN = timedelta(minutes=10)


@transaction.atomic
def post(
    *,
    need: TechNeed,
    actor: User,
    opens_at: datetime,
    closes_at: datetime,
    call: Call | None = None,
) -> Challenge:
    """Schedule a library need for the board; it opens and closes by itself at the given times.

    Raises Invalid where the times do not run forward or are shorter than the call's rule.
    """
    policies.may_post(actor, need).enforce()
    call = call or need.call
    if call is None:
        raise RuleBroken("需求未归入批次，请先归入批次再张榜", code="call_missing")
    _check_notice(call, need)
    _check_times(call, opens_at, closes_at)
    if need.owner is not None:
        integrity.check(Gate.POST, need.owner)
    audit.advance(thing=need, action=NeedAction.POST, actor=actor)
    challenge = Challenge(
        need=need,
        call=call,
        opens_at=opens_at,
        closes_at=closes_at,
        title=need.title,
        bounty=need.bounty,
        tech_field=need.tech_field,
        district=need.owner.district if need.owner else None,
        search_text=search_text(need),
        posted_by=actor,
    )
    try:
        with transaction.atomic():
            challenge.save()
    except IntegrityError as error:
        raise Conflict("这条需求已在榜上，不能重复张榜", code="posted_already") from error
    audit.record(
        actor=actor,
        thing=challenge,
        action="post",
        label="安排张榜",
        went_to=challenge.state,
        detail={"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()},
    )
    _tell(challenge)
    return settle(challenge=challenge)


@transaction.atomic
def settle(*, challenge: Challenge) -> Challenge:
    """Bring the stored state to what the clock says; done by whoever comes first."""
    now = clock.now()
    if challenge.state == State.SCHEDULED and challenge.opens_at <= now:
        audit.advance(thing=challenge, action=Action.OPEN, actor=None)
        _tell(challenge)
    if challenge.state == State.OPEN and challenge.closes_at <= now:
        audit.advance(thing=challenge, action=Action.CLOSE, actor=None)
        _tell(challenge)
    return challenge


@transaction.atomic
def move(*, challenge: Challenge, action: str, actor: User, note: str = "") -> Challenge:
    """Withdraw a challenge, or declare that it failed; its need returns to the library."""
    policies.may(actor, action, challenge).enforce()
    settle(challenge=challenge)
    follow(challenge=challenge, action=action, actor=actor, note=note)
    audit.advance(thing=challenge.need, action=NeedAction.TAKE_BACK, actor=actor, note=note)
    return challenge


@transaction.atomic
def follow(*, challenge: Challenge, action: str, actor: User | None, note: str = "") -> Challenge:
    """Take a step that another decision implies, such as an award; the caller asked its policy."""
    audit.advance(thing=challenge, action=action, actor=actor, note=note)
    if action == Action.COMPLETE:
        audit.advance(thing=challenge.need, action=NeedAction.EXIT, actor=actor)
    if action == Action.RELEASE:
        audit.advance(thing=challenge.need, action=NeedAction.TAKE_BACK, actor=actor, note=note)
    _tell(challenge)
    return challenge


def _check_notice(call: Call, need: TechNeed) -> None:
    """Refuse to post what the call wants announced beforehand and was not, for long enough."""
    if not library.rules_of(call).get(RuleCode.INTENT_NOTICE_DAYS):
        return
    notice = need.intent_notices.order_by("-ends_at").first()
    if notice is None:
        raise RuleBroken(
            "本批次要求张榜前先行公示，请先发布拟发榜公示", code="intent_notice_required"
        )
    if notice.running:
        end = f"{clock.local(notice.ends_at):%Y年%-m月%-d日 %H:%M}"
        raise RuleBroken(f"拟发榜公示至 {end} 截止，期满后方可张榜", code="intent_notice_running")


def _check_times(call: Call, opens_at: datetime, closes_at: datetime) -> None:
    faults: dict[str, list[str]] = {}
    if opens_at < clock.now() - FILLING_IN:
        faults["opens_at"] = ["张榜时间不能早于现在"]
    least = int(library.rules_of(call).get(RuleCode.MIN_BIDDING_DAYS, 0))
    if closes_at <= opens_at:
        faults["closes_at"] = ["揭榜截止时间须晚于张榜时间"]
    elif closes_at - opens_at < timedelta(days=least):
        faults["closes_at"] = [f"本批次揭榜期不少于 {least} 天，请推迟截止时间"]
    if faults:
        raise Invalid("张榜时间需要修改", code="times_invalid", fields=faults)


def search_text(need: TechNeed) -> str:
    """Return what the board's search looks through: of a restricted need, its teaser only."""
    owner = need.owner.name if need.owner and not need.mask_owner else ""
    parts = [need.title, need.keywords, need.main_problem, need.key_technology, owner]
    parts += [str(need.tech_field or ""), *(row.name for row in need.indicators.all())]
    if need.secrecy != Secrecy.PUBLIC:
        parts = [need.title, need.keywords, str(need.tech_field or "")]
    return fold("\n".join(parts))


def _tell(challenge: Challenge) -> None:
    challenge_moved.send(Challenge, challenge_id=challenge.pk, state=challenge.state)
