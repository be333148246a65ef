"""What a bidder does: start, write, submit, withdraw, revise."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.challenges.states import State as ChallengeState
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.organizations.models import Organization
from jiebang.proposals import policies, snapshots
from jiebang.proposals.models import IndicatorResponse, Proposal, Receipt
from jiebang.proposals.signals import proposal_moved
from jiebang.proposals.states import EDITABLE, Action

Response = Mapping[str, Any]  # value, text, method


@transaction.atomic
def start(*, challenge: Challenge, lead: Organization, actor: User) -> Proposal:
    """Begin a solution in the unit's name; raises Conflict when the unit has one already."""
    policies.may_bid(actor, challenge, lead).enforce()
    _needs_open(challenge, "开始揭榜")
    integrity.check(Gate.BID, lead, actor)
    taken = Conflict("本单位对这个榜题已有一份揭榜书，请直接编辑", code="bid_already")
    if Proposal.objects.filter(challenge=challenge, lead=lead).exists():
        raise taken
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(challenge=challenge, lead=lead, author=actor)
    except IntegrityError as error:
        raise taken from error
    audit.record(
        actor=actor, thing=proposal, action="start", label="起草揭榜书", went_to=proposal.state
    )
    return proposal


@transaction.atomic
def save(
    *,
    proposal: Proposal,
    actor: User,
    data: Mapping[str, Any],
    responses: Mapping[int, Response] | None = None,
    revision: int | None = None,
) -> Proposal:
    """Keep what was typed, `responses` by indicator key; a draft may be kept after closing too."""
    policies.may(actor, Action.SUBMIT, proposal).enforce()
    if unknown := sorted(set(data) - set(snapshots.CONTENT)):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    if proposal.state not in EDITABLE:
        raise WrongState("揭榜书已提交，不能修改；截止前可先撤回再编辑", code="not_in_progress")
    _clean(proposal, data)
    seen = proposal.revision if revision is None else revision
    written = Proposal.objects.filter(pk=proposal.pk, revision=seen, state__in=EDITABLE).update(
        **data, revision=F("revision") + 1
    )
    if not written:
        raise Stale("同事刚刚保存了更新的内容，请刷新后把您的修改补上")
    if responses is not None:
        _write_responses(proposal, responses)
    proposal.refresh_from_db(fields=[*data, "revision", "state"])
    audit.record(
        actor=actor,
        thing=proposal,
        action="save",
        label="保存揭榜书",
        detail={"revision": proposal.revision},
    )
    return proposal


@transaction.atomic
def submit(*, proposal: Proposal, actor: User) -> Receipt:
    """Hand the solution in before the closing time and return the receipt.

    Late is late by this server's clock, and the draft stays. Raises Invalid with a sentence for
    everything that is missing.
    """
    policies.may(actor, Action.SUBMIT, proposal).enforce()
    Proposal.LIFE.target(Action.SUBMIT, proposal.state)
    _needs_open(proposal.challenge, "提交揭榜书")
    integrity.check(Gate.BID, proposal.lead, actor)
    if faults := snapshots.missing(proposal):
        raise Invalid(
            f"揭榜书还有 {len(faults)} 处需要补齐，补齐后再提交",
            code="proposal_incomplete",
            fields=faults,
        )
    audit.advance(
        thing=proposal,
        action=Action.SUBMIT,
        actor=actor,
        also={"version": proposal.version + 1},
        detail={"version": proposal.version + 1},
    )
    content = snapshots.take(proposal)
    receipt = Receipt.objects.create(
        proposal=proposal,
        version=proposal.version,
        submitted_by=actor,
        content=content,
        digest=snapshots.digest(content),
    )
    _tell(proposal)
    return receipt


@transaction.atomic
def move(*, proposal: Proposal, action: str, actor: User, note: str = "") -> Proposal:
    """Withdraw a solution, or take a withdrawn one up again; both only until the closing time."""
    if action == Action.SUBMIT:
        submit(proposal=proposal, actor=actor)
        return proposal
    policies.may(actor, action, proposal).enforce()
    Proposal.LIFE.target(action, proposal.state)
    _needs_open(proposal.challenge, Action(action).label)
    audit.advance(thing=proposal, action=action, actor=actor, note=note)
    _tell(proposal)
    return proposal


@transaction.atomic
def decide(*, proposal: Proposal, action: str, actor: User) -> None:
    """Write what an award decision means for this solution; the caller asked its policy."""
    audit.advance(thing=proposal, action=action, actor=actor)
    _tell(proposal)


def _needs_open(challenge: Challenge, what: str) -> None:
    """Refuse what may only be done in the bidding time; holds the row, so closing waits."""
    held = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    now = clock.now()
    standing = held.state_at(now)
    if standing != ChallengeState.OPEN:
        stamp = clock.local(now)
        ended = clock.local(held.closes_at)
        raise RuleBroken(
            f"现在不能{what}：榜题“{ChallengeState(standing).label}”，"
            f"揭榜截止时间 {ended:%Y-%m-%d %H:%M:%S}，"
            f"服务器时间 {stamp:%Y-%m-%d %H:%M:%S}（北京时间）。"
            "已填写的内容已为您保留",
            code="challenge_not_open",
        )


def _write_responses(proposal: Proposal, responses: Mapping[int, Response]) -> None:
    asked = {row.pk: row for row in proposal.challenge.need.indicators.all()}
    faults: dict[str, list[str]] = {}
    for key, response in responses.items():
        if key not in asked:
            raise Invalid("指标不属于这个榜题", code="indicator_unknown")
        row = IndicatorResponse(proposal=proposal, indicator=asked[key], **response)
        try:
            row.clean_fields(exclude=["proposal", "indicator"])
        except ValidationError as error:
            faults[f"response-{key}"] = [s for v in error.message_dict.values() for s in v]
            continue
        IndicatorResponse.objects.update_or_create(
            proposal=proposal, indicator=asked[key], defaults=dict(response)
        )
    if faults:
        raise Invalid("指标响应有内容需要修改", code="responses_invalid", fields=faults)


def _clean(proposal: Proposal, data: Mapping[str, Any]) -> None:
    typed = Proposal(**data)
    others = [f.name for f in Proposal._meta.fields if f.name not in data]
    faults: dict[str, list[str]] = {}
    try:
        typed.clean_fields(exclude=others)
    except ValidationError as error:
        faults.update(error.message_dict)
    for name in ("asked_amount", "self_raised"):
        if (amount := data.get(name)) is not None and name not in faults and amount < 0:
            faults[name] = ["金额不能为负，请核对"]
    for name in ("trl_now", "trl_end"):
        if (level := data.get(name)) is not None and not 1 <= level <= 9:
            faults[name] = ["技术就绪度为 1 至 9 级"]
    if faults:
        raise Invalid("有内容需要修改，请按提示处理", fields=faults)


def _tell(proposal: Proposal) -> None:
    proposal_moved.send(
        Proposal,
        proposal_id=proposal.pk,
        challenge_id=proposal.challenge_id,
        state=proposal.state,
    )
