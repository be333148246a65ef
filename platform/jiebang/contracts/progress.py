"""Milestones: reported with measurements and spending, checked by experts, judged."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, Stale, WrongState
from jiebang.contracts import changes, ending, policies, queries, reporting
from jiebang.contracts.models import (
    Contract,
    Measurement,
    Milestone,
    MilestoneReport,
    Spending,
    StageOpinion,
)
from jiebang.contracts.signals import milestone_checked
from jiebang.contracts.states import (
    Advice,
    MilestoneAction,
    MilestoneState,
    Reason,
    RequestKind,
    State,
)
from jiebang.files import queries as files

CHECK_DAYS = 7  # for an opinion, where nobody says otherwise


@transaction.atomic
def report(
    *,
    milestone: Milestone,
    actor: User,
    summary: str,
    measurements: Mapping[int, Mapping[str, Any]],
    problems: str = "",
    next_plan: str = "",
    spent: Decimal | None = None,
    spending: Mapping[str, Mapping[str, Decimal]] | None = None,
) -> MilestoneReport:
    """Report progress: a measured value or text for every indicator the milestone carries.

    `spending` tells what was spent by axis (`item`, `source`) and code; each adds up to `spent`.
    Until it is judged a report may be handed in anew; the newest counts.
    """
    policies.may_report(actor, milestone).enforce()
    _running(milestone.contract, "合同不在实施中，不能提交进展")
    Milestone.LIFE.target(MilestoneAction.REPORT, milestone.state)
    broken_down = spending or {}
    faults = reporting.faults(milestone, summary, measurements, spent, broken_down)
    if milestone.evidence_asked and not files.counted(milestone).exists():
        faults["evidence"] = [f"请先在合同页面上传证据：{milestone.evidence_asked}"]
    if faults:
        raise Invalid("进展报告需要补齐", code="report_incomplete", fields=faults)
    newest = milestone.reports.last()
    if newest and milestone.state == MilestoneState.REPORTED and newest.opinions.exists():
        raise WrongState("专家正在检查这份报告，检查结束前不能重新提交", code="check_open")
    audit.advance(thing=milestone, action=MilestoneAction.REPORT, actor=actor, note=summary)
    made = MilestoneReport.objects.create(
        milestone=milestone,
        summary=summary.strip(),
        problems=problems.strip(),
        next_plan=next_plan.strip(),
        spent=spent,
        reported_by=actor,
    )
    Measurement.objects.bulk_create(
        Measurement(report=made, indicator_id=key, **row) for key, row in measurements.items()
    )
    Spending.objects.bulk_create(
        Spending(report=made, axis=axis, code=code, amount=amount)
        for axis, rows in broken_down.items()
        for code, amount in rows.items()
        if amount
    )
    ending.tell(milestone.contract)
    return made


@transaction.atomic
def judge(
    *,
    milestone: Milestone,
    action: str,
    actor: User,
    note: str = "",
    report: int | None = None,
    rectify_by: date | None = None,
) -> Milestone:
    """Decide on a reported milestone: go on, which releases its tranche, return, rectify, give up.

    `report` is the key of the report as it was read; an older one is refused as stale. Giving
    up asks for the contract's termination, which the bureau decides.
    """
    if action == MilestoneAction.REPORT:
        raise WrongState("提交进展请填写进展报告", code="report_needed")
    policies.may_judge(actor, milestone).enforce()
    contract = _running(milestone.contract, "合同不在实施中，不能确认进展")
    Milestone.LIFE.target(action, milestone.state)
    newest = milestone.reports.latest("pk")
    if report is not None and report != newest.pk:
        raise Stale("乙方已提交新一版报告，请刷新后按最新一版处理", code="old_version")
    if action != MilestoneAction.RETURN:
        _checked(milestone, newest)
    also: dict[str, Any] = {"rectify_by": None}
    if action == MilestoneAction.RECTIFY:
        also = {"rectify_by": _term(contract, rectify_by)}
    audit.advance(thing=milestone, action=action, actor=actor, note=note, also=also)
    MilestoneReport.objects.filter(pk=newest.pk).update(
        opinion=note.strip(), decision=action, judged_by=actor, judged_at=clock.now()
    )
    if action == MilestoneAction.GIVE_UP:
        changes.ask(
            contract=contract,
            actor=actor,
            kind=RequestKind.TERMINATION,
            reason=Reason.MISSED,
            explanation=f"里程碑“{milestone.title}”：{note.strip()}",
        )
    ending.tell(milestone.contract)
    return milestone


@transaction.atomic
def ask_experts(
    *, milestone: Milestone, actor: User, people: Sequence[User], due_on: date | None = None
) -> list[StageOpinion]:
    """Ask experts of the challenge's panel, free of conflicts, for an opinion on the report."""
    policies.may_arrange_check(actor, milestone.contract).enforce()
    contract = _running(milestone.contract, "合同不在实施中，不需要阶段检查")
    milestone = Milestone.objects.get(pk=milestone.pk)
    if not milestone.expert_check:
        raise RuleBroken("合同没有为这个里程碑约定专家阶段检查", code="check_not_agreed")
    if milestone.state != MilestoneState.REPORTED:
        raise WrongState("里程碑没有待处理的报告，不能安排阶段检查")
    if not people:
        sentence = "请至少选择一位专家"
        raise Invalid(sentence, code="experts_required", fields={"experts": [sentence]})
    known = {expert.user_id for expert in queries.stage_experts(contract)}
    if strangers := [person.display_name for person in people if person.pk not in known]:
        raise RuleBroken(
            f"{'、'.join(strangers)}不在本榜题的评审专家中，或者应当回避", code="not_on_the_panel"
        )
    newest = milestone.reports.latest("pk")
    until = due_on or calendar_days(CHECK_DAYS)
    try:
        with transaction.atomic():
            made = [
                StageOpinion.objects.create(
                    report=newest, expert=person, asked_by=actor, due_on=until
                )
                for person in people
            ]
    except IntegrityError as error:
        raise Conflict("这些专家中有人已经受邀检查这份报告", code="asked_already") from error
    names = "、".join(person.display_name for person in people)
    audit.record(actor=actor, thing=milestone, action="check", label="安排阶段检查", note=names)
    milestone_checked.send(Milestone, opinions=[each.pk for each in made])
    return made


@transaction.atomic
def give_opinion(*, opinion: StageOpinion, actor: User, advice: str, text: str) -> StageOpinion:
    """Hand in one's opinion on a report, once."""
    policies.may_give_opinion(actor, opinion).enforce()
    milestone = opinion.report.milestone
    _running(milestone.contract, "合同已不在实施中，不需要再反馈")
    found = {}
    if advice not in Advice.values:
        found["advice"] = ["请选择继续、整改或终止"]
    if not text.strip():
        found["text"] = ["请写明意见"]
    if found:
        raise Invalid("意见需要补齐", code="opinion_incomplete", fields=found)
    fresh = StageOpinion.objects.filter(pk=opinion.pk, given_at=None)
    values = {"advice": advice, "text": text.strip(), "given_at": clock.now()}
    if not fresh.update(**values):
        raise Conflict("您已经提交过这项意见，不能再修改", code="given_already")
    for name, value in values.items():
        setattr(opinion, name, value)
    audit.record(
        actor=actor,
        thing=milestone,
        action="opinion",
        label="提交阶段检查意见",
        note=f"{Advice(advice).label}：{text.strip()}",
        detail={"report": opinion.report_id, "advice": advice},
    )
    ending.tell(milestone.contract)
    return opinion


def calendar_days(days: int) -> date:
    """Return the day so many days from today."""
    return date.fromordinal(clock.today().toordinal() + days)


def _checked(milestone: Milestone, newest: MilestoneReport) -> None:
    """See that the experts have said their word where the contract wants it."""
    asked = list(newest.opinions.all())
    if milestone.expert_check and not asked:
        raise RuleBroken(
            "合同约定这个里程碑须经专家阶段检查，请等科技局安排并收齐意见", code="check_required"
        )
    if waiting := sum(1 for each in asked if each.given_at is None):
        raise RuleBroken(f"还有 {waiting} 位专家没有反馈阶段检查意见", code="check_open")


def _term(contract: Contract, rectify_by: date | None) -> date:
    end = contract.ends_on
    if rectify_by is None or rectify_by <= clock.today() or (end and rectify_by > end):
        sentence = "整改期限须在今天之后、合同结束之前"
        raise Invalid(sentence, code="term_required", fields={"rectify_by": [sentence]})
    return rectify_by


def _running(contract: Contract, sentence: str) -> Contract:
    """Hold the contract's row until commit, and see that it runs."""
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.state != State.RUNNING:
        if contract.state == State.RUNNING:
            raise Stale("合同状态刚刚发生了变化，请刷新后再办理")
        raise WrongState(sentence)
    return held
