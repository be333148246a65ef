"""Asking experts of the pool whether competition would mean anything, and their answers."""

from django.db import IntegrityError, transaction

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.commissions import policies, strength
from jiebang.commissions.models import Commission, Opinion
from jiebang.commissions.signals import opinion_asked
from jiebang.commissions.states import EDITABLE, Stance
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, RuleBroken, WrongState
from jiebang.experts import queries as experts
from jiebang.experts.models import Expert

SHORTEST = 20  # of an opinion, in characters; as of appraisals


@transaction.atomic
def ask(*, commission: Commission, actor: User, expert: Expert) -> Opinion:
    """Ask an expert; raises RuleBroken where the graph of conflicts bars this one, and why."""
    policies.may_write(actor, commission).enforce()
    _still_open(commission)
    if not expert.is_available:
        raise RuleBroken(f"专家{expert}暂不参加评审，请另选专家", code="expert_away")
    _check_conflicts(commission, expert)
    try:
        with transaction.atomic():
            made = Opinion.objects.create(commission=commission, expert=expert, asked_by=actor)
    except IntegrityError as error:
        raise Conflict(f"已征询过专家{expert}", code="asked_already") from error
    audit.record(
        actor=actor,
        thing=commission,
        action="ask",
        label="征询专家意见",
        detail={"expert": expert.pk},
    )
    opinion_asked.send(Opinion, opinion_id=made.pk)
    return made


@transaction.atomic
def answer(*, opinion: Opinion, actor: User, stance: str, text: str) -> Opinion:
    """Answer, once; raises RuleBroken where a conflict has come up since."""
    policies.may_answer_opinion(actor, opinion).enforce()
    if opinion.answered_at is not None:
        raise WrongState("您已答复，不能再修改", code="answered_already")
    _still_open(opinion.commission)
    _check_conflicts(opinion.commission, opinion.expert)
    faults: dict[str, list[str]] = {}
    if stance not in Stance.values:
        faults["stance"] = ["请选择意见"]
    if len(text.strip()) < SHORTEST:
        faults["text"] = [f"请写明理由，至少 {SHORTEST} 字"]
    if faults:
        raise Invalid("专家意见需要补充", code="opinion_invalid", fields=faults)
    columns = {"stance": stance, "text": text.strip(), "answered_at": clock.now()}
    waiting = Opinion.objects.filter(pk=opinion.pk, answered_at=None)
    if not waiting.update(**columns):
        raise WrongState("您已答复，不能再修改", code="answered_already")
    for name, value in columns.items():
        setattr(opinion, name, value)
    audit.record(
        actor=actor,
        thing=opinion,
        action="opine",
        label="答复定向委托意见",
        note=Stance(stance).label,
    )
    return opinion


def candidates(commission: Commission) -> list[tuple[Expert, str]]:
    """Return the available experts in the needs' fields first, each with what bars them."""
    parties = strength.parties(commission)
    asked = set(commission.opinions.values_list("expert", flat=True))
    fields = {need.tech_field_id for need in commission.needs}
    pool = [each for each in experts.pool() if each.pk not in asked and each.is_available]
    pool.sort(key=lambda each: (not fields & {f.pk for f in each.fields.all()}, each.pk))
    barred = experts.barred_among(pool, parties)
    return [(each, barred.get(each.pk, "")) for each in pool]


def _check_conflicts(commission: Commission, expert: Expert) -> None:
    if edges := experts.conflicts(expert, strength.parties(commission)):
        raise RuleBroken(f"专家{expert}应当回避：{edges[0].sentence}", code="conflict_of_interest")


def _still_open(commission: Commission) -> None:
    if commission.state not in EDITABLE:
        label = commission.get_state_display()
        raise WrongState(f"委托{label}，专家意见在提交审批前征询")
