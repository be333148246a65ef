"""Checkpoints of a race (赛马): planned, ranked, and cut by rank, with the budgets following."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.common.money import in_wan
from jiebang.contracts import changes, ending, lanes, payments, policies, versions
from jiebang.contracts.models import Checkpoint, Contract, Milestone, Race, Standing
from jiebang.contracts.signals import race_moved
from jiebang.contracts.states import Action, CheckpointAction, MilestoneState, Result, State


def running(race: Race) -> list[Contract]:
    """Return the race's running contracts in the order of their lanes."""
    rows = Contract.objects.filter(award__challenge=race.challenge_id, state=State.RUNNING)
    rows = rows.select_related("award__challenge__race", "solver", "poster")
    return list(rows.order_by("award__lane"))


@transaction.atomic
def plan(*, race: Race, actor: User, title: str, due_on: date, keep: int) -> Checkpoint:
    """Set the next checkpoint: when, and how many contracts go on."""
    policies.may_plan_race(actor).enforce()
    held = lanes.hold(race)
    found: dict[str, list[str]] = {}
    if not title.strip():
        found["title"] = ["请填写检查点名称"]
    count = len(running(held))
    if not 1 <= keep < count:
        found["keep"] = [f"现有 {count} 份合同在实施，保留的家数须在 1 到 {max(count - 1, 1)} 之间"]
    if found:
        raise Invalid("检查点需要修改", code="checkpoint_invalid", fields=found)
    last = held.checkpoints.aggregate(most=Max("position"))["most"] or 0
    try:
        with transaction.atomic():
            made = Checkpoint.objects.create(
                race=held, position=last + 1, title=title.strip(), due_on=due_on, keep=keep
            )
    except IntegrityError as error:
        raise Conflict("上一个检查点还没有决定，决定后才能再设", code="checkpoint_open") from error
    audit.record(actor=actor, thing=made, action="plan", label="设置赛马检查点", went_to=made.state)
    _tell(made)
    return made


@transaction.atomic
def rank(*, checkpoint: Checkpoint, actor: User, rows: Sequence[Mapping[str, Any]]) -> Checkpoint:
    """Rank every running contract by its score; `rows` name contract, score and opinion."""
    policies.may_run_race(actor, CheckpointAction.RANK, checkpoint).enforce()
    race = lanes.hold(checkpoint.race)
    Checkpoint.LIFE.target(CheckpointAction.RANK, checkpoint.state)
    known = {contract.pk: contract for contract in running(race)}
    if faults := _rank_faults(known, rows):
        raise Invalid("名次需要修改", code="ranking_invalid", fields=faults)
    checkpoint.standings.all().delete()
    best_first = sorted(rows, key=lambda row: -row["score"])
    Standing.objects.bulk_create(
        Standing(
            checkpoint=checkpoint,
            contract_id=row["contract"],
            place=place,
            score=row["score"],
            opinion=str(row["opinion"]).strip(),
        )
        for place, row in enumerate(best_first, 1)
    )
    audit.advance(
        thing=checkpoint,
        action=CheckpointAction.RANK,
        actor=actor,
        detail={"places": [[row["contract"], str(row["score"])] for row in best_first]},
        also={"ranked_by": actor},
    )
    _tell(checkpoint)
    return checkpoint


@transaction.atomic
def decide(
    *, checkpoint: Checkpoint, actor: User, note: str, merge_into: int | None = None
) -> Checkpoint:
    """Cut the contracts behind the last place that stays.

    Their money goes to the reserve, or to the contract `merge_into` that takes over their work.
    """
    policies.may_run_race(actor, CheckpointAction.DECIDE, checkpoint).enforce()
    race = lanes.hold(checkpoint.race)
    Checkpoint.LIFE.target(CheckpointAction.DECIDE, checkpoint.state)
    standings = list(checkpoint.standings.order_by("place"))
    here = {contract.pk: contract for contract in _held(race)}
    if {row.contract_id for row in standings} != set(here):
        raise WrongState("登记名次后有合同已不在实施中，请重新登记名次", code="ranking_outdated")
    stay = [row for row in standings if row.place <= checkpoint.keep]
    cut = [row for row in standings if row.place > checkpoint.keep]
    target = here.get(merge_into) if merge_into is not None else None
    if merge_into is not None and merge_into not in {row.contract_id for row in stay}:
        sentence = "只能并入继续实施的合同"
        raise Invalid(sentence, code="merge_invalid", fields={"merge_into": [sentence]})
    for row in cut:
        _may_be_cut(here[row.contract_id])
    audit.advance(
        thing=checkpoint,
        action=CheckpointAction.DECIDE,
        actor=actor,
        note=note,
        also={"decided_by": actor},
    )
    for row in stay:
        Standing.objects.filter(pk=row.pk).update(result=Result.STAYS)
    for row in cut:
        _cut(row, here[row.contract_id], target, checkpoint, actor)
    _tell(checkpoint)
    return checkpoint


def _cut(
    row: Standing, contract: Contract, target: Contract | None, checkpoint: Checkpoint, actor: User
) -> None:
    freed = max(contract.amount - contract.drawn, Decimal(0))
    grant = contract.grant - contract.drawn_grant
    why = f"赛马检查点“{checkpoint.title}”第 {row.place} 名，未进入前 {checkpoint.keep} 名"
    detail = {"checkpoint": checkpoint.pk, "place": row.place}
    ending.end(contract=contract, action=Action.TERMINATE, actor=actor, note=why, detail=detail)
    if target is not None and freed:
        _merge(contract, target, freed, min(grant, freed), actor)
    Standing.objects.filter(pk=row.pk).update(
        result=Result.MERGED if target else Result.CUT, merged_into=target, freed=freed
    )


def _merge(
    source: Contract, target: Contract, amount: Decimal, grant: Decimal, actor: User
) -> None:
    """Give the surviving contract the money and, with its last open milestone, the work."""
    stones = Milestone.objects.filter(contract=target).exclude(state=MilestoneState.CONFIRMED)
    last = stones.order_by("-position").first()
    if last is None:
        raise RuleBroken(
            "要并入的合同已没有未完成的里程碑，不能再增加预算", code="merge_nothing_left"
        )
    lanes.grow(target, amount)
    after = {
        "amount": target.amount + amount,
        "grant": target.grant + grant,
        "ceiling": target.ceiling + amount,
    }
    Contract.objects.filter(pk=target.pk).update(**after)
    for name, value in after.items():
        setattr(target, name, value)
    Milestone.objects.filter(pk=last.pk).update(tranche=last.tranche + amount)
    last.refresh_from_db()
    note = f"并入 {source.number} 释放的预算 {in_wan(amount)}"
    versions.keep(target, why=note, actor=actor)
    audit.record(actor=actor, thing=target, action="merge", label="赛马合并", note=note)
    audit.record(actor=actor, thing=last, action="merge", label="增加拨付金额", note=note)


def _held(race: Race) -> list[Contract]:
    """Return the running contracts with their rows held, always in the same order."""
    rows = Contract.objects.select_for_update(of=("self",))
    rows = rows.filter(award__challenge=race.challenge_id, state=State.RUNNING)
    return list(rows.select_related("award__challenge__race").order_by("pk"))


def _may_be_cut(contract: Contract) -> None:
    if left := payments.open_of(contract):
        raise RuleBroken(
            f"{contract.solver}的合同还有 {left} 笔拨付没有办结，请先办结或不予支付",
            code="payments_open",
        )
    if changes.of_contract_pending(contract):
        raise Conflict(f"{contract.solver}的合同有申请正在办理，请先办结", code="request_pending")


def _rank_faults(
    known: Mapping[int, Contract], rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if sorted(row["contract"] for row in rows) != sorted(known):
        found["rows"] = [f"请给每份实施中的合同打分，共 {len(known)} 份，每份一次"]
        return found
    scores = [row["score"] for row in rows]
    if len(set(scores)) != len(scores):
        found["rows"] = ["得分不能并列，名次要分出先后"]
    for row in rows:
        if not 0 <= row["score"] <= 100:
            found[f"score-{row['contract']}"] = ["得分应在 0 到 100 之间"]
        if not str(row["opinion"]).strip():
            found[f"opinion-{row['contract']}"] = ["请写明评价"]
    return found


def _tell(checkpoint: Checkpoint) -> None:
    race_moved.send(Checkpoint, checkpoint_id=checkpoint.pk, state=checkpoint.state)
