"""What the owner does with a need: write, submit, withdraw; and what the bureau sets in a call."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.library import checkup, policies, queries, snapshots
from jiebang.library.models import (
    Call,
    CallRule,
    CallWindow,
    Criterion,
    Indicator,
    NeedVersion,
    TechNeed,
)
from jiebang.library.signals import need_changed
from jiebang.library.states import EDITABLE, Action, RuleCode, State, WindowKind
from jiebang.organizations import policies as unit_policies
from jiebang.organizations.models import Organization

Row = Mapping[str, Any]
WRITABLE = frozenset({*snapshots.CONTENT, "tech_field", "call"})


@transaction.atomic
def create_call(
    *,
    actor: User,
    name: str,
    scope: str = "",
    windows: Mapping[WindowKind, tuple[datetime, datetime]],
    rules: Mapping[RuleCode, Decimal],
    criteria: Sequence[Row],
) -> Call:
    """Open a batch with its windows, rules and appraisal criteria (name, weight, description)."""
    actor.needs_role(PlatformRole.OFFICER)
    if Call.objects.filter(name=name).exists():
        raise Invalid("已有同名批次", fields={"name": ["已有同名批次，请换一个名称"]})
    if not criteria:
        raise Invalid("请至少设置一项论证指标", fields={"criteria": ["请至少设置一项论证指标"]})
    for kind, (opens_at, closes_at) in windows.items():
        if closes_at <= opens_at:
            sentence = f"{WindowKind(kind).label}的截止时间须晚于开始时间"
            raise Invalid(sentence, fields={f"{kind}_closes_at": [sentence]})
    if faults := _call_faults(rules, criteria):
        raise Invalid("批次内容需要修改，请按提示处理", code="call_invalid", fields=faults)
    call = Call.objects.create(name=name, scope=scope, created_by=actor)
    CallWindow.objects.bulk_create(
        CallWindow(call=call, kind=kind, opens_at=start, closes_at=end)
        for kind, (start, end) in windows.items()
    )
    CallRule.objects.bulk_create(
        CallRule(call=call, code=code, value=value) for code, value in rules.items()
    )
    Criterion.objects.bulk_create(
        Criterion(call=call, position=n, **row) for n, row in enumerate(criteria)
    )
    audit.record(actor=actor, thing=call, action="create", label="设立批次")
    return call


@transaction.atomic
def set_rule(*, call: Call, actor: User, code: RuleCode, value: Decimal, basis: str = "") -> None:
    """Change one number of a call; what was decided under the old one stays decided."""
    actor.needs_role(PlatformRole.OFFICER)
    if value < 0:
        raise Invalid("数值不能为负", fields={"value": ["数值不能为负，请核对"]})
    before = queries.rules_of(call).get(code)
    call.rules.update_or_create(code=code, defaults={"value": value, "basis": basis})
    audit.record(
        actor=actor,
        thing=call,
        action="set_rule",
        label="修改规则",
        note=basis,
        detail={"code": code, "before": str(before or ""), "after": str(value)},
    )


@transaction.atomic
def create_need(
    *, owner: Organization, actor: User, data: Mapping[str, Any], indicators: Sequence[Row] = ()
) -> TechNeed:
    """Begin a draft in the unit's name; half-filled is fine, submitting asks for the rest."""
    unit_policies.may_write_for(actor, owner).enforce()
    need = TechNeed(owner=owner, author=actor, **_writable(data))
    _clean(need)
    need.save()
    _write_rows(need, indicators)
    audit.record(actor=actor, thing=need, action="create", label="起草需求", went_to=need.state)
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


@transaction.atomic
def save_need(
    *,
    need: TechNeed,
    actor: User,
    data: Mapping[str, Any],
    indicators: Sequence[Row] | None = None,
    revision: int | None = None,
) -> TechNeed:
    """Save a draft; raises Stale when somebody saved since `revision` was read."""
    policies.may_edit(actor, need).enforce()
    if need.state not in EDITABLE:
        label = need.get_state_display()
        raise WrongState(f"当前状态为“{label}”，内容已锁定；如需修改请先请科技局退回")
    row = TechNeed(pk=need.pk, owner=need.owner, state=need.state)
    content = _writable(data)
    for name in WRITABLE:
        setattr(row, name, content.get(name, getattr(need, name)))
    _clean(row)
    seen = need.revision if revision is None else revision
    written = TechNeed.objects.filter(pk=need.pk, revision=seen, state__in=EDITABLE).update(
        **content, revision=F("revision") + 1
    )
    if not written:
        raise Stale("同事刚刚保存了更新的内容，请刷新后把您的修改补上")
    if indicators is not None:
        _write_rows(need, indicators)
    need.refresh_from_db()
    audit.record(
        actor=actor,
        thing=need,
        action="save",
        label="保存需求",
        detail={"revision": need.revision},
    )
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


@transaction.atomic
def submit(*, need: TechNeed, actor: User) -> NeedVersion:
    """Hand the need in: check it up, freeze it as a version, send it to the endorsing officer."""
    policies.may(actor, Action.SUBMIT, need).enforce()
    report = checkup.check(
        snapshots.content_of(need), snapshots.rows_of(need), queries.rules_of(need.call)
    )
    number = need.version + 1
    target = TechNeed.LIFE.target(Action.SUBMIT, need.state)
    if need.call is None:
        raise Invalid("请选择要申报的批次", code="call_missing", fields={"call": ["请选择批次"]})
    if not queries.calls_open().filter(pk=need.call.pk).exists():
        raise RuleBroken(
            f"“{need.call}”现在不在需求征集时间内，请改报正在征集的批次", code="window_closed"
        )
    if need.owner and not need.owner.in_city:
        raise RuleBroken("需求须由本市单位提出", code="owner_outside")
    if report.errors:
        count = len(report.errors)
        sentence = f"需求体检还有 {count} 处需要补齐，补齐后再提交"
        raise Invalid(sentence, code="need_incomplete", fields=report.sentences())
    audit.advance(
        thing=need,
        action=Action.SUBMIT,
        actor=actor,
        also={"version": number},
        detail={"version": number},
    )
    version = NeedVersion.objects.create(
        need=need, number=number, content=snapshots.take(need), submitted_by=actor
    )
    need_changed.send(TechNeed, need_id=need.pk, state=target)
    return version


@transaction.atomic
def withdraw(*, need: TechNeed, actor: User, note: str = "") -> TechNeed:
    """Take a need back that no officer has decided on."""
    policies.may(actor, Action.WITHDRAW, need).enforce()
    audit.advance(thing=need, action=Action.WITHDRAW, actor=actor, note=note)
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


@transaction.atomic
def gather(*, actor: User | None, data: Mapping[str, Any], indicators: Sequence[Row]) -> TechNeed:
    """Take in a need from a public list (寻榜), for the bureau to check; it has no unit here.

    Raises Conflict when its `source_key` was taken in before.
    """
    if TechNeed.objects.filter(source_key=data["source_key"]).exists():
        raise Conflict("这条需求已经归集过", code="gathered_before")
    need = TechNeed(state=State.ENDORSED, **data)
    _clean(need)
    need.save()
    _write_rows(need, indicators)
    audit.record(actor=actor, thing=need, action="gather", label="归集公开需求", went_to=need.state)
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


@transaction.atomic
def amend(
    *, need: TechNeed, actor: User, data: Mapping[str, Any], indicators: Sequence[Row] | None
) -> NeedVersion:
    """Change a posted need and keep it as a new version; the caller asked its policy.

    Indicator rows are changed in their place, for bids answer them; new ones come last.
    """
    if need.state != State.POSTED:
        raise WrongState("需求不在榜上，不能发布变更")
    for name, value in _writable(data).items():
        setattr(need, name, value)
    _clean(need)
    if indicators is not None:
        _change_rows(need, indicators)
    need.version += 1
    columns = {name: getattr(need, name) for name in data}
    seen = TechNeed.objects.filter(pk=need.pk, state=State.POSTED, version=need.version - 1)
    if not seen.update(**columns, version=need.version, revision=F("revision") + 1):
        raise Stale("刚刚有人先发布了变更，请刷新后再看")
    need.refresh_from_db()
    kept = NeedVersion.objects.create(
        need=need, number=need.version, content=snapshots.take(need), submitted_by=actor
    )
    audit.record(actor=actor, thing=need, action="amend", label="榜上变更")
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return kept


def _call_faults(
    rules: Mapping[RuleCode, Decimal], criteria: Sequence[Row]
) -> dict[str, list[str]]:
    faults = {
        f"rule-{code}": ["数值不能为负，请核对"] for code, value in rules.items() if value < 0
    }
    names: set[str] = set()
    for n, row in enumerate(criteria):
        if row["weight"] <= 0:
            faults[f"criteria-{n}-weight"] = ["权重须大于零"]
        if row["name"] in names:
            faults[f"criteria-{n}-name"] = ["论证指标不能重名，请换一个名称"]
        names.add(row["name"])
    return faults


def _writable(data: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(data) - WRITABLE):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    return dict(data)


def _write_rows(need: TechNeed, rows: Sequence[Row]) -> None:
    """Bring the indicator rows to what was typed; nobody refers to rows of an unposted need."""
    made = _checked_rows(need, rows)
    need.indicators.all().delete()
    Indicator.objects.bulk_create(made)
    need.__dict__.pop("_prefetched_objects_cache", None)


def _change_rows(need: TechNeed, rows: Sequence[Row]) -> None:
    """Change the rows of a posted need in their order; none may go, for bids answer them."""
    made, kept = _checked_rows(need, rows), list(need.indicators.order_by("position"))
    if len(made) < len(kept):
        raise RuleBroken("张榜后不能删除技术指标，只能修改或增加", code="indicator_removed")
    for old, new in zip(kept, made, strict=False):
        new.pk, new.position = old.pk, old.position
    Indicator.objects.bulk_update(made[: len(kept)], snapshots.ROW)
    Indicator.objects.bulk_create(made[len(kept) :])
    need.__dict__.pop("_prefetched_objects_cache", None)


def _checked_rows(need: TechNeed, rows: Sequence[Row]) -> list[Indicator]:
    made = [
        Indicator(need=need, position=n, **{k: row[k] for k in snapshots.ROW if k in row})
        for n, row in enumerate(rows)
    ]
    faults: dict[str, list[str]] = {}
    for n, indicator in enumerate(made):
        try:
            indicator.clean_fields(exclude=["need"])
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                faults[f"indicators-{n}-{name}"] = sentences
        low, high = indicator.value, indicator.value_high
        if low is not None and high is not None and high < low:
            faults[f"indicators-{n}-value_high"] = ["上限小于下限，请核对"]
    if faults:
        raise Invalid("技术指标有内容需要修改", code="indicators_invalid", fields=faults)
    return made


def _clean(need: TechNeed) -> None:
    try:
        need.full_clean(
            exclude=["owner", "author"], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        raise Invalid("有内容需要修改，请按提示处理", fields=error.message_dict) from error
    faults = {
        name: ["金额不能为负，请核对"]
        for name in ("total_budget", "bounty", "grant")
        if (amount := getattr(need, name)) is not None and amount < 0
    }
    for name in ("trl_now", "trl_target"):
        if (level := getattr(need, name)) is not None and not 1 <= level <= 9:
            faults[name] = ["技术就绪度为 1 至 9 级"]
    if faults:
        raise Invalid("有内容需要修改，请按提示处理", fields=faults)
    if need.valid_until and need.valid_until < clock.today():
        raise Invalid("有效期已过", fields={"valid_until": ["有效期不能早于今天"]})
