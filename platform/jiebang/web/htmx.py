"""A page or its part: decided here and nowhere else."""

from collections.abc import Mapping
from typing import Any

from django import shortcuts
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from jiebang.common.errors import DomainError
from jiebang.web.refusals import marked, status_of


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
    """Render the page, or its part when htmx asks for one; without `part` always the page.

    A form that a service refused answers with the status and the code of that refusal.
    """
    template = part if part and wants_part(request) else page
    forms = [each for each in (context or {}).values() if isinstance(each, BaseForm)]
    refused = (getattr(form, "refusal", None) for form in forms)
    refusal: DomainError | None = next(filter(None, refused), None)
    response = shortcuts.render(
        request, template, context, status=status_of(refusal) if refusal else status
    )
    patch_vary_headers(response, ["HX-Request"])
    return marked(response, refusal) if refusal else response
