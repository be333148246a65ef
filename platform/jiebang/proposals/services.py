"""What a bidder does: state an intention, start, write, submit, withdraw, revise."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.common.errors import Invalid, Stale, WrongState
from jiebang.integrity import queries as integrity
from jiebang.integrity.states import Gate
from jiebang.organizations.models import Organization
from jiebang.proposals import checks, gates, policies, snapshots
from jiebang.proposals.models import IndicatorResponse, Proposal, Receipt
from jiebang.proposals.signals import proposal_moved
from jiebang.proposals.states import EDITABLE, Action, State

Row = Mapping[str, Any]
MOST_ROWS = 60  # of one table


@transaction.atomic
def intend(*, challenge: Challenge, lead: Organization, actor: User, note: str = "") -> Proposal:
    """State that the unit means to bid (揭榜意向): it is told of all that changes from now on."""
    policies.may_bid(actor, challenge, lead).enforce()
    gates.needs_open(challenge, "登记揭榜意向")
    return _begin(challenge, lead, actor, State.INTENTION, note)


@transaction.atomic
def start(*, challenge: Challenge, lead: Organization, actor: User) -> Proposal:
    """Begin a solution in the unit's name; raises Conflict when the unit has one already."""
    policies.may_bid(actor, challenge, lead).enforce()
    gates.needs_open(challenge, "开始揭榜", lead.pk)
    return _begin(challenge, lead, actor, State.DRAFT)


def _begin(
    challenge: Challenge, lead: Organization, actor: User, state: State, note: str = ""
) -> Proposal:
    integrity.check(Gate.BID, lead, actor)
    gates.needs_free(challenge, lead)
    if Proposal.objects.filter(challenge=challenge, lead=lead).exists():
        raise gates.bid_already(lead)
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                challenge=challenge, lead=lead, author=actor, state=state
            )
    except IntegrityError as error:
        raise gates.bid_already(lead) from error
    gates.seat(proposal, lead, actor, leads=True)
    label = "登记揭榜意向" if state == State.INTENTION else "起草揭榜书"
    audit.record(actor=actor, thing=proposal, action="start", label=label, went_to=state, note=note)
    return proposal


@transaction.atomic
def save(
    *,
    proposal: Proposal,
    actor: User,
    data: Mapping[str, Any],
    responses: Mapping[int, Row] | None = None,
    tables: Mapping[str, Sequence[Row]] | None = None,
    revision: int | None = None,
) -> Proposal:
    """Keep what was typed, `responses` by indicator key; a draft may be kept after closing too.

    `tables` replaces whole tables: budget, team, schedule. Where partners had signed another
    content than what is kept now, their confirmations are void, and they are told.
    """
    policies.may_edit(actor, proposal).enforce()
    if unknown := sorted({*data, *(tables or ())} - {*snapshots.CONTENT, *snapshots.TABLES}):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    if proposal.state not in EDITABLE:
        why = "现在是揭榜意向，请先起草揭榜书"
        if proposal.state != State.INTENTION:
            why = "揭榜书已提交，不能修改；截止前可先撤回再编辑"
        raise WrongState(why, code="not_in_progress")
    _clean(proposal, data)
    rows = {name: _rows(proposal, name, typed) for name, typed in (tables or {}).items()}
    seen = proposal.revision if revision is None else revision
    written = Proposal.objects.filter(pk=proposal.pk, revision=seen, state__in=EDITABLE).update(
        **data, revision=F("revision") + 1
    )
    if not written:
        raise Stale("同事刚刚保存了更新的内容，请刷新后把您的修改补上")
    if responses is not None:
        _write_responses(proposal, responses)
    for name, made in rows.items():
        table = snapshots.TABLES[name]
        getattr(proposal, table.related).all().delete()
        table.model._default_manager.bulk_create(made)
    proposal.refresh_from_db(fields=[*data, "revision", "state"])
    audit.record(
        actor=actor,
        thing=proposal,
        action="save",
        label="保存揭榜书",
        detail={"revision": proposal.revision},
    )
    gates.void_confirmations(proposal, actor)
    return proposal


@transaction.atomic
def submit(*, proposal: Proposal, actor: User) -> Receipt:
    """Hand the solution in before the closing time and return the receipt.

    Late is late by this server's clock, and the draft stays; a unit whom two people of the bureau
    permitted it hands in late, and is marked so. Raises Invalid with a sentence for everything
    that is missing.
    """
    policies.may(actor, Action.SUBMIT, proposal).enforce()
    Proposal.LIFE.target(Action.SUBMIT, proposal.state)
    at, permission = gates.needs_open(proposal.challenge, "提交揭榜书", proposal.lead_id)
    for party in proposal.parties.select_related("unit"):
        integrity.check(Gate.BID, party.unit, actor)
        gates.needs_free(proposal.challenge, party.unit)
    # What is checked and hashed below is what stands in the database, not what the caller saw;
    # holding the row keeps a colleague's save from coming between the two.
    held = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("challenge__need", "challenge__call", "lead", "host_unit")
        .get(pk=proposal.pk)
    )
    if faults := checks.missing(held):
        raise Invalid(
            f"揭榜书还有 {len(faults)} 处需要补齐，补齐后再提交",
            code="proposal_incomplete",
            fields=faults,
        )
    version = held.version + 1
    audit.advance(
        thing=proposal,
        action=Action.SUBMIT,
        actor=actor,
        also={"version": version, "late": permission is not None},
        detail={"version": version}
        | ({"late_permission": permission.number} if permission else {}),
    )
    content = snapshots.take(held)
    content["confirmations"] = snapshots.confirmations(held)
    content["late_permission"] = permission.number if permission else ""
    receipt = Receipt.objects.create(
        proposal=proposal,
        version=version,
        submitted_by=actor,
        content=content,
        digest=snapshots.digest(content),
        permission=permission,
        # When it was found to be in time; what follows may take it past the closing time.
        submitted_at=at,
    )
    _tell(proposal)
    return receipt


@transaction.atomic
def move(*, proposal: Proposal, action: str, actor: User, note: str = "") -> Proposal:
    """Begin to write, withdraw, or take a withdrawn one up again; only until the closing time."""
    if action == Action.SUBMIT:
        submit(proposal=proposal, actor=actor)
        return proposal
    policies.may(actor, action, proposal).enforce()
    Proposal.LIFE.target(action, proposal.state)
    late_for = proposal.lead_id if action in (Action.WRITE, Action.REVISE) else None
    gates.needs_open(proposal.challenge, Action(action).label, late_for)
    audit.advance(thing=proposal, action=action, actor=actor, note=note)
    _tell(proposal)
    return proposal


@transaction.atomic
def decide(*, proposal: Proposal, action: str, actor: User) -> None:
    """Write what an award decision means for this solution; the caller asked its policy."""
    audit.advance(thing=proposal, action=action, actor=actor)
    _tell(proposal)


def _rows(proposal: Proposal, name: str, typed: Sequence[Row]) -> list[Any]:
    """Return the rows as the table's model; raises Invalid with a sentence at every cell."""
    model, _, columns = snapshots.TABLES[name]
    if len(typed) > MOST_ROWS:
        raise Invalid(f"最多填写 {MOST_ROWS} 行", code="too_many_rows")
    made: list[Any] = []
    faults: dict[str, list[str]] = {}
    seen: set[Any] = set()
    for n, values in enumerate(typed):
        if unknown := sorted(set(values) - set(columns)):
            raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
        row = model(proposal=proposal, position=n, **values)
        said: dict[str, list[str]] = {}
        try:
            row.clean_fields(exclude=["proposal"])
        except ValidationError as error:
            said = error.message_dict
        for column, value in values.items():
            if column in _sources(name) and column not in said and value < 0:
                said[column] = ["金额不能为负，请核对"]
        if name == "budget":
            if values.get("item") in seen:
                said.setdefault("item", ["这个科目已填过一行，请合并"])
            seen.add(values.get("item"))
        faults |= {f"{name}-{n}-{column}": texts for column, texts in said.items()}
        made.append(row)
    if faults:
        raise Invalid("表格中有内容需要修改，已在行内标出", code="rows_invalid", fields=faults)
    return made


def _sources(name: str) -> tuple[str, ...]:
    """Return the money columns of a table."""
    return getattr(snapshots.TABLES[name].model, "SOURCES", ())


def _write_responses(proposal: Proposal, responses: Mapping[int, Row]) -> None:
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
