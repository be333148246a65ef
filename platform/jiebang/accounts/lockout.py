"""Whose failures count together: those of one account, whichever of its names was typed."""

from collections.abc import Mapping
from typing import Any

from jiebang.accounts.backends import find


def identity(request: Any, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the lock-out identity for django-axes (AXES_USERNAME_CALLABLE)."""
    typed = (credentials or {}).get("username") or ""
    if not typed and request is not None:
        data = getattr(request, "data", None) or request.POST
        typed = data.get("username") or ""
    user = find(str(typed))
    return user.username if user else str(typed).strip().lower()
