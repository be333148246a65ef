"""Addresses of the owner's and the solver's desks, matches and jobs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _soon(request: HttpRequest, **_: int | str) -> HttpResponse:
    return HttpResponse(status=501)


urlpatterns = [
    path("needs/", _soon, name="needs"),
    path("needs/<int:pk>/", _soon, name="need"),
    path("proposals/", _soon, name="proposals"),
    path("challenges/<int:pk>/bid/", _soon, name="proposal-start"),
    path("proposals/<int:pk>/", _soon, name="proposal"),
    path("my-achievements/", _soon, name="my-achievements"),
    path("achievements/<int:pk>/edit/", _soon, name="achievement-edit"),
    path("jobs/", _soon, name="jobs"),
    path(
        "matches/<slug:subject_kind>/<int:subject_id>/<slug:object_kind>/<int:object_id>/",
        _soon,
        name="match-why",
    ),
    path(
        "matches/<slug:subject_kind>/<int:subject_id>/<slug:object_kind>/<int:object_id>/feedback/",
        _soon,
        name="match-feedback",
    ),
]
