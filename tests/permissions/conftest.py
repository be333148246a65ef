"""The city of the table, made once for all its lines and taken back at the end."""

import pytest
from django.db import transaction

from tests.permissions import doors, world


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """Make the city in a transaction that never ends well."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = world.build()
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(city):
    """Return a signed-in browser for every role."""
    return doors.clients(city)
