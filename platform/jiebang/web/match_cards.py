"""Matches as cards: what the recommendations say, with the ways to go from each."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from jiebang.accounts.models import User
from jiebang.achievements import queries as achievements
from jiebang.recommendations import queries
from jiebang.recommendations.cards import MatchView, RunView
from jiebang.recommendations.models import Kind

PAGES = {
    Kind.NEED: "web:need",
    Kind.CHALLENGE: "web:challenge",
    Kind.ACHIEVEMENT: "web:achievement",
    Kind.ORGANIZATION: "web:unit",
    Kind.PROPOSAL: "web:proposal",
}
TITLES = {
    Kind.ACHIEVEMENT: "相关成果",
    Kind.ORGANIZATION: "可能的揭榜单位",
    Kind.CHALLENGE: "相关榜题",
    Kind.PROPOSAL: "揭榜书与需求的相符程度",
}
# Where a term counts, by the matcher's fields.
PLACES = {"title": "名称", "keywords": "关键词", "indicators": "指标", "body": "正文"}
ADVICE = (
    "在关键词和主要研究内容中写出材料、器件、工艺的通用名称",
    "把指标写成数值和单位，便于与成果逐项比较",
)


def card(view: MatchView) -> dict[str, Any]:
    """Return one match as `_partials/match_card.html` draws it."""
    pair = [view.subject_kind, view.subject_id, view.kind, view.object.pk]
    owner = getattr(view.object, "owner_id", None)
    coverage = view.indicator_coverage
    return {
        "title": view.title,
        "url": reverse(PAGES[Kind(view.kind)], args=[view.object.pk]),
        "who": view.who,
        "who_url": reverse("web:unit", args=[owner]) if owner and _is_public(view) else "",
        "grade_label": view.grade_label,
        "grade_tone": view.grade_tone,
        "score": view.score,
        "chance_percent": view.chance_percent,
        "chips": view.chips,
        "missing": view.missing,
        "trl_now": view.trl_now,
        "trl_target": view.trl_target,
        "indicator_coverage": str(coverage) if coverage else "",
        "unmentioned": coverage.unmentioned if coverage else (),
        "only_word": view.only_word,
        "synonyms": view.because,
        "evidence": view.evidence,
        "why_url": reverse("web:match-why", args=pair),
        "feedback_url": reverse("web:match-feedback", args=pair),
        "feedback": view.feedback,
    }


def cards(views: Iterable[MatchView]) -> list[dict[str, Any]]:
    """Return the matches as cards."""
    return [card(view) for view in views]


def fitting(user: User, views: Iterable[MatchView]) -> list[dict[str, Any]]:
    """Return challenges that suit one's units as cards, each with what of the unit it suits."""
    found = list(views)
    by_result = {view.subject_id for view in found if view.subject_kind == Kind.ACHIEVEMENT}
    results = achievements.visible_to(user).in_bulk(by_result)
    made = []
    for view in found:
        result = results.get(view.subject_id) if view.subject_kind == Kind.ACHIEVEMENT else None
        what = f"成果“{result.title}”" if result else "的简介和成果"
        made.append({**card(view), "because": f"与本单位{what}相符", "challenge": view.object})
    return made


def runs(user: User | None, kind: str, subject: Any) -> list[dict[str, Any]]:
    """Return what was found for a subject, one section for each kind of answer."""
    return [_section(run) for run in queries.runs_for(user, kind, subject)]


def _section(run: RunView) -> dict[str, Any]:
    return {
        "title": TITLES.get(Kind(run.object_kind), run.label),
        "matches": cards(run.matches),
        "missing": run.missing,
        "nearest": card(run.nearest) if run.nearest else None,
        "advice": [*_about(run), *ADVICE],
        "floor_chance": run.floor_chance_percent,
        "made_at": run.made_at,
    }


def _about(run: RunView) -> list[str]:
    """Return what the missing words suggest to change."""
    words = [f"“{word}”" for word in run.missing[:3]]
    if not words:
        return []
    return [f"为{'、'.join(words)}补写同行常用的说法或上一级的通用名称，并写明它们要达到的效果"]


def _is_public(view: MatchView) -> bool:
    return view.kind == Kind.ACHIEVEMENT
