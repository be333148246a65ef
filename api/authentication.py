"""Who asks: whose token it is, or who signed in on the pages."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from jiebang.accounts.models import User


class Tokens(TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """Knox's tokens: only their hash is kept, they expire, and their owner can revoke them."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Any]:
        """Return the owner and the token; raises AuthenticationFailed for one that is none."""
        if not token.isascii():
            raise AuthenticationFailed
        user, kept = super().authenticate_credentials(token)
        return user, kept
