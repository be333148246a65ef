"""A refusal's HTTP status, and its code for machines: pages show people sentences alone."""

from django.http import HttpResponse

from jiebang.common.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    RuleBroken,
    Stale,
    WrongState,
)

STATUS: dict[type[DomainError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    WrongState: 409,
    Stale: 409,
    Conflict: 409,
    Invalid: 422,
    RuleBroken: 422,
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal; 422 for a kind that nobody has thought of."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def marked(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Return the response with the refusal's code in its head."""
    response["Refusal"] = error.code
    return response
