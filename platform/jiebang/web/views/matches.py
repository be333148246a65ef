"""Why two things match, and what people think of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.organizations import queries as units
from jiebang.recommendations import comparison, queries, services
from jiebang.recommendations.cards import NAMELESS
from jiebang.recommendations.comparison import Comparison, Side
from jiebang.recommendations.models import Kind
from jiebang.web import match_cards
from jiebang.web.access import Request, signed_in
from jiebang.web.htmx import wants_part
from jiebang.web.match_cards import PAGES, PLACES

COMMON, REST = "研究、应用等常用字词合计", "其余零散字词"
ANSWERS = {"yes": True, "no": False, "": None}


@signed_in
def fitting(request: Request) -> HttpResponse:
    """List the open challenges that suit one's units, best first."""
    views = queries.challenges_for_units(request.user)
    context = {
        "matches": match_cards.fitting(request.user, views),
        "mine": list(units.units_of(request.user)),
    }
    return render(request, "matches/fitting.html", context)


@signed_in
def why(
    request: Request, subject_kind: str, subject_id: int, object_kind: str, object_id: int
) -> HttpResponse:
    """Show both texts with what they share, and how the score is made of it."""
    found = comparison.compare(
        actor=request.user,
        subject_kind=subject_kind,
        subject_id=subject_id,
        object_kind=object_kind,
        object_id=object_id,
    )
    pair = (subject_kind, subject_id, object_kind, object_id)
    subject, thing = queries.find_pair(request.user, *pair)
    said = queries.feedback_on(request.user, subject, thing).first()
    context = {
        "found": found,
        "parts": _parts(found),
        "left": _side(found.left),
        "right": _side(found.right),
        "match": {
            "feedback_url": reverse("web:match-feedback", args=pair),
            "feedback": said.useful if said else None,
        },
    }
    return render(request, "matches/why.html", context)


@signed_in
@require_POST
def feedback(
    request: Request, subject_kind: str, subject_id: int, object_kind: str, object_id: int
) -> HttpResponse:
    """Keep what this person thinks of a pairing; asked again, the newest counts."""
    useful = ANSWERS.get(request.POST.get("useful", ""))
    services.give_feedback(
        actor=request.user,
        subject_kind=subject_kind,
        subject_id=subject_id,
        object_kind=object_kind,
        object_id=object_id,
        useful=useful,
    )
    pair = (subject_kind, subject_id, object_kind, object_id)
    if not wants_part(request):
        messages.success(request, "您的评价已记下。" if useful is not None else "您的评价已撤回。")
        return redirect("web:match-why", *pair)
    match = {"feedback_url": reverse("web:match-feedback", args=pair), "feedback": useful}
    return render(request, "_partials/match_feedback.html", {"match": match})


def _parts(found: Comparison) -> list[dict[str, Any]]:
    """Return what the score is made of, largest first; what is no term of its own comes last."""
    named = {chip.term: number for number, chip in enumerate(found.terms)}
    largest = max((part["share"] for part in found.reasons), default=0)
    made, apart = [], {COMMON: 0.0, REST: 0.0}
    for part in found.reasons:
        if part["kind"] in NAMELESS or part["term"] not in named:
            apart[COMMON if part["kind"] == "common" else REST] += part["share"]
            continue
        places = [PLACES.get(part[side], "") for side in ("query_field", "field")]
        made.append(
            {
                "number": named[part["term"]],
                "term": part["term"],
                "seen_as": part["seen_as"],
                "share": part["share"],
                "where": " ↔ ".join(places) if all(places) else "",
            }
        )
    made += [
        {"number": None, "term": name, "share": share} for name, share in apart.items() if share
    ]
    for row in made:
        row["percent"] = 100 * row["share"] / found.score if found.score else 0
        row["width"] = min(100 * row["share"] / largest, 100)
    return made


def _side(side: Side) -> dict[str, Any]:
    url = reverse(PAGES[Kind(side.kind)], args=[side.object.pk])
    return {"title": side.title, "url": url, "parts": side.parts}
