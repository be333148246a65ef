"""Keeping the pool: profiles with their ties, related units, the rules of calls, exceptions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from jiebang.accounts.models import PlatformRole, User
from jiebang.audit import services as audit
from jiebang.challenges.models import Challenge
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale
from jiebang.experts import policies, queries, seats
from jiebang.experts.models import Expert, PanelRules, RelatedUnits, Tie, Waiver
from jiebang.experts.states import WaiverAction
from jiebang.library.models import Call
from jiebang.organizations.models import Organization
from jiebang.taxonomy.models import TechField

WRITABLE = frozenset(
    {"title", "unit", "unit_name", "keywords", "profile", "availability", "away_until"}
)
RULES = (
    "cooling_years", "panel_size", "most_of_a_unit", "load_least", "load_most", "answer_days",
    "review_days", "names_published",
)  # fmt: skip
Row = Mapping[str, Any]


@transaction.atomic
def enrol(
    *,
    user: User,
    actor: User,
    data: Row,
    fields: Sequence[TechField],
    ties: Sequence[Row] = (),
) -> Expert:
    """Take a person with the expert's role into the pool; the person may do it too."""
    if not user.has_role(PlatformRole.EXPERT):
        raise RuleBroken(f"{user}还没有评审专家角色，请先授予角色", code="not_an_expert")
    if user.pk != actor.pk:
        policies.may_keep_pool(actor).enforce()
    if Expert.objects.filter(user=user).exists():
        raise Conflict(f"{user}已在专家库中", code="enrolled_already")
    expert = Expert(user=user)
    _write(expert, data, fields, ties)
    audit.record(actor=actor, thing=expert, action="enrol", label="专家入库")
    return expert


@transaction.atomic
def edit(
    *,
    expert: Expert,
    actor: User,
    data: Row,
    fields: Sequence[TechField],
    ties: Sequence[Row],
    revision: int,
) -> Expert:
    """Write a profile anew and look again at the panels the expert is on.

    Raises Stale where somebody saved since revision `revision` was read.
    """
    policies.may_edit(actor, expert).enforce()
    fresh = Expert.objects.filter(pk=expert.pk, revision=revision)
    if not fresh.update(revision=F("revision") + 1):
        raise Stale("专家信息刚刚被他人修改，请刷新后再编辑")
    expert.revision = revision + 1
    _write(expert, data, fields, ties)
    audit.record(actor=actor, thing=expert, action="edit", label="修改专家信息")
    renewed = queries.pool().get(pk=expert.pk)
    seats.recheck(expert=renewed, actor=actor)
    return renewed


@transaction.atomic
def relate(*, one: Organization, other: Organization, actor: User, basis: str) -> RelatedUnits:
    """Note that two units count as one where interests are concerned."""
    policies.may_keep_pool(actor).enforce()
    if one.pk == other.pk:
        sentence = "请选择两个不同的单位"
        raise Invalid(sentence, fields={"other": [sentence]})
    if not basis.strip():
        raise Invalid("请写明关联依据", fields={"basis": ["请写明关联依据"]})
    first, second = sorted((one, other), key=lambda unit: unit.pk)
    if RelatedUnits.objects.filter(one=first, other=second).exists():
        raise Conflict("这两个单位的关联关系已登记", code="related_already")
    made = RelatedUnits.objects.create(
        one=first, other=second, basis=basis.strip(), recorded_by=actor
    )
    audit.record(actor=actor, thing=made, action="relate", label="登记关联单位", note=made.basis)
    for expert in queries.pool().filter(unit__in=(first, second)):
        seats.recheck(expert=expert, actor=actor)
    return made


@transaction.atomic
def set_rules(*, call: Call, actor: User, values: Row) -> PanelRules:
    """Set what the call asks of its panels; seats that stand already keep their dates."""
    policies.may_keep_pool(actor).enforce()
    rules = queries.rules_of(call)
    for name in RULES:
        if name in values:
            setattr(rules, name, values[name])
    faults: dict[str, list[str]] = {}
    if rules.load_least > rules.load_most:
        faults["load_least"] = ["最少件数不能多于最多件数"]
    for name in ("panel_size", "most_of_a_unit", "load_most", "answer_days", "review_days"):
        if getattr(rules, name) < 1:
            faults[name] = ["须为 1 或以上的整数"]
    if faults:
        raise Invalid("评审规则需要修改，请按提示处理", fields=faults)
    rules.save()
    audit.record(
        actor=actor,
        thing=call,
        action="panel_rules",
        label="设定专家评审规则",
        detail={name: getattr(rules, name) for name in RULES},
    )
    return rules


@transaction.atomic
def propose_waiver(*, expert: Expert, challenge: Challenge, actor: User, reason: str) -> Waiver:
    """Ask a second officer to let an expert judge in spite of named edges; both get published."""
    policies.may_seat(actor, challenge).enforce()
    seats.check_open(challenge)
    edges = queries.uncovered(expert, challenge)
    if not edges:
        raise RuleBroken(f"{expert}没有需要办理例外的利害关系，可以直接邀请", code="no_conflict")
    if not reason.strip():
        raise Invalid("请写明例外理由", code="reason_required", fields={"reason": ["请写明理由"]})
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                expert=expert,
                challenge=challenge,
                edges=[{"kind": e.kind, "party": e.party, "sentence": e.sentence} for e in edges],
                reason=reason.strip(),
                proposed_by=actor,
            )
    except IntegrityError as error:
        raise Conflict("这名专家的回避例外已经提出", code="waiver_already") from error
    audit.record(
        actor=actor, thing=waiver, action="propose", label="提出回避例外", note=waiver.reason
    )
    return waiver


@transaction.atomic
def decide_waiver(*, waiver: Waiver, action: str, actor: User, note: str = "") -> None:
    """Approve or refuse an exception, as another person than its proposer; approval invites."""
    policies.may_decide(actor, waiver).enforce()
    audit.advance(
        thing=waiver,
        action=action,
        actor=actor,
        note=note,
        also={"decided_by": actor, "decided_at": clock.now()},
    )
    if action == WaiverAction.APPROVE:
        expert = queries.pool().get(pk=waiver.expert_id)
        seats.invite(expert=expert, challenge=waiver.challenge, actor=waiver.proposed_by)


def _write(expert: Expert, data: Row, fields: Sequence[TechField], ties: Sequence[Row]) -> None:
    for name in WRITABLE & data.keys():
        setattr(expert, name, data[name])
    if expert.unit is not None:
        expert.unit_name = expert.unit.name
    elif expert.unit_name:
        expert.unit = Organization.objects.filter(name=expert.unit_name).first()
    faults: dict[str, list[str]] = {}
    try:
        expert.full_clean(exclude=["user"])
    except ValidationError as error:
        faults = error.message_dict
    if not expert.unit_name:
        faults = {**faults, "unit_name": ["请填写所在单位"]}
    if not fields:
        faults["tech_fields"] = ["请至少选择一个技术领域"]
    rows = [_tie(row) for row in ties]
    for n, row in enumerate(rows):
        if not row.unit_name and not row.person:
            faults[f"ties-{n}-unit_name"] = ["请填写单位或姓名"]
    if faults:
        raise Invalid("专家信息需要修改，请按提示处理", fields=faults)
    expert.save()
    expert.fields.set(fields)
    expert.ties.all().delete()
    for row in rows:
        row.expert = expert
    Tie.objects.bulk_create(rows)


def _tie(row: Row) -> Tie:
    made = Tie(**row)
    if made.unit is None and made.unit_name:
        made.unit = Organization.objects.filter(name=made.unit_name).first()
    elif made.unit is not None:
        made.unit_name = made.unit.name
    return made
