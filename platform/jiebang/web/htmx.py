"""A page or its part: decided here and nowhere else."""

from collections.abc import Mapping
from typing import Any

from django import shortcuts
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """Say whether the request asks for a fragment; a boosted or restored one wants the page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page, or its part when htmx asks for one; without `part` always the page."""
    template = part if part and wants_part(request) else page
    response = shortcuts.render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
