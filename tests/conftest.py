"""What every test begins with."""

import pytest
from django.core.cache import cache
from knox.models import AuthToken

from tests.api.document import DocumentedClient


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Let no test see what another left in the cache: throttles count there."""
    cache.clear()


@pytest.fixture
def client_for():
    """Return a client of the interface for a person, by token; for a stranger without one."""

    def made(user=None):
        client = DocumentedClient()
        if user is not None:
            _, token = AuthToken.objects.create(user)
            client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return made
