"""Refitting the matcher: reckoned when a person asks, applied when a person says so, undone too."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from jiebang.accounts.models import User
from jiebang.audit import services as audit
from jiebang.common import clock
from jiebang.common.errors import Conflict, Invalid, NotFound, RuleBroken, Stale
from jiebang.jobs import services as jobs
from jiebang.jobs.models import Job
from jiebang.jobs.registry import Progress
from jiebang.recommendations import fitting, judged, policies, rounds, tuning
from jiebang.recommendations.models import Fit, MatchSettings, SettingsChoice

FIT = "recommendations.fit"
WHY_LONGEST = 200


@transaction.atomic
def request(*, actor: User) -> Job:
    """Queue a reckoning over the judged pairs; raises RuleBroken where these are too few."""
    policies.may_tune(actor).enforce()
    pairs = judged.pairs()
    least = settings.MATCH_FIT_PAIRS
    if not fitting.enough(pairs, least):
        raise RuleBroken(
            f"现有判定 {len(pairs)} 对，至少要 {least} 对、有好有坏、涉及两条以上需求才能测算。"
            "请先在匹配结果上评价“有用”或“无用”",
            code="pairs_too_few",
        )
    made = Fit.objects.create(asked_by=actor)
    audit.record(actor=actor, thing=made, action="fit_matching", label="测算匹配口径")
    title = "测算匹配口径"
    return jobs.enqueue(name=FIT, key=str(made.pk), title=title, owner=actor, fit_id=made.pk)


def reckon(*, fit_id: int, progress: Progress) -> Fit:
    """Do what was asked; once done it stays as it is."""
    made = Fit.objects.get(pk=fit_id)
    if made.made_at is not None:
        return made
    base = tuning.current()
    found = fitting.fit(base, progress)
    made.base, made.pairs, made.made_at = base.number, found.pairs, clock.now()
    made.values = found.values.as_json()
    made.before, made.after = dict(found.before), dict(found.after)
    made.save()
    return made


@transaction.atomic
def apply(*, actor: User, fit: Fit, why: str) -> SettingsChoice:
    """Make what was reckoned a version that counts from now on; all is matched anew by it."""
    policies.may_tune(actor).enforce()
    why = _reason(why)
    held = Fit.objects.select_for_update().get(pk=fit.pk)
    if held.made_at is None:
        raise RuleBroken("测算还没有完成，请稍后再启用", code="fit_unfinished")
    if held.base != tuning.current().number:
        raise Stale("测算之后口径已经变动，这些数字不再适用，请重新测算后再启用")
    last = MatchSettings.objects.aggregate(n=Max("number"))["n"] or 0
    try:
        with transaction.atomic():
            version = MatchSettings.objects.create(
                number=last + 1, fit=held, values=held.values, why=why, made_by=actor
            )
    except IntegrityError as error:
        raise Conflict("这次测算已经启用，或另一位经办人刚刚启用了新版本，请刷新") from error
    detail = {"before": held.before, "after": held.after, "values": held.values}
    audit.record(
        actor=actor, thing=version, action="apply_settings", label="启用匹配口径",
        note=why, detail=detail,
    )  # fmt: skip
    return _choose(actor, version, why, back=False)


@transaction.atomic
def go_back(*, actor: User, number: int, why: str) -> SettingsChoice:
    """Let an earlier version count again; 0 is the built-in one."""
    policies.may_tune(actor).enforce()
    why = _reason(why)
    version = MatchSettings.objects.filter(number=number).first()
    if number and version is None:
        raise NotFound(f"没有第 {number} 版匹配口径", code="settings_unknown")
    if number == tuning.current().number:
        raise RuleBroken("现在用的就是这一版，不需要退回", code="settings_in_use")
    choice = _choose(actor, version, why, back=True)
    audit.record(
        actor=actor, thing=choice, action="restore_settings", label="退回匹配口径",
        note=f"{choice}：{why}",
    )  # fmt: skip
    return choice


def _choose(actor: User, version: MatchSettings | None, why: str, *, back: bool) -> SettingsChoice:
    choice = SettingsChoice.objects.create(version=version, actor=actor, why=why, back=back)
    rounds.start(actor=None)
    return choice


def _reason(why: str) -> str:
    why = why.strip()
    if not 0 < len(why) <= WHY_LONGEST:
        sentence = f"请写明理由，不超过 {WHY_LONGEST} 个字，供以后查对"
        raise Invalid(sentence, fields={"why": [sentence]})
    return why
