"""匹配口径: how well matching does on the bureau's judged pairs; refitted and undone by people."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiebang.accounts.models import PlatformRole
from jiebang.common.errors import DomainError
from jiebang.jobs import queries as jobs
from jiebang.recommendations import judged, refits, rounds, tuning
from jiebang.recommendations.models import Fit, MatchSettings, SettingsChoice
from jiebang.web.access import Request, requires_role
from jiebang.web.forms import ServiceForm, apply_errors
from jiebang.web.htmx import render
from jiebang.web.listing import found
from jiebang.web.match_cards import PLACES
from jiebang.web.views.officer import BUREAU

# Name, what it says, and whether it is a share of needs or pairs.
FIGURES = {
    "ndcg@10": ("前十名排序质量", "有用的结果排得越前越高，满分 1"),
    "recall@10": ("前十名找回率", "有用的结果有多少排进了前十名"),
    "mrr@10": ("首个有用结果的位置", "第一名为 1，第二名为 0.5，依此类推"),
    "auc": ("有用与无用的区分度", "任取一个有用的和一个无用的，有用的得分更高的机会"),
    "tau": ("次序一致度", "得分的次序与评价的次序是否一致，−1 至 1"),
    "grade": ("等级吻合度", "预计等级与实际评价的差距越小越高，满分 1"),
}


class WhyForm(ServiceForm):
    """Why a version is applied."""

    why = forms.CharField(label="启用理由", max_length=refits.WHY_LONGEST)


@requires_role(*BUREAU)
def page(request: Request) -> HttpResponse:
    """Show what counts now, its figures, what the judged pairs suggest, and the versions."""
    return _page(request)


@requires_role(PlatformRole.OFFICER)
@require_POST
def fit(request: Request) -> HttpResponse:
    """Have it reckoned in the background."""
    refits.request(actor=request.user)
    messages.success(request, "已开始测算，完成后数字列在本页；测算不改变现行口径。")
    return redirect("web:match-settings")


@requires_role(PlatformRole.OFFICER)
@require_POST
def apply(request: Request, pk: int) -> HttpResponse:
    """Let what was reckoned count from now on."""
    form = WhyForm(request.POST)
    made = found(Fit.objects.all(), pk)
    if form.is_valid():
        try:
            choice = refits.apply(actor=request.user, fit=made, why=form.cleaned_data["why"])
        except DomainError as refusal:
            apply_errors(form, refusal)
        else:
            messages.success(request, f"{choice}已启用，正在后台按它重新匹配。")
            return redirect("web:match-settings")
    return _page(request, form)


@requires_role(PlatformRole.OFFICER)
@require_POST
def back(request: Request, number: int) -> HttpResponse:
    """Let an earlier version count again."""
    choice = refits.go_back(actor=request.user, number=number, why=request.POST.get("why", ""))
    messages.success(request, f"已退回{choice}，正在后台按它重新匹配。")
    return redirect("web:match-settings")


@requires_role(*BUREAU)
def progress(request: Request) -> HttpResponse:
    """Show how far the newest round is; asks again until it is over."""
    return render(request, "officer/_round.html", {"round": rounds.listed().first()})


@requires_role(PlatformRole.OFFICER)
@require_POST
def start(request: Request) -> HttpResponse:
    """Match everything anew in the background."""
    rounds.start(actor=request.user, anew="anew" in request.POST)
    messages.success(request, "已开始全量匹配，现有结果在完成前照常使用。")
    return redirect("web:match-settings")


def figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of both side by side, with their names and what they say."""
    return [
        {
            "name": name,
            "says": says,
            "before": before.get(key),
            "after": after.get(key),
            "better": after[key] - before[key] if key in before and key in after else None,
        }
        for key, (name, says) in FIGURES.items()
        if key in before or key in after
    ]


def _page(request: Request, form: WhyForm | None = None) -> HttpResponse:
    values = tuning.current()
    last = Fit.objects.select_related("asked_by", "applied").exclude(made_at=None).first()
    job = jobs.visible_to(request.user).filter(name=refits.FIT).first()
    pairs = judged.pairs()
    bars = [("推荐的下限", "floor"), ("较强", "fair"), ("强相关", "strong")]
    suggested = tuning.Values.of(-1, None, last.values) if last else values
    context = {
        "values": values,
        "choice": SettingsChoice.objects.select_related("version", "actor").first(),
        "floor_chance": round(100 * values.chance(values.floor)),
        "counts": _counts(pairs),
        "pairs": len(pairs),
        "needs": len({pair.need for pair in pairs}),
        "least": settings.MATCH_FIT_PAIRS,
        "last": last,
        "usable": last and last.base == values.number and not hasattr(last, "applied"),
        "figures": figures(last.before, last.after) if last else [],
        "bars": [(label, getattr(values, bar), getattr(suggested, bar)) for label, bar in bars],
        "shares": [
            (label, 100 * values.shares[name], 100 * suggested.shares[name])
            for name, label in PLACES.items()
        ],
        "job": job if job and (not job.is_over or job.state == "failed") else None,
        "round": rounds.listed().first(),
        "versions": list(MatchSettings.objects.select_related("made_by", "fit")[:20]),
        "may_change": request.user.has_role(PlatformRole.OFFICER),
        "form": form or WhyForm(),
    }
    status = 422 if form is not None else 200
    return render(request, "officer/match_settings.html", context, status=status)


def _counts(pairs: list[judged.Pair]) -> list[tuple[str, int]]:
    grades = [pair.grade for pair in pairs]
    return [
        ("无用", sum(grade < judged.USEFUL for grade in grades)),
        ("有用或已揭榜", sum(grade == judged.USEFUL for grade in grades)),
        ("中榜或验收", sum(grade > judged.USEFUL for grade in grades)),
    ]
