"""The performance assessment: effects reported by the unit, scored by the bureau, answered."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction

from jiebang.acceptance import policies, queries
from jiebang.acceptance.models import Assessment
from jiebang.acceptance.signals import assessment_moved
from jiebang.acceptance.states import AssessmentAction
from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Invalid, WrongState
from jiebang.contracts.models import Contract

MONEY = ("revenue", "tax", "investment")
COUNTS = ("patents", "joint_patents", "standards", "jobs")
EFFECTS = (*MONEY, *COUNTS, "effects")
WHOLE = 100


def open_for(*, contract: Contract) -> Assessment:
    """Set the assessment of a contract that was accepted; asked twice, it returns the same one."""
    rules = queries.rules_of(contract.call)
    opens = clock.today() + relativedelta(months=rules.assessment_months)
    made, is_new = Assessment.objects.get_or_create(
        contract=contract,
        defaults={"opens_on": opens, "due_on": opens + timedelta(days=rules.assessment_days)},
    )
    if is_new:
        audit.record(
            actor=None, thing=made, action="open", label="安排绩效评价", went_to=made.state
        )
    return made


@transaction.atomic
def report(*, assessment: Assessment, actor: User, data: Mapping[str, Any]) -> Assessment:
    """Report the effects; every number is asked, and nought is a number."""
    policies.may_assess(actor, AssessmentAction.REPORT, assessment).enforce()
    assessment.LIFE.target(AssessmentAction.REPORT, assessment.state)
    if clock.today() < assessment.opens_on:
        day = assessment.opens_on
        raise WrongState(
            f"绩效评价自{day.year}年{day.month}月{day.day}日起填报，请届时再报", code="not_open_yet"
        )
    if unknown := sorted(set(data) - set(EFFECTS)):
        raise Invalid(f"没有这些栏目：{'、'.join(unknown)}", code="unknown_fields")
    if faults := _faults(assessment, data):
        raise Invalid("成效填报需要补齐，请按提示处理", code="effects_invalid", fields=faults)
    also = {**data, "reported_by": actor, "reported_at": clock.now()}
    audit.advance(thing=assessment, action=AssessmentAction.REPORT, actor=actor, also=also)
    _tell(assessment)
    return assessment


@transaction.atomic
def judge(
    *, assessment: Assessment, action: str, actor: User, note: str, score: int | None = None
) -> Assessment:
    """Score what was reported, or return it with a reason."""
    if action not in (AssessmentAction.SCORE, AssessmentAction.RETURN):
        raise WrongState("这一步须由承担单位填写后办理", code="needs_content")
    policies.may_assess(actor, action, assessment).enforce()
    assessment.LIFE.target(action, assessment.state)
    also: dict[str, Any] = {}
    if action == AssessmentAction.SCORE:
        if score is None or not 0 <= score <= WHOLE:
            sentence = f"请填写 0 到 {WHOLE} 的整数分"
            raise Invalid(sentence, code="score_invalid", fields={"score": [sentence]})
        also = {
            "score": score,
            "opinion": note.strip(),
            "scored_by": actor,
            "scored_at": clock.now(),
        }
    audit.advance(thing=assessment, action=action, actor=actor, note=note, also=also)
    _tell(assessment)
    return assessment


@transaction.atomic
def reply(*, assessment: Assessment, actor: User, text: str) -> Assessment:
    """Let the unit answer its score, once."""
    policies.may_assess(actor, AssessmentAction.REPLY, assessment).enforce()
    also = {"reply": text.strip(), "replied_by": actor, "replied_at": clock.now()}
    audit.advance(
        thing=assessment, action=AssessmentAction.REPLY, actor=actor, note=text, also=also
    )
    _tell(assessment)
    return assessment


def _faults(assessment: Assessment, data: Mapping[str, Any]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for name in (*MONEY, *COUNTS):
        value = data.get(name)
        if value is None:
            faults[name] = ["请填写，没有的填 0"]
        elif value < 0:
            faults[name] = ["不能为负"]
    if not faults and data["joint_patents"] > data["patents"]:
        faults["joint_patents"] = ["合作申请的件数不能超过申请专利总数"]
    if not str(data.get("effects", "")).strip():
        faults["effects"] = ["请写明成效"]
    written = Assessment(contract=assessment.contract, **data)
    others = [f.name for f in Assessment._meta.fields if f.name not in data]
    try:
        written.clean_fields(exclude=[*others, *faults])
    except ValidationError as error:
        faults |= {name: list(said) for name, said in error.message_dict.items()}
    return faults


def _tell(assessment: Assessment) -> None:
    assessment_moved.send(Assessment, assessment_id=assessment.pk, state=assessment.state)
