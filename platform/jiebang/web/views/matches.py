"""Why two things match, and what people think of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiebang.recommendations import comparison, queries, services
from jiebang.recommendations.comparison import Side
from jiebang.recommendations.models import Kind
from jiebang.web.access import Request, signed_in
from jiebang.web.match_cards import PAGES

ANSWERS = {"yes": True, "no": False, "": None}


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
    match = {"feedback_url": reverse("web:match-feedback", args=pair), "feedback": useful}
    return render(request, "_partials/match_feedback.html", {"match": match})


def _side(side: Side) -> dict[str, Any]:
    url = reverse(PAGES[Kind(side.kind)], args=[side.object.pk])
    return {"title": side.title, "url": url, "parts": side.parts}
