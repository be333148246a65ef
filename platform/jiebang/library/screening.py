"""What the bureau and its experts do with a need: endorse, check, appraise, admit, send back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.ledger import services as ledger
from jiebang.ledger.states import Kind
from jiebang.library import policies, queries
from jiebang.library.models import Appraisal, TechNeed
from jiebang.library.signals import appraisers_asked, need_changed
from jiebang.library.states import Action, RuleCode, State

SHORTEST_OPINION = 10


@transaction.atomic
def move(*, need: TechNeed, action: str, actor: User, note: str = "") -> TechNeed:
    """Endorse, pass the formal check, admit, return or reject.

    Admission wants the call's number of appraisals and its pass mark, and sets the validity.
    """
    policies.may(actor, action, need).enforce()
    also: dict[str, Any] = {}
    detail: dict[str, Any] = {}
    if action == Action.ADMIT:
        TechNeed.LIFE.target(action, need.state)
        mean = _passed(need)
        detail["mean"] = str(mean)
        months = queries.rules_of(need.call).get(RuleCode.VALID_MONTHS)
        if months and need.valid_until is None:
            also["valid_until"] = clock.today() + relativedelta(months=int(months))
    audit.advance(thing=need, action=action, actor=actor, note=note, also=also, detail=detail)
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


@transaction.atomic
def assign_appraisers(
    *, need: TechNeed, actor: User, experts: Iterable[User], due_at: datetime | None = None
) -> list[Appraisal]:
    """Ask experts to appraise the version at hand; one of them twice, or a conflict, is refused."""
    actor.needs_role(PlatformRole.OFFICER)
    if need.state != State.APPRAISAL:
        raise WrongState(f"当前状态为“{need.get_state_display()}”，不能分派论证专家")
    chosen = list(experts)
    if not chosen:
        raise Invalid("请至少选择一名专家", fields={"experts": ["请至少选择一名专家"]})
    barred = queries.barred(need)
    for expert in chosen:
        decision = policies.may_be_appraiser(expert, need, barred)
        if not decision:
            sentence = [decision.reason]
            raise RuleBroken(decision.reason, code=decision.code, fields={"experts": sentence})
    asked = Conflict("所选专家中有人已被分派这项论证", code="already_assigned")
    if need.appraisals.filter(expert__in=chosen, version=need.version).exists():
        raise asked
    try:
        with transaction.atomic():
            made = [
                Appraisal.objects.create(
                    need=need, expert=expert, version=need.version, due_at=due_at
                )
                for expert in chosen
            ]
    except IntegrityError as error:
        raise asked from error
    audit.record(
        actor=actor,
        thing=need,
        action="assign",
        label="分派论证专家",
        detail={"experts": [expert.pk for expert in chosen]},
    )
    appraisers_asked.send(TechNeed, need_id=need.pk, appraisals=[row.pk for row in made])
    return made


@transaction.atomic
def appraise(
    *, appraisal: Appraisal, actor: User, scores: Mapping[str, Any], opinion: str
) -> Appraisal:
    """Hand in scores (criterion key → 0–100) and an opinion; the total is weighted by the call."""
    policies.may_appraise(actor, appraisal).enforce()
    need = appraisal.need
    if need.state != State.APPRAISAL or appraisal.version != need.version:
        raise WrongState("这项论证已经结束或需求已退回修改，不需要再评分")
    criteria = list(need.call.criteria.all()) if need.call else []
    faults: dict[str, list[str]] = {}
    kept: dict[str, str] = {}
    weighted = weights = Decimal(0)
    for criterion in criteria:
        key = str(criterion.pk)
        try:
            score = Decimal(str(scores[key]))
        except (KeyError, InvalidOperation):
            faults[f"score-{key}"] = [f"请给“{criterion.name}”打分（0 至 100）"]
            continue
        if not 0 <= score <= 100:
            faults[f"score-{key}"] = [f"“{criterion.name}”的分数应在 0 至 100 之间"]
            continue
        kept[key] = str(score)
        weighted += score * criterion.weight
        weights += criterion.weight
    opinion = opinion.strip()
    if len(opinion) < SHORTEST_OPINION:
        faults["opinion"] = [f"请写明论证意见，至少 {SHORTEST_OPINION} 字"]
    if not criteria:
        faults["scores"] = ["该需求未归入批次，没有论证指标，请经办人员先归入批次"]
    if faults:
        raise Invalid("论证意见未提交，请按提示补齐", code="appraisal_incomplete", fields=faults)
    total = (weighted / weights).quantize(Decimal("0.01"))
    changes = {"scores": kept, "opinion": opinion, "total": total, "submitted_at": clock.now()}
    waiting = Appraisal.objects.filter(pk=appraisal.pk, submitted_at=None)
    if not waiting.update(**changes):
        raise Stale("这项论证已经提交过，不能再改")
    for name, value in changes.items():
        setattr(appraisal, name, value)
    audit.record(actor=actor, thing=need, action="appraise", label="提交论证意见", note=opinion)
    ledger.inscribe(
        kind=Kind.SCORE,
        about=appraisal,
        facts={"action": "appraise", "by": actor.display_name},
        columns=tuple(changes),
    )
    return appraisal


@transaction.atomic
def place_in_call(*, need: TechNeed, actor: User, call: Any) -> TechNeed:
    """Put a gathered need, which came without one, into a call; its rules then hold."""
    actor.needs_role(PlatformRole.OFFICER)
    if not TechNeed.objects.filter(pk=need.pk, call=None).update(call=call):
        raise Conflict("这条需求已归入批次", code="already_in_call")
    need.call = call
    audit.record(actor=actor, thing=need, action="place", label="归入批次", note=str(call))
    return need


@transaction.atomic
def lapse(*, need: TechNeed) -> TechNeed:
    """Let a library need lapse whose validity is over; done by the clock."""
    audit.advance(thing=need, action=Action.LAPSE, actor=None, note="有效期届满")
    need_changed.send(TechNeed, need_id=need.pk, state=need.state)
    return need


def _passed(need: TechNeed) -> Decimal:
    count, mean = queries.appraisal_result(need)
    required, mark = queries.required_appraisals(need.call), queries.pass_mark(need.call)
    if count < required or mean is None:
        raise RuleBroken(
            f"已有 {count} 名专家提交论证意见，本批次要求不少于 {required} 名，暂不能入库",
            code="appraisals_missing",
        )
    if mean < mark:
        raise RuleBroken(
            f"论证平均分 {mean}，低于通过分数 {mark.normalize():f}，不能入库；可退回修改或不予入库",
            code="below_pass_mark",
        )
    return mean
