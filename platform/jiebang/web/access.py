"""Who may come through a door. The fine rules are policies; here only sign-in and role."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from jiebang.accounts.models import PlatformRole, User

P = ParamSpec("P")


class Request(HttpRequest):
    """The request of a person who has signed in."""

    user: User
    htmx: HtmxDetails


Door = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
View = Callable[Concatenate[Request, P], HttpResponseBase]


def open_to_all(view: Door[P]) -> Door[P]:
    """Say of a view that anyone may come in; its `door` attribute is then `"public"`."""
    view.door = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View[P]) -> Door[P]:
    """Let in whoever has signed in, and send everybody else to sign in and back here."""
    return requires_role()(view)


def requires_role(*roles: PlatformRole) -> Callable[[View[P]], Door[P]]:
    """Let in whoever has one of the roles; raise NotAllowed, naming them, for other people."""

    def guard(view: View[P]) -> Door[P]:
        @wraps(view)
        def door(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _to_sign_in(request)
            if roles:
                request.user.needs_role(*roles)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        door.door = roles or "signed_in"  # type: ignore[attr-defined]
        return door

    return guard


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    htmx = HtmxDetails(request)
    if not htmx:
        return redirect_to_login(request.get_full_path())
    # A fragment cannot show the sign-in page: the whole page goes there, and comes back here.
    page = htmx.current_url_abs_path or "/"
    return HttpResponseClientRedirect(redirect_to_login(page)["Location"])
