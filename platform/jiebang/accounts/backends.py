"""Sign-in by user name or e-mail."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q

from jiebang.accounts.models import User


class NameOrEmailBackend(ModelBackend):
    """The usual backend, with one look-up more generous."""

    def authenticate(
        self,
        request: Any,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        """Return the active user whose name or e-mail and password these are, or None."""
        if not username or password is None:
            return None
        user = find(username)
        if user is None:
            User().set_password(password)  # as slow as a wrong password: tells nobody who exists
            return None
        allowed = user.check_password(password) and self.user_can_authenticate(user)
        return user if allowed else None


def find(name_or_email: str) -> User | None:
    """Return the one user with this name or e-mail, whatever the case; a name wins."""
    typed = name_or_email.strip()
    found = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed, email__gt=""))
    return max(found, key=lambda user: user.username.lower() == typed.lower(), default=None)
