"""A contract that is being signed, and a place for files that is forgotten."""

from decimal import Decimal

import pytest

from jiebang.contracts.models import Contract
from tests import factories as make
from tests.files.conftest import _own_folder  # noqa: F401 -- every test here wants it


@pytest.fixture
def contract():
    thing = make.make_contract("signing")
    amount = Decimal("123456.789")
    days = {"starts_on": "2026-12-01", "ends_on": "2028-11-30"}
    Contract.objects.filter(pk=thing.pk).update(version=1, amount=amount, ceiling=amount, **days)
    thing.refresh_from_db()
    return thing
