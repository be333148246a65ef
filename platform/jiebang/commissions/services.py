"""Drafting a commission, and holding its needs while it runs."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.commissions import policies, terms
from jiebang.commissions.models import Commission, Item, Member, Part
from jiebang.commissions.signals import commission_moved
from jiebang.commissions.states import EDITABLE, Action, State
from jiebang.common.errors import Conflict, Invalid, Stale, WrongState
from jiebang.library.models import TechNeed
from jiebang.library.signals import need_changed
from jiebang.library.states import Action as NeedAction

Row = Mapping[str, Any]
# What ends a contract, and what then becomes of the commission and of its needs.
ENDS = {
    Action.COMPLETE: NeedAction.EXIT,
    Action.RELEASE: NeedAction.TAKE_BACK,
}


@transaction.atomic
def start(
    *,
    actor: User,
    data: Mapping[str, Any],
    needs: Sequence[TechNeed] = (),
    parts: Sequence[Row] = (),
    members: Sequence[Row] = (),
) -> Commission:
    """Draft a commission of one need, or of the needs that a package's sub-projects name.

    Raises Invalid without cause, reason or sums that add up; RuleBroken while a round is open.
    """
    wanted = _needs(needs, parts)
    policies.may_draft(actor, _parties(data, wanted, parts, members)).enforce()
    terms.check(data, wanted, parts, members)
    terms.check_free(wanted)
    made = Commission(call=wanted[0].call, drafted_by=actor, **_columns(data))
    made.save()
    _write_rows(made, wanted, parts, members)
    audit.record(actor=actor, thing=made, action="draft", label="拟定定向委托", went_to=made.state)
    return made


@transaction.atomic
def write(
    *,
    commission: Commission,
    actor: User,
    data: Mapping[str, Any],
    needs: Sequence[TechNeed] = (),
    parts: Sequence[Row] = (),
    members: Sequence[Row] = (),
    revision: int | None = None,
) -> Commission:
    """Write a draft or returned commission anew; raises Stale when somebody saved meanwhile."""
    wanted = _needs(needs, parts)
    policies.may_write(actor, commission).enforce()
    policies.may_draft(actor, _parties(data, wanted, parts, members)).enforce()
    if commission.state not in EDITABLE:
        label = commission.get_state_display()
        raise WrongState(f"当前状态为“{label}”，内容已锁定；如需修改请先退回")
    terms.check(data, wanted, parts, members)
    hold(wanted)
    terms.check_free(wanted, own=commission)
    seen = commission.revision if revision is None else revision
    row = Commission.objects.filter(pk=commission.pk, revision=seen, state__in=EDITABLE)
    if not row.update(**_columns(data), call=wanted[0].call, revision=F("revision") + 1):
        raise Stale("同事刚刚保存了更新的内容，请刷新后把您的修改补上")
    held = commission.state == State.RETURNED
    if held:
        kept = {need.pk for need in wanted}
        release(commission, [n for n in commission.needs if n.pk not in kept], actor, "不再列入")
    _write_rows(commission, wanted, parts, members)
    commission.refresh_from_db()
    if held:
        claim(commission, actor)
    audit.record(actor=actor, thing=commission, action="write", label="修改定向委托")
    return commission


def hold(needs: Iterable[TechNeed]) -> None:
    """Hold the needs' rows until commit.

    Whoever posts a need has its row before the chain of records; so must who commissions it, or
    the two would wait for each other.
    """
    rows = TechNeed.objects.filter(pk__in=[need.pk for need in needs]).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def claim(commission: Commission, actor: User) -> None:
    """Hold the needs for this commission; raises Conflict where another one was faster."""
    needs = TechNeed.objects.filter(commission_items__commission=commission)
    held = set(commission.items.filter(running=True).values_list("need", flat=True))
    try:
        with transaction.atomic():
            Item.objects.filter(commission=commission).update(running=True)
    except IntegrityError as error:
        raise Conflict("其中的需求刚刚被另一项定向委托占用", code="commissioned_already") from error
    for need in needs.order_by("pk"):
        if need.pk not in held:
            audit.advance(thing=need, action=NeedAction.COMMISSION, actor=actor)
            need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    commission.__dict__.pop("_prefetched_objects_cache", None)


def release(
    commission: Commission,
    needs: Sequence[TechNeed],
    actor: User | None,
    note: str,
    action: str = NeedAction.TAKE_BACK,
) -> None:
    """Let go of needs: back into the library, or out of it when the work is accepted."""
    rows = Item.objects.filter(commission=commission, need__in=needs, running=True)
    keys = list(rows.values_list("need", flat=True))
    rows.update(running=False)
    for need in TechNeed.objects.filter(pk__in=keys).order_by("pk"):
        audit.advance(thing=need, action=action, actor=actor, note=note)
        need_changed.send(TechNeed, need_id=need.pk, state=need.state)


@transaction.atomic
def follow(*, commission: Commission, action: str, actor: User | None, note: str = "") -> None:
    """Take the step that the end of its contract implies; the caller asked its policy."""
    audit.advance(thing=commission, action=action, actor=actor, note=note)
    release(commission, commission.needs, actor, note, ENDS[Action(action)])
    commission_moved.send(Commission, commission_id=commission.pk, state=commission.state)


def _needs(needs: Sequence[TechNeed], parts: Sequence[Row]) -> list[TechNeed]:
    """Return the needs that were named, directly or by a sub-project, each once."""
    named = [*needs, *(need for row in parts for need in row["needs"])]
    return list({need.pk: need for need in named}.values())


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(data) - set(terms.COLUMNS)):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    texts = {"title", "reason"}
    return {
        "grant": Decimal(0),
        **{k: v.strip() if k in texts else v for k, v in data.items() if v is not None},
        "applicant": data.get("applicant"),
    }


def _parties(
    data: Mapping[str, Any], needs: Sequence[TechNeed], parts: Sequence[Row], members: Sequence[Row]
) -> set[int | None]:
    units = [data.get("candidate"), data.get("applicant")]
    units += [row["unit"] for row in (*parts, *members)]
    return {unit.pk for unit in units if unit} | {need.owner_id for need in needs}


def _write_rows(
    commission: Commission, needs: Sequence[TechNeed], parts: Sequence[Row], members: Sequence[Row]
) -> None:
    """Bring needs, sub-projects and members to what was typed; what was held stays held."""
    held = set(commission.items.filter(running=True).values_list("need", flat=True))
    commission.items.all().delete()
    commission.parts.all().delete()
    commission.consortium.all().delete()
    of_need: dict[int, Part] = {}
    for n, row in enumerate(parts, 1):
        made = Part.objects.create(
            commission=commission,
            position=n,
            title=row["title"].strip(),
            unit=row["unit"],
            amount=row["amount"],
        )
        of_need |= {need.pk: made for need in row["needs"]}
    Item.objects.bulk_create(
        Item(
            commission=commission,
            need=need,
            part=of_need.get(need.pk),
            running=need.pk in held,
        )
        for need in needs
    )
    Member.objects.bulk_create(
        Member(
            commission=commission, unit=row["unit"], task=row["task"].strip(), share=row["share"]
        )
        for row in members
    )
    commission.__dict__.pop("_prefetched_objects_cache", None)
